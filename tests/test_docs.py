"""What the documents promise is what the code does."""

import inspect
import json
import re
import shlex
import tomllib
from pathlib import Path

import documented
import pytest

import edgewise
from edgewise import scenarios
from edgewise.cli.asked import asked
from edgewise.cli.main import COMMANDS, app, run
from edgewise.report import readme
from edgewise.report.readme import documents

ROOT = Path(__file__).parent.parent
FOLDERS = ROOT / "src" / "edgewise" / "scenarios"
NAMES = edgewise.list_scenarios()
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def test_readmes_first_two_blocks_are_the_two_commands():
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    first, second = blocks[0].strip(), blocks[1].strip()
    assert "\n" not in first
    assert "\n" not in second
    assert first.endswith("edgewise compare server-load-balance")
    assert second.endswith("make check")


def test_what_is_generated_is_what_the_code_says():
    found = list(documents(ROOT))
    assert len(found) >= 2 + 5
    for path, content in found:
        assert path.read_text(encoding="utf-8") == content, f"{path}: make readme writes it"


def test_a_table_has_every_parameter_scheme_and_verdict_once():
    pages = {path: content for path, content in documents(ROOT) if "scenarios" in path.parts}
    for name in NAMES:
        text = pages.get(scenarios.home(name) / "README.md", "")
        verdicts = scenarios.home(name) / "verdicts.json"
        claims = json.loads(verdicts.read_text())["claims"] if verdicts.exists() else {}
        scenario = scenarios.get(name)
        first = [f"`{field}`" for field in scenario.parameters.model_fields]
        first += [f"`{scheme.name}`" for scheme in scenario.schemes] + list(claims)
        for cell in first if text else ():
            assert text.count(f"\n| {cell} |") == 1, (name, cell)


def test_the_authors_words_on_a_claim_stay_with_it():
    text = "<!-- verdicts -->\n| T1 | 1 | old | holds | by 3 \\| 4 |\n<!-- /verdicts -->"
    claims = {
        "T0": {"figure": "1", "statement": "New", "outcome": "holds", "parts": []},
        "T1": {"figure": "2", "statement": "Now", "outcome": "does not hold", "parts": []},
        "T2": {"figure": "3", "statement": "Old", "outcome": "holds"},
    }
    assert readme._verdicts(claims, text).splitlines()[2:] == [
        "| T0 | 1 | New | holds |  |",
        "| T1 | 2 | Now | does not hold | by 3 \\| 4 |",
        "| T2 | 3 | Old | to be judged again |  |",
    ]


def test_every_public_name_has_a_docstring_and_an_example():
    """The example stands in the docstring, or on a page whose examples are followed."""
    pages = [example for page in documented.pages() for example in documented.examples(page)]
    shown = "".join(each.code for each in pages if each.language == "python")
    for name in edgewise.__all__:
        told = inspect.getdoc(getattr(edgewise, name))
        assert told, name
        example = (">>>" in told and name in told) or re.search(rf"\b{name}\b", shown)
        assert example or name.startswith("__"), name


COMMAND = re.compile(r"(?:`|^    |bin/)(edgewise [a-z][^`\n]*)", re.M)
PLACES = {"SCENARIO": "server-load-balance", "SCHEME": "dtomalb", "RUN": "r/local@2000", "DIR": "r"}
PLACES |= {"K": "3", "HOST:PORT": "localhost:1883"}


def commands():
    """Every command in a README, with names in place of SCENARIO and the like."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *FOLDERS.glob("*/README.md")]
    pages += [page for page in documented.pages() if page.suffix == ".md"]
    texts = [page.read_text() for page in pages]
    lines = [line for text in texts for block in BLOCK.findall(text) for line in block.splitlines()]
    found = [line for line in lines if line.startswith("edgewise ")]
    found += [line for text in texts for line in COMMAND.findall(text)]
    return [[PLACES.get(word, word) for word in shlex.split(line)] for line in found]


def test_every_command_in_the_documents_is_understood():
    found = [words for words in commands() if "A,B" not in words]
    assert {words[1] for words in found} <= set(COMMANDS)
    whole = [words for words in found if len(words) > 2]
    assert len(whole) > 12
    for words in whole:
        words = [word.replace("yours", "local").replace("NAME", "wide-band") for word in words]
        command, bound, _ = app.parse_args(words[1:], exit_on_error=False, print_error=False)
        given = dict(bound.arguments)
        elsewhere = any(file in " ".join(words) for file in (".toml", ".csv", ".zip", "mine.py"))
        if command.__name__ == "compare_" and not elsewhere:  # No file of the reader's is needed.
            scenario = scenarios.get(given.pop("scenario"))
            given.pop("running", None)
            assert asked(scenario, **given).wanted(scenario)


SMALL = "--set num_users=2 --slots 20 --learn hidden=[4] --learn num_envs=2 --jobs 1"


def test_the_examples_of_the_readme_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgewise.runs.machine.settle", lambda core: None)
    block = BLOCK.findall((ROOT / "README.md").read_text())[2]
    for line in block.strip().splitlines():
        small = shlex.split(SMALL) if " compare " in line else []
        run([*shlex.split(line)[1:], *small])
    told = capsys.readouterr()
    assert "dtomalb" in told.out
    assert "as recorded" in told.out
    assert told.out.strip().endswith("results/server-load-balance/index.html")
    assert "evaluate results/server-load-balance/dtomalb@2000" in told.err


def test_the_package_and_its_version_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == edgewise.__version__
    assert f"version: {edgewise.__version__}" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-federate.txt"])
def test_the_environment_is_pinned_without_naming_a_host(file):
    lines = (ROOT / file).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.\-]+==[\w.+!]+", line) for line in pins)
