"""Claims of Jiang et al. on results that are made up."""

from typing import Any

import numpy as np
import pytest

from edgewise import scenarios
from edgewise.scenarios.joint_offloading.evaluation.curves import slots_to
from edgewise.scenarios.joint_offloading.experiments.imitation import PENALTIES
from edgewise.study.statistics import Interval
from evaluation.joint_offloading import (
    SCENARIO,
    SLOTS,
    by_devices,
    found,
    imitation,
    level,
    losses,
    made,
    objectives,
    passes,
    rewards,
    speeds,
    times,
    totals,
)
from evaluation.synthetic import SyntheticResults, by_seed, judged

TUNED, _, STRONGER = PENALTIES
UNCLEAR = (0.5, 3.0)
"""Two seeds whose mean is above 1, and whose interval is not."""
LEARNT = np.where(np.arange(600) < 100, 1.0, 0.2)
RISES, RISES_ON, FALLS_AND_RISES = (0.7, 0.8, 0.9, 0.904), (0.7, 0.8, 0.9, 0.906), (3, 2, 1, 2)


def ensembles(dirs: Any, no_levy: Any, no_imitation: Any, plain: Any, **more: Any) -> Any:
    """Rewards of DIRS with and without its parts."""
    named = {"dirs_no_levy": no_levy, "dirs_no_imitation": no_imitation, "dirs_plain": plain}
    return rewards(dirs=dirs, **named, **more)


def ordered(dirs: Any, ddpg: Any, actor_critic: Any, **more: Any) -> Any:
    return rewards(dirs=dirs, ddpg=ddpg, actor_critic=actor_critic, **more)


IN_C = {"dirs": 1.0, "ddpg": 3.0, "actor-critic": 2.0}
BLIND_IN_C = {"dirs": 3.0, "ddpg": 2.0, "actor-critic": 1.0, "dirs~blind": 4.0}
CASES = [
    ("J1", "holds", imitation(RISES)),
    ("J1", "holds", imitation((0.7, 0.8, 0.9, 0.5))),
    ("J1", "holds in part", imitation(RISES_ON)),
    ("J1", "holds in part", imitation((0.7, 0.8, 0.7, 0.7))),
    ("J1", "undecided", imitation((0.7, 0.8, 0.8, 0.8), (0.7, 0.8, 0.9, 0.9))),
    ("J1", "does not hold", imitation(FALLS_AND_RISES)),
    ("J1", "by construction", imitation(RISES, blind=RISES)),
    ("J1", "holds", imitation(RISES, blind=RISES_ON)),
    ("J2", "holds", imitation(RISES, over_plain=(0.1, 0.1, 0.1, 0.1))),
    ("J2", "holds in part", imitation(RISES, over_plain=(0.1, -0.1, -0.1, -0.1))),
    ("J2", "undecided", imitation(RISES, over_plain=(-0.1, -0.1, -0.1, 0.0))),
    ("J2", "does not hold", imitation(RISES, over_plain=(-0.1, -0.1, -0.1, -0.1))),
    ("J2", "by construction", imitation(RISES, over_plain=(0.1,) * 4, blind_over_plain=0.1)),
    # Of 0.61 to 0.29, a fifth of the fall is left at 0.354.
    ("J3", "holds", losses(first=0.61, early=0.353, last=0.29)),
    ("J3", "holds", losses(first=0.61, early=0.9, last=0.29, slots=300)),
    ("J3", "holds in part", losses(first=0.61, early=0.355, last=0.29)),
    ("J3", "holds in part", losses(0.61, 0.353, 0.29, dirs_no_imitation__2=np.linspace(0, 1, 600))),
    ("J3", "does not hold", losses(first=0.29, early=0.7, last=0.61)),
    ("J3", "undecided", losses(first=0.3, early=0.3, last=0.3)),
    (
        "J3",
        "by construction",
        losses(0.61, 0.353, 0.29, dirs__blind__1=1 / np.arange(1, 601), dirs__blind__2=LEARNT),
    ),
    ("J4", "holds", totals(first=3.0, later=1.19, last=1.0)),
    ("J4", "holds", totals(first=2.0, later=5.0, last=1.0, slots=900)),
    ("J4", "holds in part", totals(first=3.0, later=1.21, last=1.0)),
    ("J4", "undecided", totals(first=UNCLEAR, later=0.5, last=0.5)),
    ("J4", "holds in part", totals(first=1.0, later=1.89, last=2.0)),
    ("J4", "does not hold", totals(first=1.0, later=1.91, last=2.0)),
    ("J4", "by construction", totals(first=3.0, later=1.19, last=1.0, blind=True)),
    ("J5", "holds", found(1.1, 1.3, 1.2)),
    ("J5", "holds in part", found(1.1, 1.3, 1.2, at_100=(1.4, 1.3, 1.2))),
    ("J5", "holds in part", found(1.1, 1.3, 1.0)),
    ("J5", "undecided", found(1.0, UNCLEAR, 1.2)),
    ("J5", "does not hold", found(1.4, 1.3, 1.2)),
    ("J5", "by construction", found(1.1, 1.3, 1.2, one_task=1.19)),
    ("J5", "by construction", found(1.1, 1.3, 1.2, flips=1.19)),
    ("J5", "holds", found(1.1, 1.3, 1.2, one_task=1.21, flips=1.21)),
    ("J6", "holds", ensembles(3, 2, 2, 1)),
    ("J6", "holds in part", ensembles(3, 2, 1, 2)),
    ("J6", "holds in part", ensembles(1, 2, 2, 1)),
    ("J6", "undecided", ensembles(by_seed(*UNCLEAR), 1, 1, 2)),
    ("J6", "undecided", ensembles(2, 2, 2, 1)),
    ("J6", "does not hold", ensembles(1, 2, 1, 2)),
    ("J6", "by construction", ensembles(3, 2, 2, 1, dirs__blind=2.1)),
    ("J6", "holds", ensembles(3, 2, 2, 1, dirs__blind=1.9)),
    ("J7", "holds", speeds(with_it=100, without=101)),
    ("J7", "holds", speeds(with_it=100, without=101, without_levy=(100, SLOTS))),
    ("J7", "holds in part", speeds(with_it=100, without=101, without_levy=(100, 99))),
    ("J7", "undecided", speeds(with_it=100, without=100)),
    ("J7", "does not hold", speeds(with_it=101, without=100)),
    ("J7", "by construction", speeds(with_it=100, without=102, blind=101)),
    ("J7", "holds", speeds(with_it=100, without=102, blind=103)),
    ("J8", "holds", ordered(3, 2, 1)),
    ("J8", "holds in part", ordered(3, 1, 2)),
    ("J8", "holds in part", ordered(2, 3, 1)),
    ("J8", "holds in part", ordered(3, 2, 1, in_c=IN_C)),
    ("J8", "does not hold", ordered(1, 2, 3)),
    ("J8", "undecided", ordered(by_seed(*UNCLEAR), 1, 1)),
    ("J8", "by construction", ordered(3, 2, 1, dirs__blind=2.1)),
    ("J8", "holds", ordered(3, 2, 1, in_c=BLIND_IN_C)),
    # DIRS: 3000 slots of 1 ms and 0.9 s before; its reward is up at slot 900 + 48.
    ("J9", "holds", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=0.9, seeds=8)),
    ("J9", "holds in part", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=2.9, seeds=8)),
    ("J9", "holds in part", times(slot_ms=(1.0, 1.2, 2.0), prepare_s=0.9, seeds=8)),
    ("J9", "does not hold", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=3.1, seeds=8)),
    ("J9", "undecided", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=0.9, seeds=4)),
    ("J10", "by construction", passes(1.0, 2.0, 3.0)),
    ("J10", "holds in part", passes(2.5, 2.0, 3.0)),
    ("J10", "undecided", passes(1.0, (0.5, 3.5), 3.0)),
    ("J10", "does not hold", passes(4.0, 2.0, 3.0)),
    ("J11", "by construction", by_devices(lambda n: 1 + n / 1000)),
    ("J11", "by construction", by_devices(lambda n: n, optimum=lambda n: -n)),
    ("J11", "holds in part", by_devices(lambda n: n, random=lambda n: -n)),
    ("J11", "undecided", by_devices(lambda n: n, local=lambda n: 1.0)),
    ("J11", "does not hold", by_devices(lambda n: -n)),
    ("J12", "holds", objectives(lambda n: 2 * n - 0.001 * n**2, lambda n: 2 * n)),
    ("J12", "holds in part", objectives(lambda n: 1.99 * n - 1, lambda n: 2 * n)),
    (
        "J12",
        "holds in part",
        objectives(lambda n: 2 * n - 0.001 * n**2, lambda n: 2 * n, energy=0.27),
    ),
    (
        "J12",
        "undecided",
        objectives(lambda n: 2 * n - 0.001 * n**2, lambda n: 2 * n if n != 50 else (1, 250)),
    ),
    ("J12", "does not hold", objectives(lambda n: 2 * n + 0.001 * n**2, lambda n: 2 * n)),
    (
        "J12",
        "by construction",
        objectives(
            lambda n: n - 0.0005 * n**2, lambda n: 2 * n, fixed=lambda n: 2 * n - 0.001 * n**2
        ),
    ),
    ("J13", "holds", objectives(lambda m: m, lambda m: m + 1)),
    ("J13", "holds in part", objectives(lambda m: m, lambda m: 5)),
    ("J13", "holds in part", objectives(lambda m: m, lambda m: m + 1, energy=0.6)),
    ("J13", "undecided", objectives(lambda m: 1, lambda m: 2 if m > 2 else UNCLEAR)),
    ("J13", "undecided", objectives(lambda m: m, lambda m: m)),
    ("J13", "does not hold", objectives(lambda m: m + 1, lambda m: m)),
    ("J13", "by construction", objectives(lambda m: m, lambda m: m + 2, fixed=lambda m: m + 1)),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_every_claim_is_tried_here() -> None:
    claims = scenarios.paper(SCENARIO.name).claims
    assert {claim.id for claim in claims} == {claim for claim, _, _ in CASES}


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    """What a verdict has beside its parts."""
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def parts(results: SyntheticResults, claim: str) -> dict[str, Any]:
    """The mean of each part's quantity."""
    return {part.name: part.quantity.mean for part in judged(results, claim).parts}


def test_accuracy_is_told_in_percent_of_what_was_not_shown() -> None:
    results = imitation(RISES, over_plain=(0.1, 0.2, 0.3, 0.4))
    assert parts(results, "J1") == pytest.approx(
        {
            "points gained, 64 to 128": 10.0,
            "points gained, 128 to 256": 10.0,
            "points gained, 256 to 512": 0.4,
        }
    )
    told = numbers(results, "J1")
    assert told["test accuracy at 64 [%]"] == certain(70.0)
    assert told["test accuracy at 512 [%]"] == certain(90.4)
    assert told["of the blind at 128 [%]"] == certain(50.0)


def test_both_penalties_are_told_against_none() -> None:
    results = imitation(RISES, over_plain=(0.1, 0.2, 0.3, 0.4))
    tuned, stronger = parts(results, "J2"), numbers(results, "J2")
    for size, points in ((64, 10.0), (128, 20.0), (256, 30.0), (512, 40.0)):
        assert tuned[f"points gained at {size} by l2 = {TUNED:g}"] == pytest.approx(points)
        assert stronger[f"points gained at {size} by l2 = {STRONGER:g}"] == certain(1.0)


def test_a_loss_is_read_at_slot_10_before_300_and_at_the_end() -> None:
    """Of 0.9 to 0.1, 0.2 are left at 0.3: 0.04 more than a fifth of 0.8."""
    results, schemes = losses(first=0.9, early=0.3, last=0.1), ("dirs", "dirs-no-imitation")
    expected = {"fall": 0.8, "left after slot 300, over a fifth of it": 0.04}
    found = parts(results, "J3")
    assert len(found) == 8
    for name in (f"{scheme}, agent {agent}" for scheme in schemes for agent in (1, 2)):
        for what, value in expected.items():
            assert found[f"{name}: {what}"] == pytest.approx(value)
    told = numbers(results, "J3")
    each = [told[f"dirs, agent 2: {when}"] for when in ("first", "by slot 300", "last")]
    assert each == [certain(0.9), certain(0.3), certain(0.1)]


def test_totals_are_read_in_the_hundred_slots_after_900_and_1100() -> None:
    assert parts(totals(first=3.0, later=1.5, last=1.0), "J4") == {
        f"{scheme}, {what}": pytest.approx(number)
        for scheme in ("dirs", "dirs-no-imitation")
        for what, number in (
            ("delay_s: fall", 2.0),
            ("delay_s: left after slot 900, over a tenth of it", 0.3),
            ("energy_j: fall", 2.0),
            ("energy_j: left after slot 1100, over a tenth of it", 0.3),
        )
    }


def test_searches_are_compared_where_they_end() -> None:
    results = found(1.1, 1.3, 1.2, at_100=(1.0, 2.0, 1.5), one_task=1.2)
    assert parts(results, "J5") == pytest.approx(
        {
            "30 devices, classic: further from the optimum by [%]": 20.0,
            "30 devices, classic, annealed: further from the optimum by [%]": 10.0,
            "100 devices, classic: further from the optimum by [%]": 100.0,
            "100 devices, classic, annealed: further from the optimum by [%]": 50.0,
        }
    )
    told = numbers(results, "J5")
    assert told["30 devices: proposed above the optimum by [%]"] == certain(10.0)
    assert told["100 devices: one random task above the optimum by [%]"] == certain(20.0)
    other = "100 devices: proposed, (25) read the other way above the optimum by [%]"
    assert told[other] == certain(400.0)


def test_rewards_are_compared_in_percent_of_the_other() -> None:
    results = ensembles(3, 2, 5, 2)
    assert parts(results, "J6") == {
        "dirs over dirs-no-levy [%]": 50.0,
        "dirs-no-imitation over dirs-plain [%]": 150.0,
    }
    assert numbers(results, "J6")["dirs over dirs-one-flip [%]"] == certain(200.0)
    assert numbers(results, "J6")["dirs over dirs~untrained [%]"] == certain(20.0)
    assert numbers(results, "J6")["reward, dirs-plain, flips 0.3"] == certain(2.0)
    order = ordered(4, 2, 1, in_c=IN_C)
    assert parts(order, "J8") == {
        "D: dirs over ddpg [%]": 100.0,
        "D: dirs over actor-critic [%]": 300.0,
        "D: ddpg over actor-critic [%]": 100.0,
        "C: dirs over ddpg [%]": pytest.approx(-200 / 3),
        "C: dirs over actor-critic [%]": -50.0,
        "C: ddpg over actor-critic [%]": 50.0,
    }
    told = numbers(order, "J8")
    assert told["D: optimum over dirs [%]"] == certain(150.0)
    assert told["C: optimum over fixed [%]"] == certain(900.0)
    assert told["D: reward, ddpg"] == certain(2.0)


def test_slots_are_counted_to_97_percent_of_what_imitation_ends_with() -> None:
    """From slot 100 on 97 slots bring the mean of a hundred to 0.97: slot 196."""
    results = speeds(with_it=100, without=400, without_levy=(100, SLOTS))
    assert set(parts(results, "J7").values()) == {1.0}
    assert numbers(results, "J7") == {
        "slots, dirs": 196.0,
        "slots, dirs-no-imitation": 496.0,
        "slots, dirs-no-levy": 196.0,
        "slots, dirs-plain": np.inf,
    }


def test_fewer_than_a_hundred_slots_are_averaged_over_all() -> None:
    reward = {(name, "reward"): level(2.0, 40) for name in ("dirs", "dirs-plain")}
    results, now = made(logs=reward), np.array([1.9, 2.1])
    assert slots_to(results, "dirs", now).tolist() == [39.0, np.inf]


def test_training_times_hold_what_was_prepared_and_the_rivals_asking_once() -> None:
    results = times(slot_ms=(1.0, 2.0, 3.0), prepare_s=0.9, up_at=(100, 200, 300))
    assert numbers(results, "J9") == {
        "training, dirs [s]": certain(3.9),
        "training, actor-critic [s]": certain(6.0),
        "training, ddpg [s]": certain(9.0),
        "to equal reward, dirs [s]": certain(0.148 + 0.9),
        "to equal reward, actor-critic [s]": certain(2 * 0.296),
        "to equal reward, ddpg [s]": certain(3 * 0.396),
        "training, asking the objective once a slot, actor-critic [s]": certain(0.3),
        "training, asking the objective once a slot, ddpg [s]": certain(0.6),
    }
    assert parts(results, "J9") == {
        "training, less than ddpg's by [s]": pytest.approx(-5.1),
        "training, less than actor-critic's by [s]": pytest.approx(-2.1),
        "seeds in which equal reward is sooner than ddpg's": 1.0,
        "seeds in which equal reward is sooner than actor-critic's": 0.0,
    }


def test_a_forward_pass_is_told_in_microseconds() -> None:
    results = passes(1e-6, 2e-6, 3e-6)
    assert numbers(results, "J10") == {
        "one agent [µs]": certain(1.0),
        "all agents [µs]": certain(1e9),
        "actor-critic [µs]": certain(2.0),
        "ddpg [µs]": certain(3.0),
    }
    assert sorted(parts(results, "J10").values()) == pytest.approx([-2.0, -1.0])


def test_growth_is_told_from_10_to_100_devices() -> None:
    results = by_devices(lambda n: n + 90, local=lambda n: n)
    slopes, told = parts(results, "J11"), numbers(results, "J11")
    assert len(slopes) == 8
    assert slopes["random, total_energy: a device more"] == pytest.approx(2.0)
    assert told["dirs, total_delay: 100 over 10 devices"] == certain(1.9)
    assert told["local, total_energy: 100 over 10 devices"] == certain(10.0)
    assert told["local, total_energy: least step of the mean"] == pytest.approx(40.0)


def test_leads_are_over_the_best_baseline() -> None:
    results = objectives(lambda n: 1.5 * n, lambda n: 2 * n + 20, energy=0.5)
    lead, told = parts(results, "J12"), numbers(results, "J12")
    assert len(lead) == 17
    assert lead["10: objective above the best baseline by [1]"] == pytest.approx(-25.0)
    assert lead["10: time above the best baseline by [s]"] == pytest.approx(-25.0 * 0.75)
    assert lead["30: energy above the best baseline by [J]"] == pytest.approx(22.5 - 20.0)
    assert lead["lead grows by"] == pytest.approx(70.0 - 25.0)
    assert lead["lead grows by [points]"] == pytest.approx(100 * 70 / 220 - 62.5)
    assert told["10: below the best baseline by [%]"] == certain(62.5)
    assert told["10: above the optimum by [%]"] == certain(1400.0)
    assert told["switched_capacitance = 2e-27: local less optimum [J]"] == certain(-1.0)
    assert told["device_cpu_hz = 1e+09: local less optimum [J]"] == certain(-1.0)
    servers = objectives(lambda m: 1.5 * m, lambda m: 2 * m + 20)
    lead, told = parts(servers, "J13"), numbers(servers, "J13")
    assert len(lead) == 15
    assert lead["8: objective above the best baseline by [1]"] == pytest.approx(-24.0)
    assert told["8: above the optimum by [%]"] == certain(1100.0)
    assert told["8: the search alone above the optimum by [%]"] == certain(50.0)
