"""Every block of docs/envs.md runs as it stands."""

import re

import pytest
from documented import ROOT

pytest.importorskip("pettingzoo", reason="the extra `envs` is not installed")

BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / "envs.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_runs(number: int, capsys: pytest.CaptureFixture) -> None:
    exec(compile(BLOCKS[number], f"docs/envs.md, block {number}", "exec"), {})
    assert capsys.readouterr().out
