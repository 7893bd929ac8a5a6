"""Every command of docs/serve.md, in its order, on an exported folder of a scheme."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deployable import policies_of, trained

from edgewise.deployment.export import folder

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.M | re.S)
ADDRESS = "127.0.0.1:8080"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("aiohttp", "tritonclient")),
    reason="aiohttp and tritonclient[http] are not installed",
)
def test_every_command_of_the_page_runs(running, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scheme = "multi-rat-iot", "il-maq"
    folder.write(Path("deployed"), trained(*scheme), policies_of(*scheme))
    live, told = None, {}
    for language, block in BLOCK.findall((ROOT / "docs" / "serve.md").read_text()):
        for line in [block] if language == "python" else block.splitlines():
            if line.startswith("edgewise serve "):
                words = shlex.split(line)[2:]
                port = words.index("--port")
                live = running(*words[:port], *words[port + 2 :])
                at = f"127.0.0.1:{live.address.rpartition(':')[2]}"
            else:
                told[line] = _ran(language, line.replace(ADDRESS, at))
    assert len(told) == 9
    (decided,) = [answer for line, answer in told.items() if "/decide" in line]
    assert '"by":"policy"' in decided
    (metrics,) = [answer for line, answer in told.items() if "/metrics" in line]
    assert 'edgewise_decisions_total{kind="policy"} 4.0' in metrics
    (load,) = [answer for line, answer in told.items() if "benchmarks" in line]
    assert load.count(" 0 errors of ") == 4


def _ran(language: str, code: str) -> str:
    if language == "python":
        command = [sys.executable, "-c", code]
    else:
        python = shlex.quote(sys.executable)
        command = ["sh", "-c", re.sub(r"\bpython3?(?= )", lambda found: python, code)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (code, done.stdout, done.stderr)
    return done.stdout
