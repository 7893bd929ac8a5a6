"""Figure 6 of Liu, Yu, Gao 2020: who ends up on which channel, in the tests after training."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED
from edgewise.scenarios.multi_rat_iot.evaluation.picture import MARKED, counts, draw_places
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import (
    BY_FIRST_VALUE,
    BY_PENALTY,
    CONTROLS,
    FIRST_VALUES_J,
    OURS,
    PENALTIES_J,
    PLACES,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import published_below
from edgewise.study.parts import Part, between, resampled
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

IN_THE_PAPER = tuple(
    PUBLISHED.value("6", quantity).number
    for quantity in ("users on LoRa", "users on WiFi", "users that compute locally")
)
NEARLY = 1
"""Users more or fewer than the paper prints on a technology; twice as many on both."""
ASKED = (OURS, *CONTROLS, "greedy")


@figure("figure-6", needs=(PLACES,))
def places(results: Results, canvas: Canvas) -> Rows:
    """Figure 6: who ends up on which channel (U = 30, after training)"""
    runs = results.of(PLACES)
    place_share, collision_share = (
        runs.series(OURS, name) for name in ("place_share", "collision_share")
    )
    rows = draw_places(canvas, place_share, collision_share, np.array(IN_THE_PAPER))
    return rows + published_below(canvas, PUBLISHED.of("6"))


def settled(place_share: Float[np.ndarray, "seeds users places"]) -> Float[np.ndarray, " seeds"]:
    """How many users hardly ever leave one channel, or their device.

    >>> settled(np.array([[[1.0, 0.0], [0.5, 0.5]]])).tolist()
    [1.0]
    """
    return np.sum(place_share.max(axis=2) > 1 - MARKED, axis=1).astype(float)


@claim(
    "R4",
    figure="6",
    criterion="18 to 22 offload, 7 to 9 over LoRa, 11 to 13 over WiFi (one more or less than "
    "printed on each), and all but 2 of the 30 users keep to one place in 95% of the slots",
    needs=(PLACES,),
)
def twenty_offload(results: Results) -> Verdict:
    """Of 30 users 20 offload, 8 over LoRa and 12 over WiFi; 10 stay local."""
    share = {name: results.of(PLACES).series(name, "place_share") for name in ASKED}
    found = {name: _placed(each) for name, each in share.items()}
    numbers: Numbers = {
        f"{part.name}, {name}": part.quantity for name, parts in found.items() for part in parts
    }
    ours = found.pop(OURS)
    return Verdict(ours, found, numbers)


def _placed(place_share: np.ndarray) -> list[Part]:
    lora, wifi, _ = counts(place_share).T
    on_lora, on_wifi, local = IN_THE_PAPER
    both = on_lora + on_wifi
    return [
        between("offloading", lora + wifi, both - 2 * NEARLY, both + 2 * NEARLY),
        between("on LoRa", lora, on_lora - NEARLY, on_lora + NEARLY),
        between("on WiFi", wifi, on_wifi - NEARLY, on_wifi + NEARLY),
        between("settled", settled(place_share), both + local - 2 * NEARLY),
    ]


@claim(
    "R5",
    figure="6",
    criterion="in more than half of the seeds no slot has two users on a channel, and on average "
    "fewer than one user collides",
    needs=(PLACES, BY_PENALTY, BY_FIRST_VALUE),
)
def no_collisions(results: Results) -> Verdict:
    """Users share the channels without any collision."""
    colliding = {name: results.of(PLACES).values(name, "colliding") for name in ASKED[:-1]}
    numbers: Numbers = {f"colliding, {n}": mean_interval(each) for n, each in colliding.items()}
    ours = colliding.pop(OURS)
    return Verdict(
        _apart(ours),
        {name: _apart(each) for name, each in colliding.items()},
        {"most in a seed": float(ours.max()), **numbers, **_by_invented_values(results)},
        "with ϖ of 100 J users do not give way; with Q_0 of 0 rare states are never done with "
        "trying: see the numbers",
    )


def _apart(colliding: Float[np.ndarray, " seeds"]) -> list[Part]:
    return [
        resampled("share of seeds without any", np.mean, colliding == 0, low=0.5),
        resampled("colliding users", np.mean, colliding, high=1.0),
    ]


def _by_invented_values(results: Results) -> Numbers:
    """What becomes of collisions and cost at other ϖ and Q_0."""
    penalty, first = results.of(BY_PENALTY), results.of(BY_FIRST_VALUE)
    numbers: Numbers = {}
    for metric in ("colliding", "cost"):
        for value in PENALTIES_J:
            found = penalty.values(OURS, metric, failure_penalty=value)
            numbers[f"{metric}, ϖ = {value:g} J"] = mean_interval(found)
        for value in FIRST_VALUES_J:
            found = first.values(OURS, metric, initial_q=value)
            numbers[f"{metric}, Q_0 = {value:g} J"] = mean_interval(found)
    return numbers
