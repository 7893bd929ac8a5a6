"""What a comparison's table says, and what it may not say: ranks, gaps and what is not defined."""

import csv
import dataclasses
import io
import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas
from rich.console import Console
from scipy import stats
from tiny import SCENARIO

from edgewise.cli.tables import comparison_table
from edgewise.report.comparison import comparison_sections
from edgewise.report.front import cost_front, travelling_bytes
from edgewise.runs.code import Code, code_of
from edgewise.runs.store import RunResult, Store
from edgewise.study import columns as columns_
from edgewise.study.columns import Column, as_json, as_lines, columns, read_columns
from edgewise.study.compare import Comparison
from edgewise.study.document import document, schema
from edgewise.study.ranking import better_than, rank
from edgewise.study.remarks import remarks
from edgewise.study.results import Results
from edgewise.study.rows import Row, measure, table
from edgewise.study.statistics import gaps_percent, holm, paired_p

SCHEMA_FILE = Path(__file__).parents[1] / "docs" / "schemas" / "compare.schema.json"
SCORES = {
    "idle": [-1.0, -2.0, -1.5, -1.2, -1.8],
    "coin": [-1.1, -2.1, -1.7, -1.3, -1.9],
    "learn": [-1.0, -2.0, -1.501, -1.2, -1.799],
}
DELAYS = {"idle": [1.0] * 5, "coin": [math.nan] * 5, "learn": [2.0, math.nan, 4.0, 2.0, 4.0]}


def _stored(folder: Path, scores: dict[str, list[float]], code: Code | None = None) -> Results:
    """A folder in which the schemes scored this, seed by seed."""
    store = Store(folder)
    store.create()
    for spec, seeds in _asked(scores).wanted(SCENARIO):
        for i, seed in enumerate(seeds):
            metrics = {"utility": scores[spec.scheme][i], "delay_s": DELAYS[spec.scheme][i]}
            arrays = {"log/score": np.linspace(-3.0, -1.0, spec.slots)} if spec.slots else {}
            cost = {"train_s": 12.0, "compile_s": 1.0, "evaluate_s": 1.0, "slots_per_s": 3.0}
            result = RunResult(metrics, arrays | {"evaluation/load_s": np.ones(3)}, cost)
            store.write(spec, seed, result, code or code_of(SCENARIO))
    return Results(SCENARIO, store)


def _asked(scores: dict[str, list[float]], slots: int | None = None) -> Comparison:
    return Comparison("tiny", tuple(scores), len(next(iter(scores.values()))), slots)


def _rows(folder: Path, scores: dict[str, list[float]]) -> list[Row]:
    return table(SCENARIO, _stored(folder, scores), _asked(scores))


def test_ranks_are_ranges_where_the_seeds_do_not_tell(tmp_path: Path) -> None:
    rows = _rows(tmp_path, SCORES)
    assert [(row.scheme, str(row.ranking)) for row in rows] == [
        ("idle", "1-2"),
        ("learn", "1-2"),
        ("coin", "3"),
    ]
    assert rows[0].ranking.tied == ("learn",)
    lower = rank({name: np.array(values) for name, values in SCORES.items()}, "lower")
    assert {name: str(found) for name, found in lower.items()} == {
        "coin": "1",
        "learn": "2-3",
        "idle": "2-3",
    }
    witness = stats.ttest_rel(SCORES["coin"], SCORES["idle"]).pvalue
    assert witness * 3 < 0.05
    assert paired_p(np.array(SCORES["coin"]), np.array(SCORES["idle"])) == pytest.approx(witness)


def test_holm_by_hand() -> None:
    # 0.01 <= 0.05/3; 0.02 <= 0.05/2; 0.06 > 0.05.
    assert holm([0.06, 0.01, 0.02]) == [False, True, True]
    # 0.02 > 0.05/3: nothing after it counts either.
    assert holm([0.02, 0.021, 0.022]) == [False, False, False]
    assert holm([]) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8), st.floats(-0.9e-5, 0.9e-5))
def test_what_float32_may_lose_is_no_difference(values: list[float], lost: float) -> None:
    first = np.array(values)
    assert paired_p(first, first * (1 + lost)) == 1.0


def test_noise_is_told_apart_in_one_table_of_twenty_at_most() -> None:
    drawn = np.random.default_rng(5).normal(size=(400, 6, 5))
    found = [rank({str(i): row for i, row in enumerate(each)}, "higher") for each in drawn]
    wrong = np.mean([any(str(r) != "1-6" for r in ranking.values()) for ranking in found])
    assert wrong <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 400)


def test_a_scheme_that_beats_its_reference_is_named(tmp_path: Path) -> None:
    better = {**SCORES, "coin": [-0.5, -1.0, -0.75, -0.61, -0.9]}
    rows = _rows(tmp_path / "better", better)
    (line,) = [line for line in remarks(SCENARIO, rows) if "better than the reference" in line]
    assert line == "coin (by 49.8%) is better than the reference idle, beyond doubt"
    assert not any(
        "beyond doubt" in line for line in remarks(SCENARIO, _rows(tmp_path / "other", SCORES))
    )
    values = {name: -np.array(each) for name, each in better.items()}
    assert better_than(values, "idle", "lower") == ("coin",)
    assert better_than(values, "idle", "higher") == ()


def test_few_seeds_and_short_training_are_said(tmp_path: Path) -> None:
    few = {name: values[:3] for name, values in SCORES.items()}
    rows = _rows(tmp_path, few)
    (said,) = [line for line in remarks(SCENARIO, rows) if "seeds" in line and "only" in line]
    assert said.startswith("only 3 seeds: intervals and ranks say little below 5")
    assert not any("trained for" in line for line in remarks(SCENARIO, rows))
    shorter = [dataclasses.replace(row, slots=row.own_slots // 2) for row in rows]
    assert "trained for 150 slots only, not for their own: learn 300" in remarks(SCENARIO, shorter)
    enough = _rows(tmp_path / "enough", SCORES)
    assert not any("only" in line for line in remarks(SCENARIO, enough))


def test_what_is_not_defined_is_a_dash_null_or_nothing_and_says_why(tmp_path: Path) -> None:
    rows = _rows(tmp_path, SCORES)
    by_name = {row.scheme: row for row in rows}
    delay = next(each for each in columns(rows) if each.name == "delay_s")
    assert delay.text(by_name["coin"]) == "–"
    told = {row["scheme"]: row["metrics"]["delay_s"] for row in as_json(rows)}
    assert told["coin"]["mean"] is None
    assert told["coin"]["reason"] == "not defined on any seed"
    assert told["learn"]["mean"] == pytest.approx(3.0)
    assert told["learn"]["reason"] == "not defined on 1 of 5 seeds, which are left out"
    assert "reason" not in told["idle"]
    lines = {line["scheme"]: line for line in as_lines(rows) if line["metric"] == "delay_s"}
    text = io.StringIO()
    csv.DictWriter(text, ["mean"], extrasaction="ignore").writerow(lines["coin"])
    assert text.getvalue().strip() in ("", '""')
    assert any("Mean delay" in line and "not defined" in line for line in remarks(SCENARIO, rows))


def test_a_gap_to_nothing_is_not_defined() -> None:
    gaps = gaps_percent(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    assert math.isnan(gaps[0])
    assert gaps[1] == 50.0
    assert measure("gap", "%", gaps).reason == "not defined on 1 of 2 seeds, which are left out"
    assert measure("gap", "%", np.array([3.0])).reason == "one seed gives no interval"


def test_what_a_reference_is_known_to_be_holds_on_every_seed(tmp_path: Path) -> None:
    numbers = {2000: (0.01, 8, 40), 2001: (0.02, 8, 40), 2002: (0.0, 8, 40)}
    scores = {"coin": [-1.0, -1.1, -1.2], "idle": [-1.0, -1.1, -1.2]}
    _stored(tmp_path, scores)
    store, asked = Store(tmp_path), _asked(scores)
    idle = next(spec for spec, _ in asked.wanted(SCENARIO) if spec.scheme == "idle")
    for seed, certificate in numbers.items():
        kept = store.read(idle, seed)
        arrays = {**kept.arrays, "certificate": np.array(certificate)}
        store.write(idle, seed, dataclasses.replace(kept, arrays=arrays), code_of(SCENARIO))
    rows = table(SCENARIO, Results(SCENARIO, store), asked)
    told = {row["scheme"]: row["certificate"] for row in as_json(rows)}
    assert told == {"coin": None, "idle": "within 2% in 8 of 40 slots"}
    assert "known to be" in [column.title for column in read_columns(rows)]
    assert "known to be" not in [
        c.title for c in read_columns([r for r in rows if not r.certificate])
    ]


def test_runs_of_other_code_are_marked_everywhere(tmp_path: Path) -> None:
    results = _stored(tmp_path, SCORES, Code({"physics/link.py": "0" * 16}))
    rows = table(SCENARIO, results, _asked(SCORES))
    assert all(row.stale == 5 for row in rows)
    told = document(SCENARIO, _asked(SCORES), rows)
    assert told["stale"] == ["idle", "learn", "coin"]
    assert all(row["stale"] for row in told["rows"])
    assert any("(stale): idle, learn, coin" in line for line in told["remarks"])
    page = "".join(s.body for s in comparison_sections(None, SCENARIO, results, _asked(SCORES)))
    assert page.count("<td>stale</td>") == 3
    assert "(stale): idle, learn, coin" in page
    out = Console(width=300, file=io.StringIO())
    out.print(comparison_table(rows, out))
    assert out.file.getvalue().count(" stale ") == 3


def test_the_document_stands_alone_and_keeps_its_schema(tmp_path: Path) -> None:
    assert json.loads(SCHEMA_FILE.read_text()) == schema(), "make readme writes it"
    rows = _rows(tmp_path, SCORES)
    told = document(SCENARIO, _asked(SCORES, 300), rows)
    again = json.loads(json.dumps(told, allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(again, schema())
    assert again["seeds"] == [2000, 2001, 2002, 2003, 2004]
    assert again["parameters"]["num_users"] == SCENARIO.parameters().num_users
    assert (again["score"], again["reference"], again["slots"]) == ("utility", "idle", 300)
    assert again["rows"][0]["rank"] == [1, 2]
    for wrong in ({**told, "more": 1}, {n: x for n, x in told.items() if n != "code"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema())


def test_a_new_column_is_one_line_in_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _rows(tmp_path, SCORES)
    new = Column("letters", "letters", lambda r: f"#{len(r.scheme)}", lambda r: len(r.scheme), int)
    monkeypatch.setattr(columns_, "BEFORE", (*columns_.BEFORE, new))
    assert new in read_columns(rows)
    assert as_json(rows)[0]["letters"] == 4
    assert as_lines(rows)[0]["letters"] == 4
    results = Results(SCENARIO, Store(tmp_path))
    page = "".join(s.body for s in comparison_sections(None, SCENARIO, results, _asked(SCORES)))
    assert "<td>#4</td>" in page
    out = Console(width=300, file=io.StringIO())
    out.print(comparison_table(rows, out))
    assert "#4" in out.file.getvalue()


def test_what_it_costs_stands_in_every_table(tmp_path: Path) -> None:
    results, asked = _stored(tmp_path, SCORES), _asked(SCORES)
    known = {"decision_us": 0.8398, "weights": 55100.0, "observed_bytes": 56.0}
    store = Store(tmp_path)
    for spec, seeds in asked.wanted(SCENARIO):
        if spec.scheme != "learn":
            more = {"exchanged_bytes": 8.0} if spec.scheme == "coin" else {}
            store.add_cost(spec, seeds[0], {**known, **more})
    rows = table(SCENARIO, results, asked)
    titles = {shown: [c.title for c in read_columns(rows, shown)] for shown in ("metrics", "cost")}
    assert titles["metrics"][-2:] == ["decision [µs]", "training [s]"]
    assert titles["cost"] == [
        *("scheme", "knows", "rank", "gap to idle [%]", "decision [µs]", "weights"),
        *("observed [B]", "exchanged [B]", "training [s]"),
    ]
    assert set(titles["metrics"]) | set(titles["cost"]) == {
        c.title for c in read_columns(rows, "all")
    }
    told = {row["scheme"]: row["cost"] for row in document(SCENARIO, asked, rows)["rows"]}
    assert told["coin"] == {**known, "exchanged_bytes": 8.0, "train_s": None}
    assert told["idle"] == {**known, "exchanged_bytes": None, "train_s": None}
    assert told["learn"] == {**dict.fromkeys(told["coin"]), "train_s": 12.0}
    out = Console(width=300, file=io.StringIO())
    out.print(comparison_table(rows, out, "cost"))
    assert out.file.getvalue().count("55,100") == 2
    assert out.file.getvalue().count(" 0.84 ") == 2


def test_the_gap_is_drawn_over_what_it_costs(tmp_path: Path) -> None:
    results, asked = _stored(tmp_path, SCORES), _asked(SCORES)
    assert "What it costs" not in _titles(results)
    store = Store(tmp_path)
    costs = {"idle": (2.0, 40.0), "coin": (1.0, 0.0)}
    for spec, seeds in asked.wanted(SCENARIO):
        if spec.scheme in costs:
            us, observed = costs[spec.scheme]
            told = {"decision_us": us, "weights": 1.0, "observed_bytes": observed}
            store.add_cost(spec, seeds[1], {**told, "exchanged_bytes": 8.0})
    again = Results(SCENARIO, store)
    assert "What it costs" in _titles(again)
    rows = table(SCENARIO, again, asked)
    canvas = Canvas()
    drawn = cost_front(canvas, rows, "gap", "gap", falling=True)
    assert [each["scheme"] for each in drawn] == ["idle", "coin"]
    assert [travelling_bytes(row) for row in rows if row.running] == [48.0, 8.0]
    line = canvas.axes[0].lines[-1]
    gap = rows[-1].metrics["gap"].interval.mean
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([1.0, 2.0], [gap, 0.0])
    falling = cost_front(Canvas(), rows, "utility", "utility", falling=False)
    assert [each["utility"] for each in falling] == [np.mean(SCORES[n]) for n in ("idle", "coin")]


def _titles(results: Results) -> list[str]:
    return [s.title for s in comparison_sections(None, SCENARIO, results, _asked(SCORES))]
