"""Every figure of application-utility on results that are made up: the rows of its CSV are the
numbers put in, the paper's words among them, and the plot shows the rows."""

from typing import Any

import numpy as np
import pytest
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.application_utility import SCENARIO
from edgewise.scenarios.application_utility.evaluation.fairness import MARKERS
from edgewise.study.claims import Rows
from edgewise.study.published import read_published
from evaluation.synthetic import SyntheticResults, by_seed, drawn

OURS, APPS = ("oql-cent", "oql-dist"), ("gsd", "vr", "va")
COMPARED = (*OURS, "sw", "tra", "ecf", "dqn")
SHOWN = (*COMPARED, "equal-split", "optimum")
METRICS = [metric.name for metric in SCENARIO.metrics]
SCHEMES = [scheme.name for scheme in SCENARIO.schemes]
PUBLISHED = read_published(scenarios.home("application-utility"))
HALF = 12.706204736432095
"""Half the 95% interval of two numbers that differ by 2: t(0.975, 1 degree) · √2/√2."""


def number(scheme: str, metric: str, x: float = 0.0) -> float:
    """One that is no other's."""
    return 100.0 * (SCHEMES.index(scheme) + 1) + METRICS.index(metric) + x / 8192


def around(mean: float) -> Any:
    return by_seed(mean - 1, mean + 1)


def results(**more: Any) -> SyntheticResults:
    """Every metric of every scheme at every point: its `number`, one less and one more."""

    def at(scheme: str, metric: str) -> Any:
        return lambda **point: around(number(scheme, metric, sum(point.values())))

    values = {(s, m): at(s, m) for s in SCHEMES for m in METRICS}
    return SyntheticResults(SCENARIO, values=values | more.pop("values", {}), seeds=2, **more)


def said(figure: str) -> Rows:
    return [
        {"published": each.quantity, "value": each.value, "unit": each.unit}
        for each in PUBLISHED.lines
        if each.figure == figure
    ]


def with_interval(row: dict[str, Any], mean: float) -> dict[str, Any]:
    low, high = pytest.approx(mean - HALF), pytest.approx(mean + HALF)
    return {**row, "mean": pytest.approx(mean), "low": low, "high": high}


def heights(canvas: Canvas) -> list[list[float]]:
    """What bars show, a list for each label."""
    bars = [c for c in canvas.axes[0].containers if isinstance(c, BarContainer)]
    return [[patch.get_height() for patch in bar] for bar in bars]


def curves(canvas: Canvas, panel: int = 0) -> list[list[float]]:
    """What lines with bars show, a list for each label."""
    lines = [c for c in canvas.axes[panel].containers if isinstance(c, ErrorbarContainer)]
    return [list(line.lines[0].get_ydata()) for line in lines]


BARS = {"4": [f"utility_{app}" for app in APPS], "6": ["envy_freeness", "envy_freeness_saturated"]}


@pytest.mark.parametrize("figure", BARS)
def test_bars_of_every_scheme(figure: str) -> None:
    canvas = Canvas()
    assert drawn(results(), figure, canvas) == [
        *(
            with_interval({"scheme": s, "metric": metric}, number(s, metric))
            for s in SHOWN
            for metric in BARS[figure]
        ),
        *said(figure),
    ]
    assert heights(canvas) == [[number(s, metric) for metric in BARS[figure]] for s in SHOWN]


SERVERS, DEVICES = (30, 90, 120), (300, 900, 2700)
SHARES, STEPS, GRIDS = (0.2, 0.8, 1.0), (0.3, 1.0, 2.0), (4, 6, 8)
LINES = {
    "5": ("num_servers", SERVERS, "network_utility", COMPARED, 1.0, "5"),
    "7": ("request_probability", SHARES, "delay_gsd", COMPARED, 1e3, "7-9"),
    "8": ("request_probability", SHARES, "delay_vr", COMPARED, 1e3, "7-9"),
    "9": ("request_probability", SHARES, "delay_va", COMPARED, 1e3, "7-9"),
    "13": ("num_devices", DEVICES, "utilisation", (*OURS, "dqn"), 1.0, "13"),
    "grid": ("grid_levels", GRIDS, "network_utility", (*OURS, "dqn", "grid-optimum"), 1.0, "none"),
    "steps": ("step", STEPS, "network_utility", OURS, 1.0, "text"),
}


@pytest.mark.parametrize("figure", LINES)
def test_lines_of_every_scheme(figure: str) -> None:
    varied, values, metric, schemes, scale, paper = LINES[figure]
    canvas = Canvas()
    assert drawn(results(), figure, canvas) == [
        *(
            with_interval({"scheme": s, varied: x, "metric": metric}, number(s, metric, x))
            for s in schemes
            for x in values
        ),
        *said(paper),
    ]
    shown = [[pytest.approx(scale * number(s, metric, x)) for x in values] for s in schemes]
    assert curves(canvas) == shown
    # OQL is drawn through, its rivals are dashed.
    dashed = [c.lines[0].get_linestyle() for c in canvas.axes[0].containers]
    assert dashed == ["-" if s in OURS else "--" for s in schemes]


@pytest.mark.parametrize(
    ("figure", "varied", "values"), [("11", "num_devices", DEVICES), ("12", "num_servers", SERVERS)]
)
def test_a_panel_for_each_application(figure: str, varied: str, values: tuple[int, ...]) -> None:
    canvas = Canvas()
    rows = drawn(results(), figure, canvas)
    assert rows == [
        *(
            with_interval(
                {"scheme": s, varied: x, "metric": f"utility_{app}"},
                number(s, f"utility_{app}", x),
            )
            for app in APPS
            for s in OURS
            for x in values
        ),
        *said(figure),
    ]
    for panel, app in enumerate(APPS):
        shown = [[1e-3 * number(s, f"utility_{app}", x) for x in values] for s in OURS]
        assert curves(canvas, panel) == [pytest.approx(each) for each in shown]


def test_10_has_both_delays_and_the_limit() -> None:
    canvas = Canvas()
    rows = drawn(results(), "10", canvas)
    bars = [(s, kind) for s in OURS for kind in ("edge_delay", "delay")]
    means = [[1e3 * number(s, f"{kind}_{app}") for app in APPS] for s, kind in bars]
    assert rows == [
        *(
            {
                "scheme": s,
                "metric": f"{kind}_{app}",
                "mean_ms": pytest.approx(mean),
                "low": pytest.approx(mean - 1e3 * HALF),
                "high": pytest.approx(mean + 1e3 * HALF),
            }
            for (s, kind), each in zip(bars, means, strict=True)
            for app, mean in zip(APPS, each, strict=True)
        ),
        *said("10"),
    ]
    assert heights(canvas) == [pytest.approx(each) for each in means]
    limits = canvas.axes[0].collections[-1].get_segments()
    assert [segment[0][1] for segment in limits] == pytest.approx(
        [1e3 * number("oql-cent", f"delay_limit_{app}") for app in APPS]
    )


def test_14_is_gsd_under_what_was_learned_so_far() -> None:
    schemes = (*OURS, "oql-na", "oql-na-no-history", "dqn", "ecf")
    marks = np.array([0, 10, 100])
    gsd = {s: number(s, "utility_gsd") + marks for s in schemes}
    curves = {
        s: np.stack([np.stack([7 * x, x], axis=1) for x in (gsd[s] - 5, gsd[s] + 5)])
        for s in schemes
    }
    canvas = Canvas()
    given = {"frozen at checkpoints": {"epochs": marks, **curves}}
    rows = drawn(SyntheticResults(SCENARIO, experiments=given), "14", canvas)
    assert rows == [
        *(
            {"scheme": s, "epochs": t, "utility_gsd": pytest.approx(u)}
            for s in schemes
            for t, u in zip(marks.tolist(), gsd[s], strict=True)
        ),
        *said("14"),
    ]
    lines = canvas.axes[0].get_lines()
    assert [line.get_linestyle() for line in lines] == ["-", "-", "--", "--", "--", "--"]
    assert [line.get_ydata().tolist() for line in lines] == [pytest.approx(gsd[s]) for s in schemes]


def test_history_shows_how_often_several_actions_are_best() -> None:
    tied = np.r_[np.full(50, 0.5), np.full(50, 0.25), np.zeros(20)]
    shares = {"tied oql-dist": np.stack([tied, tied]), "tied oql-na": np.ones((2, 120))}
    canvas = Canvas()
    given = {"what the history decides": shares}
    rows = drawn(SyntheticResults(SCENARIO, experiments=given), "history", canvas)
    assert [(row["scheme"], row["epoch"], row["percent"]) for row in rows] == [
        *(("oql-dist", first, x) for first, x in ((0, 50.0), (50, 25.0), (100, 0.0))),
        *(("oql-na", first, 100.0) for first in (0, 50, 100)),
    ]
    assert canvas.axes[0].get_lines()[0].get_ydata().tolist() == [50.0, 25.0, 0.0]


def test_pareto_front_is_of_schemes_that_need_no_oracle() -> None:
    utility = dict.fromkeys(SCHEMES, 50.0) | {
        "optimum": 100.0,
        "dqn": 90.0,
        "sw": 80.0,
        "tra": 85.0,
    }
    fair = dict.fromkeys(SCHEMES, 0.25) | {"optimum": 0.9, "dqn": 0.5, "sw": 0.75, "tra": 0.375}
    fair["equal-split"] = 0.75  # As fair as SW, and of less utility.
    values: dict[tuple[str, str], Any] = {
        **{(s, "network_utility"): by_seed(utility[s], 2 * utility[s]) for s in SCHEMES},
        **{(s, "envy_freeness"): fair[s] for s in SCHEMES},
        ("tra", "network_utility"): by_seed(85.0 - 1, 2 * (85.0 + 1)),
    }
    canvas = Canvas()
    rows = drawn(results(values=values), "pareto", canvas)
    knowledge = {scheme.name: scheme.knowledge for scheme in SCENARIO.schemes}
    assert rows == [
        {
            "scheme": s,
            "knowledge": knowledge[s],
            "network_utility": 1.5 * utility[s] + (0.5 if s == "tra" else 0.0),
            "share_of_optimum": pytest.approx(utility[s] / 100),
            "share_half": pytest.approx(HALF / 100 if s == "tra" else 0.0, abs=1e-9),
            "envy_freeness": fair[s],
            "envy_freeness_half": 0.0,
            "on_front": s in ("dqn", "sw"),
        }
        for s in SCHEMES
    ]
    places = [
        tuple(float(axis[0]) for axis in each.lines[0].get_data())
        for each in canvas.axes[0].containers
    ]
    assert places == [pytest.approx((utility[s], fair[s])) for s in SCHEMES]
    across, _ = canvas.axes[0].containers[SCHEMES.index("tra")].lines[2]
    [((left, _), (right, _))] = across.get_segments()
    assert (left, right) == pytest.approx((85 - HALF, 85 + HALF))
    front = canvas.axes[0].get_lines()[-1]
    assert front.get_xydata().tolist() == [pytest.approx([80, 0.75]), pytest.approx([90, 0.5])]


def test_no_two_schemes_look_alike() -> None:
    looks = [(m, s.knowledge) for m, s in zip(MARKERS, SCENARIO.schemes, strict=True)]
    assert len(set(looks)) == len(looks)


def test_reach_stands_beside_what_was_learned() -> None:
    learners = ("dqn", "oql-na-no-history", "oql-dist", "oql-na-one-table", "oql-cent")
    utility = {s: 90.0 - 10 * k for k, s in enumerate(learners)} | {"optimum": 100.0}
    canvas = Canvas()
    rows = drawn(
        results(
            values={(s, "network_utility"): u for s, u in utility.items()},
            experiments={"reach of the view": {"15 actions": [1.0, 3.0], "one table": [4.0, 4.0]}},
        ),
        "reach",
        canvas,
    )
    titles = {scheme.name: scheme.title for scheme in SCENARIO.schemes}
    assert [(row["what"], row["kind"]) for row in rows] == [
        ("15 actions", "fitted"),
        ("one table", "fitted"),
        *((titles[s], "learned") for s in learners),
    ]
    gaps = [2.0, 4.0, *(100.0 - utility[s] for s in learners)]
    assert [row["gap_percent"] for row in rows] == pytest.approx(gaps)
    assert (rows[0]["low"], rows[0]["high"]) == pytest.approx((2.0 - HALF, 2.0 + HALF))
    bars = [c for c in canvas.axes[0].containers if isinstance(c, BarContainer)]
    shown = [(bar.get_y() + bar.get_height() / 2, bar.get_width()) for each in bars for bar in each]
    assert shown == [pytest.approx((place, gap)) for place, gap in enumerate(gaps)]
    labels = [label.get_text() for label in canvas.axes[0].get_yticklabels()]
    assert labels == [row["what"] for row in rows]


def test_the_paper_prints_no_number_of_a_figure_that_ours_could_stand_beside() -> None:
    """Should a number be found, it belongs into the plot, not below it."""
    for said in PUBLISHED.lines:
        if said.figure != "setup":
            with pytest.raises(ValueError, match="could not convert"):
                _ = said.number
