"""The first moments of the command: Ctrl-C, a user without a home, a terminal without signs."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = ["compare", "server-load-balance", "--schemes", "local", "--seeds", "2"]
COMMAND += ["--set", "num_users=2"]
BEGIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background job ignores it.
from edgewise.cli.start import run
print("begun", flush=True)
sys.argv = {argv}
run()
"""
MOMENTS_S = [random.Random(11).uniform(0.0, 2.5) for _ in range(4)]


@pytest.mark.parametrize("moment_s", MOMENTS_S)
def test_ctrl_c_ends_the_command_at_any_moment(tmp_path: Path, moment_s: float) -> None:
    argv = ["edgewise", *COMMAND, "--out", str(tmp_path / "r")]
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN.format(argv=argv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(moment_s)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    if process.returncode == 0:  # It was done before.
        return
    assert process.returncode == 130, told
    assert "Traceback" not in told
    lines = told.strip().splitlines()[-2:]
    assert lines == ["edgewise: stopped", f"to go on: edgewise {' '.join(argv[1:])}"]


def _ran(tmp_path: Path, **environment: str | None) -> subprocess.CompletedProcess:

    kept = {name: value for name, value in os.environ.items() if name not in environment}
    given = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "-m", "edgewise", *COMMAND, "--out", str(tmp_path / "r")]
    return subprocess.run(
        command, env={**kept, **given}, capture_output=True, timeout=300, check=False
    )


def test_without_a_home_and_without_signs_the_table_is_printed(tmp_path: Path) -> None:
    ran = _ran(
        tmp_path,
        HOME=str(tmp_path / "nowhere" / "at all"),
        XDG_CACHE_HOME=None,
        PYTHONIOENCODING="ascii",
        PYTHONUTF8="0",
        LC_ALL="C",
    )
    assert ran.returncode == 0, ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"local" in ran.stdout
    assert ran.stdout.isascii()
