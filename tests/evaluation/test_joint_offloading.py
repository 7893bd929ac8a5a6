"""Claims of Jiang et al. on results that are made up."""

from typing import Any

import numpy as np
import pytest

from edgewise import scenarios
from edgewise.study.statistics import Interval
from evaluation.joint_offloading import (
    SCENARIO,
    SLOTS,
    by_devices,
    found,
    imitation,
    losses,
    objectives,
    passes,
    rewards,
    speeds,
    times,
    totals,
)
from evaluation.synthetic import SyntheticResults, by_seed, judged

UNCLEAR = (0.5, 3.0)
"""Two seeds whose mean is above 1, and whose interval is not."""
RISES, RISES_ON, FALLS_AND_RISES = (0.7, 0.8, 0.9, 0.904), (0.7, 0.8, 0.9, 0.906), (3, 2, 1, 2)

CASES = [
    ("J1", "holds", imitation(RISES)),
    ("J1", "holds", imitation((0.7, 0.8, 0.9, 0.5))),
    ("J1", "holds in part", imitation(RISES_ON)),
    ("J1", "holds in part", imitation((0.7, 0.8, 0.7, 0.7))),
    ("J1", "holds in part", imitation((0.7, 0.8, 0.8, 0.8), (0.7, 0.8, 0.9, 0.9))),
    ("J1", "does not hold", imitation(FALLS_AND_RISES)),
    ("J2", "holds", imitation(RISES, over_plain=(0.1, 0.1, 0.1, 0.1))),
    ("J2", "holds in part", imitation(RISES, over_plain=(0.1, -0.1, -0.1, -0.1))),
    ("J2", "does not hold", imitation(RISES, over_plain=(-0.1, -0.1, -0.1, 0.0))),
    # Of 0.61 to 0.29, four fifths are left at 0.354; half of 0.61 is above 0.3.
    ("J3", "holds", losses(first=0.61, early=0.353, last=0.29)),
    ("J3", "holds", losses(first=0.61, early=0.9, last=0.29, slots=300)),
    ("J3", "holds in part", losses(first=0.61, early=0.355, last=0.29)),
    ("J3", "holds in part", losses(first=0.57, early=0.2, last=0.29)),
    ("J3", "holds in part", losses(first=0.63, early=0.2, last=0.31)),
    ("J3", "holds in part", losses(0.61, 0.353, 0.29, dirs_no_imitation__2=np.linspace(0, 1, 600))),
    ("J3", "does not hold", losses(first=0.61, early=0.38, last=0.31)),
    ("J4", "holds", totals(first=3.0, later=1.19, last=1.0)),
    ("J4", "holds", totals(first=3.0, later=0.81, last=1.0)),
    ("J4", "holds", totals(first=2.0, later=5.0, last=1.0, slots=900)),
    ("J4", "holds in part", totals(first=3.0, later=1.21, last=1.0)),
    ("J4", "holds in part", totals(first=3.0, later=0.79, last=1.0)),
    ("J4", "holds in part", totals(first=UNCLEAR, later=0.5, last=0.5)),
    ("J4", "holds in part", totals(first=1.0, later=2.09, last=2.0)),
    ("J4", "does not hold", totals(first=1.0, later=2.11, last=2.0)),
    ("J5", "holds", found(1.1, 1.3, 1.2)),
    ("J5", "holds in part", found(1.1, 1.3, 1.2, at_100=(1.4, 1.3, 1.2))),
    ("J5", "holds in part", found(1.1, 1.3, 1.0)),
    ("J5", "holds in part", found(1.0, UNCLEAR, 1.2)),
    ("J5", "does not hold", found(1.4, 1.3, 1.2)),
    ("J6", "holds", rewards(dirs=3, dirs_no_levy=2, dirs_no_imitation=2, dirs_plain=1)),
    ("J6", "holds in part", rewards(dirs=3, dirs_no_levy=2, dirs_no_imitation=1, dirs_plain=2)),
    ("J6", "holds in part", rewards(dirs=1, dirs_no_levy=2, dirs_no_imitation=2, dirs_plain=1)),
    (
        "J6",
        "does not hold",
        rewards(dirs=by_seed(*UNCLEAR), dirs_no_levy=1, dirs_no_imitation=1, dirs_plain=2),
    ),
    ("J7", "holds", speeds(with_it=100, without=101)),
    ("J7", "holds", speeds(with_it=100, without=101, without_levy=(100, SLOTS))),
    ("J7", "holds in part", speeds(with_it=100, without=101, without_levy=(100, 99))),
    ("J7", "does not hold", speeds(with_it=100, without=100)),
    ("J8", "holds", rewards(dirs=3, ddpg=2, actor_critic=1)),
    ("J8", "holds in part", rewards(dirs=3, ddpg=1, actor_critic=2)),
    ("J8", "holds in part", rewards(dirs=2, ddpg=3, actor_critic=1)),
    ("J8", "does not hold", rewards(dirs=1, ddpg=2, actor_critic=3)),
    ("J8", "does not hold", rewards(dirs=by_seed(*UNCLEAR), ddpg=1, actor_critic=1)),
    # DIRS: 3000 slots of 1 ms and 1 s before; its reward is up at slot 900 + 48.
    ("J9", "holds", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=0.9)),
    ("J9", "holds in part", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=2.9)),
    ("J9", "holds in part", times(slot_ms=(1.0, 1.2, 2.0), prepare_s=0.9)),
    ("J9", "does not hold", times(slot_ms=(1.0, 2.0, 2.0), prepare_s=3.1)),
    ("J10", "holds", passes(1.0, 2.0, 3.0)),
    ("J10", "holds in part", passes(2.5, 2.0, 3.0)),
    ("J10", "holds in part", passes(1.0, (0.5, 3.5), 3.0)),
    ("J10", "does not hold", passes(4.0, 2.0, 3.0)),
    ("J11", "holds", by_devices(lambda n: 1 + n / 1000)),
    ("J11", "holds", by_devices(lambda n: n, optimum=lambda n: 1.0)),
    ("J11", "holds in part", by_devices(lambda n: n, random=lambda n: n % 70)),
    ("J11", "does not hold", by_devices(lambda n: -n)),
    ("J12", "holds", objectives(lambda n: 2 * n - 0.001 * n**2, lambda n: 2 * n)),
    ("J12", "holds in part", objectives(lambda n: 1.99 * n - 1, lambda n: 2 * n)),
    (
        "J12",
        "holds in part",
        objectives(lambda n: 2 * n - 0.001 * n**2, lambda n: 2 * n if n != 50 else (1, 200)),
    ),
    ("J12", "does not hold", objectives(lambda n: 2 * n + 0.001 * n**2, lambda n: 2 * n)),
    ("J13", "holds", objectives(lambda m: m, lambda m: m + 1)),
    ("J13", "holds in part", objectives(lambda m: m, lambda m: 5)),
    ("J13", "holds in part", objectives(lambda m: 1, lambda m: 2 if m > 2 else UNCLEAR)),
    ("J13", "does not hold", objectives(lambda m: m, lambda m: m)),
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
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def test_accuracy_is_told_in_percent_of_what_was_not_shown() -> None:
    assert numbers(imitation(RISES, over_plain=(0.1, 0.2, 0.3, 0.4)), "J1") == {
        "points gained, 64 to 128": certain(10.0),
        "points gained, 128 to 256": certain(10.0),
        "points gained, 256 to 512": certain(0.4),
        "test accuracy at 64 [%]": certain(70.0),
        "test accuracy at 128 [%]": certain(80.0),
        "test accuracy at 256 [%]": certain(90.0),
        "test accuracy at 512 [%]": certain(90.4),
    }


def test_both_penalties_are_told_against_none() -> None:
    gained = numbers(imitation(RISES, over_plain=(0.1, 0.2, 0.3, 0.4)), "J2")
    for size, points in ((64, 10.0), (128, 20.0), (256, 30.0), (512, 40.0)):
        assert gained[f"points gained at {size} by l2 = 0.0001"] == certain(points)
        assert gained[f"points gained at {size} by l2 = 0.0005"] == certain(1.0)


def test_a_loss_is_read_at_slot_10_before_300_and_at_the_end() -> None:
    assert numbers(losses(first=0.9, early=0.3, last=0.1), "J3") == {
        f"{scheme}, agent {agent}: {what}": pytest.approx(number)
        for scheme in ("dirs", "dirs-no-imitation")
        for agent in (1, 2)
        for what, number in (
            ("first", 0.9),
            ("last", 0.1),
            ("share of its fall made by slot 300", 0.75),
        )
    }


def test_totals_are_read_in_the_hundred_slots_after_900_and_1100() -> None:
    assert numbers(totals(first=3.0, later=1.5, last=1.0), "J4") == {
        f"{scheme}, {what}": certain(number)
        for scheme in ("dirs", "dirs-no-imitation")
        for what, number in (
            ("delay_s: fall", 2.0),
            ("delay_s: of it after slot 900", 0.5),
            ("energy_j: fall", 2.0),
            ("energy_j: of it after slot 1100", 0.5),
        )
    }


def test_searches_are_compared_where_they_end() -> None:
    assert numbers(found(1.1, 1.3, 1.2, at_100=(1.0, 2.0, 1.5)), "J5") == {
        "30 devices, classic: further from the optimum by [%]": certain(20.0),
        "30 devices, classic, annealed: further from the optimum by [%]": certain(10.0),
        "100 devices, classic: further from the optimum by [%]": certain(100.0),
        "100 devices, classic, annealed: further from the optimum by [%]": certain(50.0),
        "30 devices: proposed above the optimum by [%]": certain(10.0),
        "100 devices: proposed above the optimum by [%]": certain(0.0),
    }


def test_rewards_are_compared_in_percent_of_the_other() -> None:
    ensembles = rewards(dirs=3, dirs_no_levy=2, dirs_no_imitation=5, dirs_plain=2)
    assert numbers(ensembles, "J6") == {
        "with imitation [%]": certain(50.0),
        "without imitation [%]": certain(150.0),
    }
    assert numbers(rewards(dirs=4, ddpg=2, actor_critic=1), "J8") == {
        "dirs over ddpg [%]": certain(100.0),
        "dirs over actor-critic [%]": certain(300.0),
        "ddpg over actor-critic [%]": certain(100.0),
        "dirs over the best fixed placement [%]": certain(300.0),
        "optimum over dirs [%]": certain(150.0),
        "preset C: dirs over actor-critic [%]": certain(150.0),
        "preset C: optimum over fixed [%]": certain(25.0),
        "reward, dirs": certain(4.0),
        "reward, actor-critic": certain(1.0),
        "reward, ddpg": certain(2.0),
    }


def test_slots_are_counted_to_97_percent_of_what_imitation_ends_with() -> None:
    """From slot 100 on 97 slots bring the mean of a hundred to 0.97: slot 196."""
    later = numbers(speeds(with_it=100, without=400, without_levy=(100, SLOTS)), "J7")
    assert later == {
        "slots that dirs-no-imitation is later than dirs": certain(300.0),
        "slots that dirs-plain is later than dirs-no-levy": certain(SLOTS - 196.0),
    }


def test_training_times_hold_what_was_prepared_and_the_rivals_asking_once() -> None:
    found = numbers(times(slot_ms=(1.0, 2.0, 3.0), prepare_s=0.9, up_at=(100, 200, 300)), "J9")
    assert found == {
        "training, dirs [s]": certain(3.9),
        "training, actor-critic [s]": certain(6.0),
        "training, ddpg [s]": certain(9.0),
        "to equal reward, dirs [s]": certain(0.148 + 0.9),
        "to equal reward, actor-critic [s]": certain(2 * 0.296),
        "to equal reward, ddpg [s]": certain(3 * 0.396),
        "training, actor-critic that asks the objective once a slot [s]": certain(0.3),
        "training, ddpg that asks the objective once a slot [s]": certain(0.6),
    }


def test_a_forward_pass_is_told_in_microseconds() -> None:
    assert numbers(passes(1e-6, 2e-6, 3e-6), "J10") == {
        "one agent [µs]": certain(1.0),
        "all agents [µs]": certain(1e9),
        "actor-critic [µs]": certain(2.0),
        "ddpg [µs]": certain(3.0),
    }


def test_growth_is_told_from_10_to_100_devices() -> None:
    grown = numbers(by_devices(lambda n: n + 90, local=lambda n: n), "J11")
    assert len(grown) == 8
    assert grown["dirs, total_delay: 100 over 10 devices"] == certain(1.9)
    assert grown["local, total_energy: 100 over 10 devices"] == certain(10.0)


def test_leads_are_over_the_best_baseline() -> None:
    lead = numbers(objectives(lambda n: 1.5 * n, lambda n: 2 * n + 20), "J12")
    assert len(lead) == 17
    assert lead["10: below the best baseline by"] == certain(25.0)
    assert lead["10: by [%]"] == certain(62.5)
    assert lead["10: above the optimum by [%]"] == certain(1400.0)
    assert lead["lead grows by"] == certain(70.0 - 25.0)
    assert lead["lead grows by [points]"] == certain(100 * 70 / 220 - 62.5)
    servers = numbers(objectives(lambda m: 1.5 * m, lambda m: 2 * m + 20), "J13")
    assert len(servers) == 20
    assert servers["8: below the best baseline by"] == certain(24.0)
    assert servers["8: above the optimum by [%]"] == certain(1100.0)
    assert servers["8: the search alone above the optimum by [%]"] == certain(50.0)
