"""The pages and the plots of a results folder, from real runs of the tiny scenario."""

import csv
import errno
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from tiny import SCENARIO, find

from edgewise import scenarios
from edgewise.cli.report import report_
from edgewise.core.errors import UserError
from edgewise.report.build import (
    write_all,
    write_comparison,
    write_index,
    write_one_page,
    write_reproduction,
)
from edgewise.report.charts import embed
from edgewise.report.paper import Reproduction, read_reproductions
from edgewise.runs.code import code_of
from edgewise.runs.execute import Rig
from edgewise.runs.store import Store
from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Claim, Figure, Verdict
from edgewise.study.compare import Comparison, read_comparisons
from edgewise.study.drawing import draw_files, fitted
from edgewise.study.papers import Judged, Paper
from edgewise.study.parts import more
from edgewise.study.results import Results
from edgewise.study.rows import table
from edgewise.study.statistics import Interval, mean_interval
from edgewise.study.text import plus_minus, shown_value

COMPARISON = Comparison("tiny", ("learn", "coin", "idle"), 2, 30, {"num_users": 2})
NARROWER = Comparison("tiny", ("coin",), 1, 30, {"num_users": 2})


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


def test_without_the_reference_there_is_no_gap(folder: Path) -> None:
    alone = Comparison("tiny", ("coin",), 2, 30, {"num_users": 2})
    (row,) = table(SCENARIO, Results(SCENARIO, Store(folder)), alone)
    assert list(row.metrics) == ["utility", "delay_s"]


def test_the_page_is_whole_and_needs_no_network(folder: Path) -> None:
    page = write_comparison(Store(folder), find, COMPARISON).read_text()
    for text in ("learn", "coin", "idle", "95% Student-t", "edgewise compare tiny", "Table 2"):
        assert text in page
    assert page.count("<svg") >= 3
    # What scripts could ask for is seen in a browser (tests/page).
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(src|href|url\()\s*=?\s*["'(]?\s*(https?:)?//""", markup)
    assert "<script src" not in page


def test_the_learning_plot_is_of_the_metric_that_schemes_are_ranked_by(folder: Path) -> None:
    page = write_comparison(Store(folder), find, COMPARISON).read_text()
    assert "Utility of the slots while training" in page
    with (COMPARISON.home(folder) / "plots" / "learning.csv").open() as file:
        rows = list(csv.DictReader(file))
    results = Results(SCENARIO, Store(folder))
    level = results.values(COMPARISON.sweep, "idle", "utility").mean()
    (grey,) = [row for row in rows if row["scheme"] == "idle"]
    assert float(grey["mean"]) == pytest.approx(level)
    first = next(row for row in rows if row["scheme"] == "learn")
    assert float(first["mean"]) == pytest.approx(
        results.log(COMPARISON.sweep, "learn", "score")[:, : int(first["slot"])].mean()
    )


def test_every_plot_is_png_svg_pdf_and_csv(folder: Path) -> None:
    write_comparison(Store(folder), find, COMPARISON)
    plots = COMPARISON.home(folder) / "plots"
    for name in ("learning", "metrics", "load_s"):
        assert (plots / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "</svg>" in (plots / f"{name}.svg").read_text()
        assert (plots / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    with (plots / "load_s.csv").open() as file:
        rows = list(csv.DictReader(file))
    values = Results(SCENARIO, Store(folder)).series(COMPARISON.sweep, "coin", "load_s")
    expected = mean_interval(values[:, 0]).mean
    (found,) = [row for row in rows if (row["scheme"], row["member"]) == ("coin", "1")]
    assert float(found["mean"]) == pytest.approx(expected)


def test_without_bokeh_the_page_has_the_plots_and_says_what_is_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "available", lambda: False)
    page = write_one_page(Store(folder), find, tmp_path / "all.html").read_text()
    assert "pip install &#x27;edgewise[page]&#x27;" in page
    assert "Bokeh" not in re.sub("typeof Bokeh.*|Bokeh[.'].*", "", page)
    assert len(page) < 1_000_000


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_narrower_comparison_has_its_own_page_and_the_index_links_both(folder: Path) -> None:
    store = Store(folder)
    write_comparison(store, find, COMPARISON)
    before = _content(COMPARISON.home(folder))
    NARROWER.save(folder)
    page = write_comparison(store, find, NARROWER)
    assert page.parent != COMPARISON.home(folder)
    assert not list(page.parent.glob("plots/learning.*"))
    assert _content(COMPARISON.home(folder)) == before
    index = (folder / "index.html").read_text()
    links = re.findall(r'<a href="([^"#]+)"', index)
    assert links == [f"comparisons/{each.digest}/report.html" for each in (NARROWER, COMPARISON)]
    assert all((folder / link).exists() for link in links)
    for text in ("learn, coin, idle", "2 seeds, 30 slots", "num_users = 2"):
        assert text in index


def test_reporting_writes_every_page_anew(folder: Path) -> None:
    pages = sorted(folder.glob("comparisons/*/report.html"))
    assert len(pages) == 2
    wanted = {path: path.read_bytes() for path in pages}
    for path in pages:
        path.unlink()
    assert write_all(Store(folder), find) == folder / "index.html"
    assert {path: path.read_bytes() for path in pages} == wanted


def test_everything_on_one_page_leaves_the_folder_as_it_is(folder: Path, tmp_path: Path) -> None:
    before = _content(folder)
    page = write_one_page(Store(folder), find, tmp_path / "all.html").read_text()
    assert _content(folder) == before
    assert page.count("<h1 ") == 2
    assert page.count("<svg") >= 4
    assert 'href="plots/' not in page


def test_what_a_killed_report_left_goes_with_the_next_one(folder: Path) -> None:
    left = COMPARISON.home(folder) / "plots" / f".metrics.png.{2**31 - 1}.tmp"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.touch()
    write_index(Store(folder), find)
    assert not left.exists()


def test_a_folder_that_can_only_be_read_is_told_with_the_remedy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*asked: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(folder))

    monkeypatch.setattr("edgewise.report.build.write_all", read_only)
    with pytest.raises(UserError, match=r"can only be read.*edgewise report .* --out PAGE\.html"):
        report_(folder)


def test_an_empty_folder_has_no_page(tmp_path: Path) -> None:
    for write in (write_all, lambda *known: write_one_page(*known, tmp_path / "page.html")):
        with pytest.raises(UserError, match="holds no comparison and no reproduction"):
            write(Store(tmp_path), find)


def test_a_comparison_is_read_back(folder: Path) -> None:
    COMPARISON.save(folder)
    assert read_comparisons(folder)[0][1] == COMPARISON
    path = COMPARISON.home(folder) / "comparison.json"
    whole = path.read_text()
    for wrong in ("{", whole.replace('"seeds": 2', '"seeds": 3'), whole.replace("2", "3", 1)):
        path.write_text(wrong)
        with pytest.raises(UserError, match=r"^damaged: .*comparison\.json.* again$"):
            read_comparisons(folder)
    path.write_text(whole)
    moved = COMPARISON.home(folder).rename(COMPARISON.home(folder).with_name("0" * 12))
    with pytest.raises(UserError, match="describes another comparison"):
        write_index(Store(folder), find)
    moved.rename(COMPARISON.home(folder))


SWEEP = Sweep("compare", ("coin", "idle"), 2, fixed={"num_users": 2})


def _draw(results: Results, canvas: Canvas) -> list[dict]:
    values = results.values(SWEEP, "coin", "utility")
    canvas.add_subplot().plot(values)
    return [{"seed": 1000 + i, "utility": value} for i, value in enumerate(values)]


def _judge(results: Results) -> Verdict:
    coin, idle = (results.values(SWEEP, name, "utility") for name in SWEEP.schemes)
    return Verdict([more("gain", coin, idle)], {"itself": [more("no gain", idle, idle)]})


def test_figures_are_drawn_and_claims_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper(
        (Figure("fig1", "A figure", (SWEEP,), _draw),),
        (Claim("T1", "1", "Coins beat staying", "paired utility", (SWEEP,), _judge),),
    )
    assert paper.needs == [SWEEP, SWEEP]
    monkeypatch.setattr(scenarios, "paper", lambda name: paper)
    asked = Reproduction(scenario="tiny", quick=False)
    asked.save(folder)
    assert [each for _, each in read_reproductions(folder)] == [asked]
    page = write_reproduction(Store(folder), find, asked).read_text()
    results = Results(SCENARIO, Store(folder))
    verdict = Judged(paper, results).verdicts["T1"]
    coin, idle = (results.values(SWEEP, name, "utility") for name in SWEEP.schemes)
    assert verdict.parts[0].quantity.mean == pytest.approx(np.mean(coin - idle))
    for text in ("Coins beat staying", verdict.outcome, "itself", "above 0", 'id="figure-fig1"'):
        assert text in page
    home = folder / "reproductions" / "tiny"
    for name in ("figures/fig1.png", "verdicts.json", "report.html"):
        assert (home / name).exists()
    assert 'href="reproductions/tiny/report.html"' in (folder / "index.html").read_text()
    home.rename(home.with_name("other"))
    with pytest.raises(UserError, match="in the folder of another reproduction"):
        read_reproductions(folder)


def test_a_figure_is_as_wide_as_the_columns_of_a_paper() -> None:
    def draw(canvas: Canvas) -> list[dict]:
        canvas.add_subplot().plot([1.0, 2.0])
        return []

    widths = {None: 7.0, "one-column": 3.5, "two-columns": 7.16}
    for columns, inches in widths.items():
        with fitted(columns):
            svg = draw_files(None, "plot", draw)
        (width,) = re.findall(r'<svg[^>]* width="([\d.]+)pt"', svg)
        assert float(width) == pytest.approx(72 * inches, abs=0.1)


def test_numbers_as_text() -> None:
    assert plus_minus(Interval(0.00055, 0.00048, 0.00062)) == "5.5e-4 ± 7e-5"
    assert plus_minus(Interval(0.0055, 0.0048, 0.0062)) == "0.0055 ± 0.0007"
    assert plus_minus(Interval(0.0, -2e-7, 2e-7)) == "0e+00 ± 2e-7"
    assert plus_minus(Interval(5.0, float("nan"), float("nan"))) == "5"
    assert plus_minus(Interval(float("nan"), float("nan"), float("nan"))) == "–"
    assert plus_minus(Interval(700.0, 693.0, 707.0)) == "700 ± 7"
    assert plus_minus(Interval(-2.38, -3.51, -1.25)) == "-2.4 ± 1.1"
    assert shown_value(tuple(range(20))) == "[0, 1, 2, 3, 4, …, 19]"
