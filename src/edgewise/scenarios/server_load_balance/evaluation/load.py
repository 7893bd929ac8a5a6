"""Figure 8 of Zhang et al. 2021: how the work spreads over the servers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.frozen import Seeds
from edgewise.scenarios.server_load_balance.evaluation.sweeps import (
    BLIND,
    BY_WEIGHT,
    CENTRAL,
    FROZEN,
    INDEPENDENT,
    OURS,
    SHUFFLED,
    UNTRAINED,
    WEIGHTS,
)
from edgewise.scenarios.server_load_balance.evaluation.term import WITH_TERM
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import bars_in_groups, labelled, published_below
from edgewise.study.parts import Part, less, more, ratio
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Servers = Float[np.ndarray, "seeds servers"]
CAPACITIES_GHZ = np.array([12.0, 14.0, 16.0, 18.0, 20.0])
"""Of Figure 8, and the default."""
RULES = ("random", "proportional", "static", "optimum")
MOST = 2.0
"""Times the variance that the optimum leaves, and the loads are no longer almost equal."""


@dataclass(frozen=True)
class Spread:
    """The mean variance of the loads within a slot [s²], and each server's mean cycles a slot."""

    variance: Seeds
    cycles: Servers

    @property
    def slope(self) -> Seeds:
        """Cycles a slot that a server gets more for each GHz more, by least squares [1e9]."""
        capacity = CAPACITIES_GHZ - CAPACITIES_GHZ.mean()
        slope: Seeds = self.cycles @ capacity / (capacity @ capacity) / 1e9
        return slope


def _learned(found: Mapping[str, np.ndarray], look: int = -1) -> Spread:
    """After training, or at another look."""
    return Spread(found["load_variance"][:, look], found["server_cycles"][:, look])


def _shuffled(found: Mapping[str, np.ndarray]) -> Spread:
    """After training, for agents that see what their neighbour should."""
    return Spread(found["shuffled_load_variance"], found["shuffled_server_cycles"])


def _of_rule(results: Results, rule: str, weight: float) -> Spread:
    runs, at = results.of(BY_WEIGHT), {"balance_weight": weight}
    return Spread(
        runs.values(rule, "load_variance", **at), runs.series(rule, "server_cycles", **at)
    )


@claim(
    "L8",
    figure="8",
    criterion="at each of ω2 = 10, 100, 1000 that DTOMALB is trained with, the variance of the "
    "loads within a slot is below that of a draw ∝ f, below that of the best fixed map, and at "
    "most twice the slot optimum's; and over time a faster server gets more cycles",
    needs=(*WITH_TERM.values(), FROZEN[BLIND], FROZEN[INDEPENDENT], FROZEN[CENTRAL], BY_WEIGHT),
)
def balanced(results: Results) -> Verdict:
    """Load factors are almost equal, and faster servers get more"""
    found = {weight: results.experiment(each) for weight, each in WITH_TERM.items()}
    controls = {
        "random": {w: _of_rule(results, "random", w) for w in WEIGHTS},
        UNTRAINED: {w: _learned(each, 0) for w, each in found.items()},
        BLIND: {WEIGHTS[0]: _learned(results.experiment(FROZEN[BLIND]))},
        SHUFFLED: {w: _shuffled(each) for w, each in found.items()},
        "proportional": {w: _of_rule(results, "proportional", w) for w in WEIGHTS},
    }
    return Verdict(
        _balanced(results, {w: _learned(each) for w, each in found.items()}),
        {name: _balanced(results, each) for name, each in controls.items()},
        _numbers(results),
        "ten whole tasks cannot be spread evenly over five servers in a slot: the optimum's "
        f"variance is the measure; {BLIND} is asked at ω2 = 10 alone",
    )


def _balanced(results: Results, spreads: Mapping[float, Spread]) -> list[Part]:
    parts = []
    for weight, ours in spreads.items():
        drawn, fixed, best = (
            _of_rule(results, rule, weight).variance
            for rule in ("proportional", "static", "optimum")
        )
        at = f"ω2 = {weight:g}"
        parts += [
            less(f"variance below a draw's, {at}", ours.variance, drawn),
            less(f"variance below the fixed map's, {at}", ours.variance, fixed),
            ratio(f"variance over the optimum's, {at}", ours.variance, best, high=MOST),
            more(f"more for faster servers, {at}", ours.slope),
        ]
    return parts


def _numbers(results: Results) -> Numbers:
    """The same of every scheme at ω2 = 10, and over time."""
    learned = {n: _learned(results.experiment(FROZEN[n])) for n in (OURS, INDEPENDENT, CENTRAL)}
    rules = {rule: _of_rule(results, rule, WEIGHTS[0]) for rule in RULES}
    numbers: Numbers = {}
    for name, each in {**learned, **rules}.items():
        load_s = each.cycles / CAPACITIES_GHZ
        over_time = load_s.max(axis=1) / np.maximum(load_s.min(axis=1), 1.0)
        numbers[f"variance within a slot [s²], {name}"] = mean_interval(each.variance)
        numbers[f"loads over time, max/min, {name}"] = mean_interval(over_time)
        numbers[f"cycles for each GHz [1e9], {name}"] = mean_interval(each.slope)
    return numbers


@figure("8", needs=(FROZEN[OURS], BY_WEIGHT))
def load_of_servers(results: Results, canvas: Canvas) -> Rows:
    """Work of the servers"""
    axes, rows, bars = canvas.subplots(), [], []
    schemes = {OURS: _learned(results.experiment(FROZEN[OURS]))}
    schemes |= {rule: _of_rule(results, rule, WEIGHTS[0]) for rule in ("static", "optimum")}
    for name, each in schemes.items():
        cycles = [mean_interval(server) for server in each.cycles.T / 1e9]
        bars.append((results.scenario.scheme(name).title, cycles))
        rows += [
            {"scheme": name, "server": m + 1, "cycles_1e9": i.mean, "low": i.low, "high": i.high}
            for m, i in enumerate(cycles)
        ]
    bars_in_groups(axes, [f"{hz:g} GHz" for hz in CAPACITIES_GHZ], bars)
    labelled(axes, "server", "cycles assigned in a slot [10⁹]")
    return rows + published_below(canvas, PUBLISHED.of("8"))
