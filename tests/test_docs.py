"""What the documents promise is what the code does."""

import json
import re
import tomllib
from pathlib import Path

import pytest

import edgewise
from edgewise import scenarios

ROOT = Path(__file__).parent.parent
FOLDERS = ROOT / "src" / "edgewise" / "scenarios"
NAMES = edgewise.list_scenarios()


def page(name):
    return (FOLDERS / name.replace("-", "_") / "README.md").read_text()


def test_readmes_first_two_blocks_are_the_two_commands():
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    first, second = blocks[0].strip(), blocks[1].strip()
    assert "\n" not in first
    assert "\n" not in second
    assert first.endswith("edgewise compare server-load-balance")
    assert second.endswith("make check")


@pytest.mark.parametrize("name", NAMES)
def test_a_scenarios_page_has_every_parameter_with_its_kind(name):
    kind = scenarios.get(name).parameters
    for field in kind.model_fields:
        rows = [line for line in page(name).splitlines() if line.startswith(f"| `{field}` |")]
        assert len(rows) == 1, field
        assert kind.provenance(field).kind in rows[0], field


@pytest.mark.parametrize("name", NAMES)
def test_a_scenarios_page_has_every_scheme_with_its_knowledge(name):
    for method in scenarios.get(name).schemes:
        rows = [line for line in page(name).splitlines() if line.startswith(f"| `{method.name}` |")]
        assert len(rows) == 1, method.name
        assert method.knowledge in rows[0], method.name


@pytest.mark.parametrize("name", NAMES)
def test_recorded_verdicts_are_the_ones_in_the_readme(name):
    readme = (ROOT / "README.md").read_text()
    path = FOLDERS / name.replace("-", "_") / "verdicts.json"
    if not path.exists():
        assert f"`{name}`: the claims have not been run in full yet" in readme
        return
    recorded = json.loads(path.read_text())
    assert not recorded["quick"]
    for number, claim in recorded["claims"].items():
        assert f"| {number} | {claim['statement']} | {claim['outcome']} |" in readme


def test_the_package_and_its_version_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == edgewise.__version__
    assert f"version: {edgewise.__version__}" in (ROOT / "CITATION.cff").read_text()


def test_the_environment_is_pinned_without_naming_a_host():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.\-]+==[\w.+!]+", line) for line in pins)
