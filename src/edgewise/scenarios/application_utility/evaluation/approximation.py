"""Sections IV and V-D of AlQerm and Pan 2020: whether approximated Q-learning converges, and what
it costs to compute."""

import numpy as np

from edgewise.scenarios.application_utility.evaluation.sweeps import COMPUTATION, PROPOSITION
from edgewise.study.claims import Numbers, Verdict, claim
from edgewise.study.parts import Part, between, less, more, ratio
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

HALVES = ("first", "second")
TWINS = {"one ϑ": "oql-cent", "a ϑ per server": "oql-dist-no-history"}
LARGE = -1
"""The larger network's place."""


@claim(
    "A16",
    figure="IV",
    criterion="two ϑ fed the same samples come nearer in each half of a run; (23) holds",
    needs=(PROPOSITION,),
)
def converges(results: Results) -> Verdict:
    """The approximated Q-learning converges (Proposition 1)"""
    found = results.experiment(PROPOSITION)
    apart = {
        f"{name}, {half} half": found[f"{half} {scheme}"]
        for name, scheme in TWINS.items()
        for half in HALVES
    }
    conditions = [
        more("(23): least eigenvalue of Υ - Υ^ϑ, as printed", found["least_of_printed"]),
        more("least eigenvalue of Υ - β²Υ^ϑ, corrected", found["least_of_corrected"]),
    ]
    numbers: Numbers = {
        **{f"left at the end, {name}": mean_interval(_left(found, s)) for name, s in TWINS.items()},
        "functions in use": mean_interval(found["used"]),
        "rank of Υ": mean_interval(found["rank"]),
    }
    note = (
        "that two ϑ which begin apart come nearer is what (25)-(30) prove; the control does not "
        "learn, and (31)-(33) are not measured. "
        "The basis is one short of linear independence, since shares sum to the capacity; and "
        "Υ^ϑ < Υ cannot hold for indicator functions, whose traces are equal"
    )
    frozen = {name: np.ones_like(each) for name, each in apart.items()}
    return Verdict(_meeting(apart) + conditions, {"untrained": _meeting(frozen)}, numbers, note)


def _meeting(shares: dict[str, np.ndarray]) -> list[Part]:
    """Of the distance less is left than there was."""
    return [between(f"{name}: left of the distance", x, high=1.0) for name, x in shares.items()]


def _left(found: dict[str, np.ndarray], scheme: str) -> np.ndarray:
    """Of the distance at the beginning."""
    return np.asarray(found[f"first {scheme}"] * found[f"second {scheme}"])


COST = (
    "the cost of an algorithm, whatever it sees: random, blind and shuffled play have none to ask"
)


@claim(
    "A17",
    figure="text V-D",
    criterion="CPU time an epoch, from 900 devices to 9000: OQL-Cent's grows more, and ends higher",
    needs=(COMPUTATION,),
)
def central_is_costly(results: Results) -> Verdict:
    """OQL-Cent's computation grows with the devices significantly more than OQL-Dist's"""
    found = results.experiment(COMPUTATION)
    cent, dist = found["oql-cent"], found["oql-dist"]
    parts = [
        more(
            "growth, oql-cent - oql-dist", cent[:, LARGE] / cent[:, 0], dist[:, LARGE] / dist[:, 0]
        ),
        ratio("time at 9000 devices, oql-cent/oql-dist", cent[:, LARGE], dist[:, LARGE], low=1.0),
    ]
    return Verdict(parts, numbers=_per_device(results), note=COST)


@claim(
    "A18",
    figure="text I, IV",
    criterion="CPU time an epoch at 900 devices: below that of the same scheme on tables",
    needs=(COMPUTATION,),
)
def approximation_saves(results: Results) -> Verdict:
    """The approximation reduces the required computation"""
    found = results.experiment(COMPUTATION)
    pairs = (("oql-dist", "oql-na"), ("oql-cent", "oql-na-one-table"))
    parts = [
        less(f"{ours} - {tables} [s]", found[ours][:, 0], found[tables][:, 0])
        for ours, tables in pairs
    ]
    return Verdict(parts, numbers=_per_device(results), note=COST)


def _per_device(results: Results) -> Numbers:
    found = results.experiment(COMPUTATION)
    return {
        f"{scheme}, {n} devices [µs per device]": mean_interval(1e6 * seconds[:, i] / n)
        for scheme, seconds in found.items()
        if scheme != "devices"
        for i, n in enumerate(found["devices"])
    }
