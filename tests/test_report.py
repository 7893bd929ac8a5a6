"""The page and the plots of a results folder, from real runs of the tiny scenario."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from tiny import SCENARIO, find

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.report.build import write_report
from edgewise.report.paper import Reproduction
from edgewise.report.text import plus_minus, shown_value
from edgewise.runs.code import code_of
from edgewise.runs.execute import Rig
from edgewise.runs.store import Store
from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Claim, Figure, Verdict
from edgewise.study.compare import Comparison, read_comparison, table
from edgewise.study.papers import Judged, Paper
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

COMPARISON = Comparison("tiny", ("learn", "coin", "idle"), 2, 30, {"num_users": 2})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished comparison."""
    folder = tmp_path_factory.mktemp("results")
    store = Store(folder)
    store.create()
    for spec, seeds in COMPARISON.wanted(SCENARIO):
        rig = Rig(SCENARIO, spec)
        for seed in seeds:
            (finished,) = rig.execute((seed,), folder / "work")
            store.write(spec, seed, finished.result, code_of(SCENARIO), finished.policy)
    COMPARISON.save(folder)
    return folder


def test_the_table_ranks_by_score_and_pairs_the_gap(folder: Path) -> None:
    results = Results(SCENARIO, Store(folder))
    rows = table(SCENARIO, results, COMPARISON)
    utilities = [row.metrics["utility"].interval.mean for row in rows]
    assert utilities == sorted(utilities, reverse=True)
    by_name = {row.scheme: row for row in rows}
    assert by_name["idle"].metrics["gap"].interval == Interval(0.0, 0.0, 0.0)
    coin, idle = (results.values(COMPARISON.sweep, name, "utility") for name in ("coin", "idle"))
    expected = np.mean([100 * (i - c) / abs(i) for c, i in zip(coin, idle, strict=True)])
    assert by_name["coin"].metrics["gap"].interval.mean == pytest.approx(expected)
    assert by_name["idle"].train_s is None
    assert by_name["learn"].train_s is not None


def test_a_row_as_json_has_exactly_the_promised_shape(folder: Path) -> None:
    rows = table(SCENARIO, Results(SCENARIO, Store(folder)), COMPARISON)
    for row in rows:
        facts = row.as_json()
        assert list(facts) == ["scheme", "knowledge", "seeds", "metrics"]
        assert facts["seeds"] == 2
        assert list(facts["metrics"]) == ["utility", "delay_s", "gap"]
        for measured in facts["metrics"].values():
            assert list(measured) == ["mean", "low", "high", "unit"]


def test_without_the_reference_there_is_no_gap(folder: Path) -> None:
    alone = Comparison("tiny", ("coin",), 2, 30, {"num_users": 2})
    (row,) = table(SCENARIO, Results(SCENARIO, Store(folder)), alone)
    assert list(row.metrics) == ["utility", "delay_s"]


def test_the_page_is_whole_and_needs_no_network(folder: Path) -> None:
    page = write_report(folder, find).read_text()
    for text in ("learn", "coin", "idle", "95% Student-t", "edgewise compare tiny", "Table 2"):
        assert text in page
    assert page.count("<svg") >= 3
    assert not re.search(r"""(src|href|url\()\s*=?\s*["'(]?\s*(https?:)?//""", page)
    assert "<script" not in page


def test_every_plot_is_png_svg_and_csv(folder: Path) -> None:
    write_report(folder, find)
    for name in ("learning", "metrics", "load_s"):
        assert (folder / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "</svg>" in (folder / "plots" / f"{name}.svg").read_text()
    with (folder / "plots" / "load_s.csv").open() as file:
        rows = list(csv.DictReader(file))
    values = Results(SCENARIO, Store(folder)).series(COMPARISON.sweep, "coin", "load_s")
    expected = mean_interval(values[:, 0]).mean
    (found,) = [row for row in rows if (row["scheme"], row["member"]) == ("coin", "1")]
    assert float(found["mean"]) == pytest.approx(expected)


def test_a_comparison_is_read_back(folder: Path) -> None:
    assert read_comparison(folder) == COMPARISON
    (folder / "comparison.json").write_text("{")
    with pytest.raises(UserError, match=r"comparison\.json is damaged"):
        read_comparison(folder)
    COMPARISON.save(folder)


SWEEP = Sweep("compare", ("coin", "idle"), 2, fixed={"num_users": 2})


def _draw(results: Results, canvas: Canvas) -> list[dict]:
    values = results.values(SWEEP, "coin", "utility")
    canvas.add_subplot().plot(values)
    return [{"seed": 1000 + i, "utility": value} for i, value in enumerate(values)]


def _judge(results: Results) -> Verdict:
    coin, idle = (results.values(SWEEP, name, "utility") for name in SWEEP.schemes)
    better = bool(np.all(coin > idle))
    return Verdict("holds" if better else "does not hold", {"gain": mean_interval(coin - idle)}, 2)


def test_figures_are_drawn_and_claims_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper(
        (Figure("fig1", "A figure", (SWEEP,), _draw),),
        (Claim("T1", "1", "Coins beat staying", "paired utility", (SWEEP,), _judge),),
    )
    assert paper.needs == [SWEEP, SWEEP]
    monkeypatch.setattr(scenarios, "paper", lambda name: paper)
    Reproduction(scenario="tiny", quick=False).save(folder)
    page = write_report(folder, find).read_text()
    (folder / "reproduction.json").unlink()
    results = Results(SCENARIO, Store(folder))
    verdict = Judged(paper, results).verdicts["T1"]
    coin, idle = (results.values(SWEEP, name, "utility") for name in SWEEP.schemes)
    assert verdict.outcome == ("holds" if (coin > idle).all() else "does not hold")
    assert "Coins beat staying" in page
    assert verdict.outcome in page
    assert (folder / "figures" / "fig1.png").exists()
    assert (folder / "verdicts.json").exists()


def test_numbers_as_text() -> None:
    assert plus_minus(Interval(0.00055, 0.00048, 0.00062)) == "5.5e-4 ± 7e-5"
    assert plus_minus(Interval(0.0055, 0.0048, 0.0062)) == "0.0055 ± 0.0007"
    assert plus_minus(Interval(0.0, -2e-7, 2e-7)) == "0e+00 ± 2e-7"
    assert plus_minus(Interval(5.0, float("nan"), float("nan"))) == "5"
    assert plus_minus(Interval(700.0, 693.0, 707.0)) == "700 ± 7"
    assert plus_minus(Interval(-2.38, -3.51, -1.25)) == "-2.4 ± 1.1"
    assert shown_value(tuple(range(20))) == "[0, 1, 2, 3, 4, …, 19]"
