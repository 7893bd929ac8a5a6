"""To make it again: from a comparison to its command line and back, to the same runs."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgewise import scenarios
from edgewise.cli.asked import asked
from edgewise.cli.main import app
from edgewise.report.command import command
from edgewise.runs.scenario import Scenario
from edgewise.study.compare import Comparison
from edgewise.study.text import typed_value

LOAD, CELLS = (scenarios.get(name) for name in ("server-load-balance", "small-cells"))
SCHEMES = ("dtomalb", "idql-tolb", "local")


def _parsed(scenario: Scenario, line: str) -> Comparison:
    """What `edgewise compare` understands."""
    words = shlex.split(line)
    assert words[:3] == ["edgewise", "compare", scenario.name]
    _, bound, _ = app.parse_args(words[1:], exit_on_error=False, print_error=False)
    given = {n: x for n, x in bound.arguments.items() if n != "scenario"}
    return asked(scenario, **given)


def _digests(scenario: Scenario, comparison: Comparison) -> list[str]:
    return [spec.digest for spec, _ in comparison.wanted(scenario)]


def between(low: float, high: float) -> Any:
    return st.floats(low, high).filter(lambda x: x == 0.0 or x > 1e-30)


PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "num_users": st.integers(1, 40),
        "bandwidth_hz": between(1e3, 1e9),
        "delay_weight": between(0.0, 10.0),
        "server_cpu_hz": st.lists(between(1e9, 1e11), min_size=1, max_size=20),
        "task_bits": between(1e3, 1e6).map(lambda low: [low, 3 * low]),
        "noise_w_per_hz": between(1e-22, 1e-18),
    },
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "discount": between(0.0, 0.999),
        "exploration": st.tuples(between(0.0, 1.0), between(0.0, 1.0)).map(list),
        "hidden": st.lists(st.integers(1, 64), min_size=1, max_size=3),
        "reward_scale": st.one_of(st.none(), between(0.1, 10.0)),
    },
)


@settings(max_examples=12)
@given(PARAMETERS, SETTINGS, st.integers(1, 50), st.one_of(st.none(), st.integers(1, 10**6)))
def test_the_command_asks_for_the_same_runs(
    parameters: dict[str, Any], learn: dict[str, Any], seeds: int, slots: int | None
) -> None:
    comparison = Comparison(LOAD.name, SCHEMES, seeds, slots, parameters, learn)
    again = _parsed(LOAD, command(comparison))
    assert again == comparison
    assert again.digest == comparison.digest
    assert _digests(LOAD, again) == _digests(LOAD, comparison)


@given(st.one_of(st.text(), st.none(), st.booleans(), st.integers(), st.lists(st.floats(0, 1))))
def test_every_value_is_read_back(value: Any) -> None:
    comparison = Comparison(LOAD.name, ("local",), 1, None, {"num_users": value})
    assert _parsed(LOAD, command(comparison)).parameters == {"num_users": value}


def test_presets_words_and_flags_go_with_it() -> None:
    given = {"preset": "wide-band", "decoding": "deadline", "cooperative": False}
    comparison = Comparison(CELLS.name, ("full", "local"), 2, None, given)
    assert _digests(CELLS, _parsed(CELLS, command(comparison))) == _digests(CELLS, comparison)
    assert _parsed(CELLS, command(comparison)) == comparison


def test_real_sites_are_read_again_from_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites, users = tmp_path / "the sites.csv", tmp_path / "users.csv"
    places = [f"S{i},-37.81{i},144.96" for i in range(5)]
    sites.write_text("\n".join(["name,latitude,longitude", *places]))
    people = [f"-37.81{i % 3}{i},144.96{i % 7}" for i in range(30)]
    users.write_text("\n".join(["latitude,longitude", *people]))
    comparison = asked(LOAD, "local,random", sites=sites, users=users)
    line = command(comparison)
    assert "user_distances_m" not in line
    assert f"--sites '{sites}' --users {users}" in line
    again = _parsed(LOAD, line)
    assert again == comparison
    assert len(again.parameters["user_distances_m"]) > 10
    capsys.readouterr()


def test_values_are_written_as_they_are_typed() -> None:
    assert typed_value(0.1 + 0.2) == "0.30000000000000004"
    assert typed_value([1, 2.5]) == "[1,2.5]"
    assert typed_value("12") == '"12"'
    assert typed_value("a,b") == '"a,b"'
