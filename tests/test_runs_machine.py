"""What a process that computes is given."""

import os

from edgewise.runs.machine import HURRY, hurry


def test_hurry_adds_each_flag_once_and_keeps_what_was_given(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", f"--given {HURRY[0]}")
    for _ in range(2):
        hurry()
    assert os.environ["XLA_FLAGS"].split() == ["--given", *HURRY]


def test_hurry_begins_from_nothing(monkeypatch):
    monkeypatch.delenv("XLA_FLAGS")
    hurry()
    assert os.environ["XLA_FLAGS"].split() == list(HURRY)
