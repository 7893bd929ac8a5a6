"""Figure 6 of Liu, Yu, Gao 2020: who ends up on which channel, in the tests after training."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED, SEEDS
from edgewise.scenarios.multi_rat_iot.evaluation.picture import counts, draw_places
from edgewise.study.claims import Graded, Numbers, Rows, VerdictWord, claim, figure, graded
from edgewise.study.drawing import published_below
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

PLACES = Sweep("figure-6", ("il-maq",), SEEDS)
IN_THE_PAPER = ("users on LoRa", "users on WiFi", "users that compute locally")


@figure("figure-6", needs=(PLACES,))
def places(results: Results, canvas: Canvas) -> Rows:
    """Figure 6: who ends up on which channel (U = 30, after training)"""
    runs = results.of(PLACES)
    place_share, collision_share = (
        runs.series("il-maq", name) for name in ("place_share", "collision_share")
    )
    paper = np.array([PUBLISHED.value("6", quantity).number for quantity in IN_THE_PAPER])
    rows = draw_places(canvas, place_share, collision_share, paper)
    return rows + published_below(canvas, PUBLISHED.of("6"))


@claim(
    "R4",
    figure="6",
    criterion="mean over seeds: 17 to 23 offload, 6 to 10 over LoRa, 9 to 13 over WiFi",
    needs=(PLACES,),
)
def twenty_offload(results: Results) -> Graded:
    """Of 30 users 20 offload, 8 over LoRa and 12 over WiFi; 10 stay local."""
    lora, wifi, _ = counts(results.of(PLACES).series("il-maq", "place_share")).T
    both = lora + wifi
    numbers: Numbers = {
        "offloading": mean_interval(both),
        "on LoRa": mean_interval(lora),
        "on WiFi": mean_interval(wifi),
        "share of seeds with 17-23 offloading": float(np.mean((both >= 17) & (both <= 23))),
    }
    checks = [_mean_in(both, 17, 23), _mean_in(lora, 6, 10), _mean_in(wifi, 9, 13)]
    return Graded(graded(checks), numbers, len(both))


def _mean_in(users: Float[np.ndarray, " seeds"], low: float, high: float) -> bool:
    return low <= float(users.mean()) <= high


@claim(
    "R5",
    figure="6",
    criterion="no slot with two users on a channel, in every seed",
    needs=(PLACES,),
)
def no_collisions(results: Results) -> Graded:
    """Users share the channels without any collision."""
    colliding = results.of(PLACES).values("il-maq", "colliding")
    numbers: Numbers = {
        "colliding users": mean_interval(colliding),
        "share of seeds without": float(np.mean(colliding == 0)),
        "most in a seed": float(colliding.max()),
    }
    word: VerdictWord = "does not hold"
    if colliding.mean() <= 1:
        word = "holds" if colliding.max() == 0 else "holds in part"
    return Graded(word, numbers, len(colliding), "in part: at most 1 colliding user on average")
