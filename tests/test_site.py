"""The site of the documents: what it is generated from, and that nothing in it may be broken."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from documented import DOCS, ROOT

import edgewise
from edgewise import scenarios
from edgewise.cli.main import COMMANDS

for library in ("sphinx", "myst_parser", "furo"):
    pytest.importorskip(library, reason="needs Sphinx, MyST and Furo: pip install '.[docs]'")

PLANTED = """# A page with three faults

[No such file](nowhere.md), [no such section](start/tour.md#nowhere).

{py:func}`edgewise.nobody`
"""
READ = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples", "src")
"""What the site is made of beside docs/."""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """docs/pages.py."""
    monkeypatch.syspath_prepend(str(DOCS))
    return pytest.importorskip("pages")


def test_the_site_is_built_and_a_fault_in_a_page_is_an_error(tmp_path: Path) -> None:
    """One build, with a page beside the others that has a fault of each kind: these are told, and
    nothing else is."""
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("_build", "generated"))
    for name in READ:
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "docs" / "planted.md").write_text(PLANTED)
    options = ["-W", "--keep-going", "-n", "-q", "-b", "dummy"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "docs", "built"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert done.returncode == 1
    assert [re.sub(r".*/docs/", "", line).split(":")[0] for line in told] == ["planted.md"] * 3
    assert all(any(word in line for line in told) for word in ("nowhere.md", "'nowhere'", "nobody"))


def test_make_docs_is_as_strict_as_the_test() -> None:
    assert (
        "sphinx -W --keep-going -n -q -b html docs docs/_build" in (ROOT / "Makefile").read_text()
    )


def test_every_scenario_claim_and_command_has_its_place(pages: ModuleType) -> None:
    made = dict(pages.generated(DOCS))
    for name in scenarios.names():
        page = made[pages.PAPERS / f"{name}.md"]
        recorded = scenarios.home(name) / "verdicts.json"
        claims = json.loads(recorded.read_text())["claims"] if recorded.exists() else {}
        for id, claim in claims.items():
            assert f"\n| {id} |" in page
            assert page.count(f"\n| {id} | ") >= 1 + len(claim.get("parts", ()))
    commands = made[pages.GENERATED / "commands.md"]
    assert all(f"\n## edgewise {name}\n" in commands for name in COMMANDS)


def test_a_part_is_told_with_its_interval_and_range(pages: ModuleType, tmp_path: Path) -> None:
    part = {"name": "less", "quantity": {"mean": 2.0, "low": 1.5, "high": 2.5}, "low": None}
    part |= {"high": 3.0, "seeds": 4, "answer": "yes"}
    path = tmp_path / "verdicts.json"
    path.write_text(json.dumps({"claims": {"X1": {"parts": [part]}, "X2": {"outcome": "holds"}}}))
    *_, table = pages.every_part(path)
    assert table.splitlines()[2:] == ["| X1 | less | 2 [1.5, 2.5] | at most 3 | 4 | yes |"]
    assert pages._range({"low": 1.0, "high": None}) == "at least 1"
    assert pages._range({"low": 1.0, "high": 2.0}) == "1 to 2"


def test_a_name_is_found_with_its_symbol(pages: ModuleType) -> None:
    rows = pages.names(ROOT).splitlines()
    assert "| `load_variance` | server-load-balance | var(LD) (19) | s² |" in rows
    assert any(row.startswith("| `offload_ratio` | network | p, α |") for row in rows)


def test_links_lead_to_the_page_of_the_site_where_there_is_one(pages: ModuleType) -> None:
    app = type("App", (), {"srcdir": str(DOCS)})
    readme = "../src/edgewise/scenarios/small_cells/README.md"
    source = [f"[a]({readme}#speed) [b](deploy.md) [c](https://x.org/README.md) [d](#here)"]
    pages.as_on_the_site(app, "network", source)
    assert source == [
        "[a](/generated/scenarios/small-cells.md#speed) [b](deploy.md) "
        "[c](https://x.org/README.md) [d](#here)"
    ]


def test_a_public_name_without_a_docstring_is_told(
    pages: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(edgewise, "__all__", ["mute", "make"])
    monkeypatch.setattr(edgewise, "mute", lambda: 0, raising=False)
    with caplog.at_level(logging.WARNING):
        pages.undocumented(None)
    assert [each.getMessage() for each in caplog.records] == ["edgewise.mute has no docstring"]


def test_types_are_told_by_their_short_names(pages: ModuleType) -> None:
    key = "Key[jaxlib._jax.Array, ''] | UInt32[jaxlib._jax.Array, '2']"
    given = f"(key: {key}, rows: Float[jaxlib._jax.Array, 'agents features'])"
    told = pages.with_short_types(None, "", "", None, None, given, None)
    assert told == ("(key: PRNGKeyArray, rows: Float[Array, 'agents features'])", None)
    assert pages.with_short_types(None, "", "", None, None, None, None) is None
