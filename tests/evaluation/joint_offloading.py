"""Made-up results of joint-offloading: one maker for each table or group of figures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from edgewise import scenarios
from evaluation.synthetic import BySeed, SyntheticResults, by_seed

SCENARIO = scenarios.get("joint-offloading")
DIRS, AC, DDPG = "dirs", "actor-critic", "ddpg"
PLAIN, NO_LEVY, NEITHER = "dirs-no-imitation", "dirs-no-levy", "dirs-plain"
UNTRAINED, BLIND = "dirs-plain~untrained", "dirs~blind"
CONTROLS = ("random", UNTRAINED, BLIND, "dirs~shuffled")
SLOTS = 1000
"""Of training, unless a maker says otherwise."""
ELSEWHERE = 77.0
"""What a curve is where nobody should look."""


def made(seeds: int = 2, **given: Any) -> SyntheticResults:
    return SyntheticResults(SCENARIO, seeds=seeds, **given)


def level(value: float, slots: int = SLOTS) -> np.ndarray:
    return np.full(slots, float(value))


def step(at: int, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """`low`, and from slot `at` on `high`. Its mean over 100 slots is 0.97 at slot `at` + 96."""
    return np.where(np.arange(SLOTS) < at, low, high)


def imitation(
    *by_seed: Sequence[float],
    over_plain: Sequence[float] = (0.0,) * 4,
    blind: Sequence[float] = (0.5,) * 4,
    blind_over_plain: float = 0.0,
) -> Any:
    """Test accuracy of the tuned loss at each size, a row a seed (or one for both), and how much
    it is above the loss without a penalty; the stronger penalty's is 0.01 above it. And of what
    sees nothing."""
    tuned = np.array(by_seed if len(by_seed) == 2 else by_seed * 2)
    plain = tuned - np.array(over_plain)
    test = np.stack([tuned, plain, plain + 0.01], axis=2)
    unseen = np.tile(np.array(blind)[None, :, None], (2, 1, 3))
    unseen[:, :, 1] -= blind_over_plain
    return made(experiments={"imitation": {"test": test, "train": test + 0.05, "blind": unseen}})


def losses(first: float, early: float, last: float, slots: int = 600, **others: Any) -> Any:
    """Of both agents with and without imitation: at slot 10, from 200 to 299, in the last 100;
    `others` replace one, by `scheme__agent` with _ for -. The blind do not learn."""
    loss = level(ELSEWHERE, slots)
    loss[10], loss[200:300] = first, early
    loss[[200, 299]] += 5.0, -5.0  # Only with both of them the mean is `early`.
    loss[-100:] = last
    logs: dict[Any, Any] = {(s, f"loss_{j}"): loss for s in (DIRS, PLAIN) for j in (1, 2)}
    logs |= {(BLIND, f"loss_{j}"): level(1.0, slots) for j in (1, 2)}
    for name, curve in others.items():
        scheme, agent = name.rsplit("__", 1)
        logs[_named(scheme), f"loss_{agent}"] = curve
    return made(logs=logs)


def totals(
    first: Any, later: float, last: float, slots: int = 1500, blind: bool = False
) -> SyntheticResults:
    """Time and energy with and without imitation: in the first 100 slots (by seed, if two), in
    the 100 after 900 and after 1100, in the last 100; the `blind` do as well, or change nothing."""

    def curve(first: float, flat: int) -> np.ndarray:
        found = level(ELSEWHERE, slots)
        found[:100], found[flat : flat + 100], found[-100:] = first, later, last
        return found

    seeds = first if isinstance(first, tuple) else (first,)
    both = {
        name: by_seed(*(curve(each, flat) for each in seeds * (3 - len(seeds))))
        for name, flat in (("delay_s", 900), ("energy_j", 1100))
    }
    unchanged = {(BLIND, name): level(1.0, slots) for name in both}
    learning = (DIRS, PLAIN, BLIND) if blind else (DIRS, PLAIN)
    return made(logs=unchanged | {(s, name): c for s in learning for name, c in both.items()})


def found(
    *ends: Any, at_100: tuple[Any, ...] | None = None, one_task: float = 9.0, flips: float = 9.0
) -> SyntheticResults:
    """Where the proposed, the classic and the annealed search end (a number, or two), above an
    optimum of 2 at 30 devices and 4 at 100; and the two hill climbs. The other reading: at 5."""

    def traces(ends: tuple[Any, ...], optimum: float) -> np.ndarray:
        each = (*ends, one_task, flips, 5.0)
        last = np.array([end if isinstance(end, tuple) else (end, end) for end in each]).T
        return optimum * np.stack([last + 5.0, last + 1.0, last], axis=2)

    arrays = {"traces_30": traces(ends, 2.0), "traces_100": traces(at_100 or ends, 4.0)}
    optima = {"optimum_30": [2.0, 2.0], "optimum_100": [4.0, 4.0]}
    return made(experiments={"searches": {**arrays, **optima}})


def rewards(in_c: Mapping[str, float] | None = None, **reward: Any) -> SyntheticResults:
    """Of deployed schemes, by name with _ for -, in both readings unless `in_c` says the other's.
    Controls get 0.1, unless one is named (`dirs__blind`); single flips 1, all shares of flips 2."""
    named = dict.fromkeys(CONTROLS, 0.1) | {_named(name): value for name, value in reward.items()}
    fixed = {"fixed": 1.0, "optimum": 10.0, "dirs-one-flip": 1.0, "dirs-plain-one-flip": 1.0}
    fixed["dirs~untrained"] = 2.5
    values: dict[Any, Any] = {(name, "reward"): value for name, value in (named | fixed).items()}
    values |= {("training, preset C", name, "reward"): x for name, x in (in_c or {}).items()}
    values |= {("share of flips", name, "reward"): 2.0 for name in (NO_LEVY, NEITHER)}
    return made(values=values)


def curves(**reward: np.ndarray | BySeed) -> SyntheticResults:
    """Reward while training, by name with _ for -."""
    return made(
        logs={(_named(name), "reward"): curve for name, curve in reward.items()},
        values={("fixed", "reward"): 3.0, ("optimum", "reward"): 4.0},
    )


def speeds(
    with_it: int, without: int, without_levy: tuple[int, int] | None = None, blind: int = SLOTS
) -> Any:
    """Slots at which the reward goes from 0 to 2, with and without imitation; the same without
    Lévy search, unless that is said. Of eight seeds: of two parts, six decide nothing."""
    plain = (with_it, without) if without_levy is None else without_levy
    at = {DIRS: with_it, PLAIN: without, NO_LEVY: plain[0], NEITHER: plain[1], BLIND: blind}
    return made(8, logs={(name, "reward"): step(slot, high=2.0) for name, slot in at.items()})


def times(
    slot_ms: Sequence[float], prepare_s: float, up_at: Sequence[int] = (900,) * 3, seeds: int = 2
) -> Any:
    """A training slot of DIRS, Actor-Critic and DDPG; what DIRS has to prepare (a quarter of it
    pre-training); the slot at which each one's reward goes from 0 to 2 (DIRS: to 4)."""
    clock = {
        "slot_s": np.tile(np.array(slot_ms) / 1e3, (seeds, 1)),
        "textbook_slot_s": np.tile([1e-4, 2e-4], (seeds, 1)),
        "demonstrations_s": np.full((seeds, 1), 0.75 * prepare_s),
        "pretraining_s": np.full((seeds, 1), 0.25 * prepare_s),
        "forward_s": np.tile([1e-6, 2e-6, 3e-6, 4e-6], (seeds, 1)),
    }
    heights = {DIRS: 4.0, AC: 2.0, DDPG: 2.0}
    rewards = {
        (name, "reward"): step(at, high=high)
        for (name, high), at in zip(heights.items(), up_at, strict=True)
    }
    ours = by_seed(*(1.0, 3.0) * (seeds // 2))
    values = {(DIRS, "reward"): ours, (AC, "reward"): 1.0, (DDPG, "reward"): 0.5}
    return made(seeds, logs=rewards, values=values, experiments={"clocks": clock})


def passes(one_agent: Any, actor_critic: Any, ddpg: Any) -> SyntheticResults:
    """Seconds of a forward pass (a number, or one for each seed); of all agents, 1000."""
    given = (one_agent, 1000.0, actor_critic, ddpg)
    forward_s = np.array([each if isinstance(each, tuple) else (each, each) for each in given]).T
    return made(experiments={"clocks": {"forward_s": forward_s}})


ByNumber = Callable[..., Any]


def by_devices(total: ByNumber, **others: ByNumber) -> SyntheticResults:
    """Time of every deployed scheme by the number of devices, and energy, twice as much; `others`
    are schemes of another time."""
    schemes = (DIRS, "greedy", "random", "local", "optimum", "fixed")
    times = dict.fromkeys(schemes, total) | others

    delays = {(name, "total_delay"): _scaled(time, 1.0) for name, time in times.items()}
    energies = {(name, "total_energy"): _scaled(time, 2.0) for name, time in times.items()}
    return made(values=delays | energies)


SHARES = {"objective": 1.0, "total_delay": 0.75, "total_energy": 0.25}
"""Of time and energy in the objective, unless a maker says otherwise."""


def objectives(
    ours: ByNumber, best: ByNumber, energy: float = 0.25, **controls: ByNumber
) -> SyntheticResults:
    """Of DIRS and the best baseline by the number of devices or servers, time and energy as
    `SHARES`, but for the `energy` of DIRS; the other baselines are worse, the optimum is 1 and the
    search ends at 1.5. The other schemes are as bad as the worst, unless they are named."""
    given = {DIRS: ours, "greedy": _times(best, 3.0), "random": best, "local": _times(best, 2.0)}
    given |= dict.fromkeys((UNTRAINED, "fixed"), _times(best, 3.0))
    given |= {_named(name): function for name, function in controls.items()}
    given |= {"optimum": lambda _: 1.0, "levy": lambda _: 1.5}
    shares = {name: SHARES | ({"total_energy": energy} if name == DIRS else {}) for name in given}
    values: dict[Any, Any] = {
        (name, metric): _scaled(function, share)
        for name, function in given.items()
        for metric, share in shares[name].items()
    }
    for sweep in ("switched capacitance", "CPU of the devices"):
        values |= {
            (sweep, name, "total_energy"): x for name, x in (("local", 3.0), ("optimum", 4.0))
        }
    return made(values=values)


def _named(name: str) -> str:
    """A scheme's name, from what can be a keyword."""
    return name.replace("__", "~").replace("_", "-")


def _times(function: ByNumber, factor: float) -> ByNumber:
    def of(number: float) -> Any:
        found = function(number)
        return (
            tuple(factor * each for each in found) if isinstance(found, tuple) else factor * found
        )

    return of


def _scaled(function: ByNumber, factor: float) -> ByNumber:
    """A function of one number, which gives a number or one for each seed, as one of a point."""

    def of(**point: float) -> Any:
        found = function(*point.values())
        if isinstance(found, tuple):
            return by_seed(*(factor * each for each in found))
        return factor * found

    return of
