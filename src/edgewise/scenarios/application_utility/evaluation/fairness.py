"""Figure 6 of AlQerm and Pan 2020: envy-freeness; and what the paper lacks, envy-freeness and
utility in one picture."""

from dataclasses import dataclass
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.runs.scheme import Scheme
from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    above_each,
    bars,
    leads_over,
    of_all_controls,
    of_main,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import MAIN, OURS
from edgewise.scenarios.application_utility.evaluation.utility import SHOWN
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import KNOWLEDGE_COLOURS, labelled, published_below
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

MARKERS = "oDX*dvhsP^pHo<>D8+xX*"
"""In the order of the schemes; with its colour a marker is the scheme's alone."""


@figure("6", needs=(MAIN,))
def envy_freeness(results: Results, canvas: Canvas) -> Rows:
    """Envy-freeness"""
    axes = canvas.subplots()
    metrics = [("linear, as printed", "envy_freeness"), ("saturated", "envy_freeness_saturated")]
    rows = bars(results, axes, SHOWN, metrics)
    axes.set_ylim(0, 1)
    labelled(axes, "utility that is compared", "envy-freeness (1: nobody envies)", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("6"))


@claim(
    "A3",
    figure="4, 5",
    criterion="envy-freeness above OQL's, network utility below, SW and its linear reading",
    needs=(MAIN,),
)
def fair_but_low(results: Results) -> Verdict:
    """SW shares fairly, with low utility"""
    fair, utility = (of_main(results, name) for name in ("envy_freeness", "network_utility"))

    def criterion(shared: Schemes) -> list[Part]:
        return [
            part
            for scheme in shared
            for ours in OURS
            for part in (
                more(f"envy-freeness, {scheme} - {ours}", fair(scheme), fair(ours)),
                less(f"utility, {scheme} - {ours}", utility(scheme), utility(ours)),
            )
        ]

    note = (
        "with the linear utility as printed, SW with equal weights is the equal split: it stands "
        "beside SW with the utility that saturates. The controls are in the place of SW"
    )
    return Verdict(criterion(("sw", "equal-split")), of_all_controls(criterion), note=note)


@claim("A6", figure="6", criterion="linear form, above each", needs=(MAIN,))
def less_envy(results: Results) -> Verdict:
    """Envy-freeness of OQL is above that of TRA, ECF and DQN"""
    rivals = ("tra", "ecf", "dqn")

    def criterion(schemes: Schemes) -> list[Part]:
        return above_each(of_main(results, "envy_freeness"), schemes, rivals)

    numbers: Numbers = {}
    for metric, what in (
        ("envy_freeness_saturated", "saturated"),
        ("envy_freeness_devices", "devices"),
    ):
        found = leads_over(of_main(results, metric), OURS, rivals)
        numbers |= {f"{what}, {name}": value for name, value in found.items()}
        numbers[f"{what}, optimum"] = mean_interval(of_main(results, metric)("optimum"))
    numbers["optimum"] = mean_interval(of_main(results, "envy_freeness")("optimum"))
    note = "judged on the linear form over applications; (36) over devices is among the numbers"
    return Verdict(criterion(OURS), of_all_controls(criterion), numbers, note)


@dataclass(frozen=True)
class Place:
    """A scheme's utility [requests/s], as a share of the optimum of the same seed too (the worlds
    differ by more than the schemes do), and its envy-freeness."""

    scheme: Scheme
    utility_rps: float
    share: Interval
    fairness: Interval

    @property
    def both(self) -> tuple[float, float]:
        """What is compared: more is better in both."""
        return self.share.mean, self.fairness.mean

    def beats(self, other: "Place") -> bool:
        """As good in both, and better in one."""
        (share, fairness), (its_share, its_fairness) = self.both, other.both
        return share >= its_share and fairness >= its_fairness and self.both != other.both


@figure("pareto", needs=(MAIN,))
def pareto(results: Results, canvas: Canvas) -> Rows:
    """Network utility against envy-freeness, every scheme"""
    axes = canvas.subplots()
    places = _places(results)
    for place, marker in zip(places, cycle(MARKERS), strict=False):
        _mark(axes, place, marker)
    front = _front(places)
    shares, fairness = zip(*sorted(place.both for place in front), strict=True)
    along = [100 * share for share in shares]
    axes.step(along, fairness, where="pre", color="0.3", lw=1, label="front without oracles")
    labelled(axes, "network utility [% of the optimum]", "envy-freeness, linear", beside=True)
    return [_row(place, place in front) for place in places]


def _mark(axes: Axes, place: Place, marker: str) -> None:
    axes.errorbar(
        100 * place.share.mean,
        place.fairness.mean,
        place.fairness.half,
        100 * place.share.half,
        fmt=marker,
        ms=5,
        lw=0.6,
        color=KNOWLEDGE_COLOURS[place.scheme.knowledge],
        label=f"{place.scheme.title} ({place.scheme.knowledge})",
    )


def _places(results: Results) -> list[Place]:
    utility, fairness = (of_main(results, name) for name in ("network_utility", "envy_freeness"))
    best = utility("optimum")
    return [
        Place(
            scheme,
            float(utility(scheme.name).mean()),
            mean_interval(utility(scheme.name) / best),
            mean_interval(fairness(scheme.name)),
        )
        for scheme in results.scenario.schemes
    ]


def _front(places: list[Place]) -> list[Place]:
    """The schemes that need no oracle and that no other such scheme beats."""
    known = [place for place in places if place.scheme.knowledge != "oracle"]
    return [place for place in known if not any(other.beats(place) for other in known)]


def _row(place: Place, on_front: bool) -> dict[str, object]:
    return {
        "scheme": place.scheme.name,
        "knowledge": place.scheme.knowledge,
        "network_utility": place.utility_rps,
        "share_of_optimum": place.share.mean,
        "share_half": place.share.half,
        "envy_freeness": place.fairness.mean,
        "envy_freeness_half": place.fairness.half,
        "on_front": on_front,
    }
