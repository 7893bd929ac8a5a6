"""Every example of the documents runs, in the order in which a reader meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import documented
import pytest
from documented import ROOT, Example

PAGES = [page for page in documented.pages() if not documented.followed_elsewhere(page)]
EXAMPLES = [example for page in PAGES for example in documented.examples(page)]


def test_every_example_runs(tmp_path: Path) -> None:
    """In one folder, where a page finds what earlier ones have run, beside the files of a
    checkout."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "following.py", *PAGES],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    followed = [line for line in done.stdout.splitlines() if line.endswith(": followed")]
    assert len(followed) == sum(not example.missing for example in EXAMPLES) > 10
    assert "three cells: 3 sites" in done.stdout
    assert "edgewise compare results/three-cells/planned.toml" in done.stderr
    files = {path.name for path in (tmp_path / "results" / "three-cells").iterdir()}
    assert {"plan.png", "plan.svg", "plan.csv", "planned.toml", "index.html"} <= files


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.missing], ids=str)
def test_what_is_not_run_says_why(example: Example) -> None:
    pytest.skip(example.missing)


@pytest.mark.parametrize(
    "page", sorted((documented.DOCS / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_a_notebook_is_kept_without_what_it_printed(page: Path) -> None:
    notebook = json.loads(page.read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code)
