"""Made-up results of joint-offloading: one maker for each table or group of figures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from edgewise import scenarios
from evaluation.synthetic import BySeed, SyntheticResults, by_seed

SCENARIO = scenarios.get("joint-offloading")
DIRS, AC, DDPG = "dirs", "actor-critic", "ddpg"
PLAIN, NO_LEVY, NEITHER = "dirs-no-imitation", "dirs-no-levy", "dirs-plain"
SLOTS = 1000
"""Of training, unless a maker says otherwise."""
ELSEWHERE = 77.0
"""What a curve is where nobody should look."""


def made(**given: Any) -> SyntheticResults:
    return SyntheticResults(SCENARIO, seeds=2, **given)


def level(value: float, slots: int = SLOTS) -> np.ndarray:
    return np.full(slots, float(value))


def step(at: int, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """`low`, and from slot `at` on `high`. Its mean over 100 slots is 0.97 at slot `at` + 96."""
    return np.where(np.arange(SLOTS) < at, low, high)


def imitation(*by_seed: Sequence[float], over_plain: Sequence[float] = (0.0,) * 4) -> Any:
    """Test accuracy of the tuned loss at each size, a row a seed (or one for both), and how much
    it is above the loss without a penalty; the stronger penalty's is 0.01 above it."""
    tuned = np.array(by_seed if len(by_seed) == 2 else by_seed * 2)
    plain = tuned - np.array(over_plain)
    test = np.stack([tuned, plain, plain + 0.01], axis=2)
    return made(experiments={"imitation": {"test": test, "train": test + 0.05}})


def losses(first: float, early: float, last: float, slots: int = 600, **others: Any) -> Any:
    """Of both agents with and without imitation: at slot 10, from 200 to 299, in the last 100;
    `others` replace one, by `scheme__agent` with _ for -."""
    loss = level(ELSEWHERE, slots)
    loss[10], loss[200:300] = first, early
    loss[[200, 299]] += 5.0, -5.0  # Only with both of them the mean is `early`.
    loss[-100:] = last
    logs: dict[Any, Any] = {(s, f"loss_{j}"): loss for s in (DIRS, PLAIN) for j in (1, 2)}
    for name, curve in others.items():
        scheme, agent = name.split("__")
        logs[scheme.replace("_", "-"), f"loss_{agent}"] = curve
    return made(logs=logs)


def totals(first: Any, later: float, last: float, slots: int = 1500) -> SyntheticResults:
    """Time and energy with and without imitation: in the first 100 slots (by seed, if two), in
    the 100 after 900 and after 1100, in the last 100."""

    def curve(first: float, flat: int) -> np.ndarray:
        found = level(ELSEWHERE, slots)
        found[:100], found[flat : flat + 100], found[-100:] = first, later, last
        return found

    seeds = first if isinstance(first, tuple) else (first,)
    both = {
        name: by_seed(*(curve(each, flat) for each in seeds * (3 - len(seeds))))
        for name, flat in (("delay_s", 900), ("energy_j", 1100))
    }
    return made(logs={(s, name): each for s in (DIRS, PLAIN) for name, each in both.items()})


def found(*ends: Any, at_100: tuple[Any, ...] | None = None) -> SyntheticResults:
    """Where the proposed, the classic and the annealed search end (a number, or two), above an
    optimum of 2 at 30 devices and 4 at 100."""

    def traces(ends: tuple[Any, ...], optimum: float) -> np.ndarray:
        last = np.array([end if isinstance(end, tuple) else (end, end) for end in ends]).T
        return optimum * np.stack([last + 5.0, last + 1.0, last], axis=2)

    arrays = {"traces_30": traces(ends, 2.0), "traces_100": traces(at_100 or ends, 4.0)}
    optima = {"optimum_30": [2.0, 2.0], "optimum_100": [4.0, 4.0]}
    return made(experiments={"searches": {**arrays, **optima}})


def rewards(in_c: Mapping[str, float] | None = None, **reward: Any) -> SyntheticResults:
    """Of deployed schemes, by name with _ for -."""
    named = {name.replace("_", "-"): value for name, value in reward.items()}
    values = {(name, "reward"): value for name, value in named.items()}
    in_c = {DIRS: 2.5, AC: 1.0, "fixed": 4.0, "optimum": 5.0} if in_c is None else in_c
    values |= {("training, preset C", name, "reward"): value for name, value in in_c.items()}
    return made(values={**values, ("fixed", "reward"): 1.0, ("optimum", "reward"): 10.0})


def curves(**reward: np.ndarray | BySeed) -> SyntheticResults:
    """Reward while training, by name with _ for -."""
    return made(
        logs={(name.replace("_", "-"), "reward"): curve for name, curve in reward.items()},
        values={("fixed", "reward"): 3.0, ("optimum", "reward"): 4.0},
    )


def speeds(with_it: int, without: int, without_levy: tuple[int, int] | None = None) -> Any:
    """Slots at which the reward goes from 0 to 2, with and without imitation; the same without
    Lévy search, unless that is said."""
    plain = (with_it, without) if without_levy is None else without_levy
    at = {DIRS: with_it, PLAIN: without, NO_LEVY: plain[0], NEITHER: plain[1]}
    return made(logs={(name, "reward"): step(slot, high=2.0) for name, slot in at.items()})


def times(slot_ms: Sequence[float], prepare_s: float, up_at: Sequence[int] = (900,) * 3) -> Any:
    """A training slot of DIRS, Actor-Critic and DDPG; what DIRS has to prepare (a quarter of it
    pre-training); the slot at which each one's reward goes from 0 to 2 (DIRS: to 4)."""
    clock = {
        "slot_s": np.tile(np.array(slot_ms) / 1e3, (2, 1)),
        "textbook_slot_s": np.tile([1e-4, 2e-4], (2, 1)),
        "demonstrations_s": np.full((2, 1), 0.75 * prepare_s),
        "pretraining_s": np.full((2, 1), 0.25 * prepare_s),
        "forward_s": np.tile([1e-6, 2e-6, 3e-6, 4e-6], (2, 1)),
    }
    heights = {DIRS: 4.0, AC: 2.0, DDPG: 2.0}
    rewards = {
        (name, "reward"): step(at, high=high)
        for (name, high), at in zip(heights.items(), up_at, strict=True)
    }
    values = {(DIRS, "reward"): by_seed(1.0, 3.0), (AC, "reward"): 1.0, (DDPG, "reward"): 0.5}
    return made(logs=rewards, values=values, experiments={"clocks": clock})


def passes(one_agent: Any, actor_critic: Any, ddpg: Any) -> SyntheticResults:
    """Seconds of a forward pass (a number, or one for each seed); of all agents, 1000."""
    given = (one_agent, 1000.0, actor_critic, ddpg)
    forward_s = np.array([each if isinstance(each, tuple) else (each, each) for each in given]).T
    return made(experiments={"clocks": {"forward_s": forward_s}})


ByNumber = Callable[..., Any]


def by_devices(total: ByNumber, **others: ByNumber) -> SyntheticResults:
    """Time of every deployed scheme by the number of devices, and energy, twice as much; `others`
    are schemes of another time."""
    times = dict.fromkeys((DIRS, "greedy", "random", "local", "optimum"), total) | others

    delays = {(name, "total_delay"): _scaled(time, 1.0) for name, time in times.items()}
    energies = {(name, "total_energy"): _scaled(time, 2.0) for name, time in times.items()}
    return made(values=delays | energies)


def objectives(ours: ByNumber, best: ByNumber) -> SyntheticResults:
    """Of DIRS and the best baseline by the number of devices or servers; the other baselines are
    worse, the optimum is 1 and the search ends at 1.5."""
    given = {DIRS: _scaled(ours, 1.0), "greedy": _scaled(best, 3.0), "random": _scaled(best, 1.0)}
    given |= {"local": _scaled(best, 2.0), "optimum": lambda **_: 1.0, "levy": lambda **_: 1.5}
    return made(values={(name, "objective"): function for name, function in given.items()})


def _scaled(function: ByNumber, factor: float) -> ByNumber:
    """A function of one number, which gives a number or one for each seed, as one of a point."""

    def of(**point: float) -> Any:
        found = function(*point.values())
        if isinstance(found, tuple):
            return by_seed(*(factor * each for each in found))
        return factor * found

    return of
