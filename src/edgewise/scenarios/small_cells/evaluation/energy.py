"""Figure 6 of Huang et al. 2021: energy, and where it goes."""

from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    MAIN,
    SEEDS,
    Layouts,
    ahead,
    all_above,
    bars,
    federated_over_central,
    measured,
)
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import published_below, published_points
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval


def _edge_j(results: Results, scheme: str) -> Layouts:
    """Energy of the servers, per UE: what is neither local nor radio."""
    runs = results.of(MAIN)
    parts = (runs.values(scheme, metric) for metric in ("local_energy", "transmit_energy"))
    return runs.values(scheme, "energy") - sum(parts)


@figure("6", needs=(MAIN,))
def energy_by_part(results: Results, canvas: Canvas) -> Rows:
    """Energy, by where it goes"""
    axes = canvas.subplots()
    parts = {
        "local": measured("local_energy"),
        "radio": measured("transmit_energy"),
        "edge": _edge_j,
    }
    rows = bars(results, axes, parts)
    none = PUBLISHED.value("6", "local energy of MA-DRL")
    place = MAIN.schemes.index("ma-drl")
    rows += published_points(axes, [place], [none], f"paper: {none.sentence}")
    axes.set_ylabel("energy per UE and slot [J]")
    axes.legend()
    return rows + published_below(canvas, PUBLISHED.of("6", but=[none]))


@claim("S5", figure="6", criterion="J per UE, paired", needs=(MAIN,))
def less_energy(results: Results) -> Graded:
    """MA-DRL and F-DRL use less energy than IL-DRL and full offloading"""
    pairs = [(b, a) for a in ("ma-drl", "f-drl") for b in ("il-drl", "full")]
    return all_above(results, "energy", pairs)


@claim("S6", figure="6", criterion="below every other scheme", needs=(MAIN,))
def local_is_least(results: Results) -> Graded:
    """Local computing uses the least energy"""
    others = [scheme for scheme in MAIN.schemes if scheme != "local"]
    numbers = {f"{s} - local [J]": ahead(results, "energy", s, "local") for s in others}
    note = (
        "as printed, a cycle on the device costs 1 nJ and at the edge 0.01 nJ: offloading saves "
        "energy wherever it succeeds; the preset swapped-energies shows the other reading"
    )
    return Graded("cannot hold", dict(numbers), SEEDS, note)


@claim("S7", figure="6", criterion="below 1e-3 J; above 1e-2 J", needs=(MAIN,))
def no_local_energy(results: Results) -> Graded:
    """No local energy in MA-DRL, some in F-DRL and IL-DRL"""
    runs = results.of(MAIN)
    found = {
        s: mean_interval(runs.values(s, "local_energy")) for s in ("ma-drl", "f-drl", "il-drl")
    }
    holds = [found["ma-drl"].mean < 1e-3, found["f-drl"].mean > 1e-2, found["il-drl"].mean > 1e-2]
    return Graded(graded(holds), {f"{s} [J]": i for s, i in found.items()}, SEEDS)


@claim("S8", figure="6", criterion="0 to 15% more", needs=(MAIN,))
def slightly_more_energy(results: Results) -> Graded:
    """F-DRL uses slightly more energy than MA-DRL"""
    ratio = federated_over_central(results, "energy")
    holds = [ratio.low > 1.0, ratio.high <= 1.15]
    return Graded(graded(holds), {"f-drl/ma-drl": ratio}, SEEDS, "more; and no more than 15% more")
