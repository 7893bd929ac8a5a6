"""What counts as the code of a run: meaning and not layout, equations and not figures."""

import ast
from functools import partial

import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.learners.dqn import Dqn
from edgewise.runs.code import Code, _homes, _meaning, code_of
from edgewise.runs.settings import takes_settings_of

BEFORE = """
def cost(delay_s):
    return 2.0 * delay_s  # Twice.
"""


def _same(before: str, after: str) -> bool:
    return _meaning(ast.parse(before)) == _meaning(ast.parse(after))


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ('def cost(delay_s):\n    """What it costs."""\n    return (2.0 * delay_s)', True),
        ("\n\n\ndef cost(delay_s):\n\n    return 2.0*delay_s", True),
        ("def cost(delay_s):\n    return 200.0 * delay_s", False),
        ("def cost(delay_s):\n    return -2.0 * delay_s", False),
        ("def price(delay_s):\n    return 2.0 * delay_s", False),
    ],
)
def test_layout_and_docstrings_do_not_count_and_equations_do(after: str, same: bool) -> None:
    assert _same(BEFORE, after) == same


@pytest.mark.parametrize("name", scenarios.names())
def test_a_scenarios_code_is_its_own_down_to_the_equations(name: str) -> None:
    folder = f"scenarios/{name.replace('-', '_')}/"
    files = set(code_of(scenarios.get(name)).files)
    for part in ("env.py", "params.py", "metrics.py"):
        assert folder + part in files
    for common in ("core/rollout.py", "core/env.py", "runs/execute.py"):
        assert common in files
    others = [file for file in files if file.startswith("scenarios/") and folder not in file]
    assert others in ([], ["scenarios/__init__.py"])
    rooms = {file.split("/")[0] for file in files}
    assert not rooms & {"cli", "report", "study", "adapters", "deployment"}
    assert not any("evaluation" in file for file in files)
    assert {file for file in files if file.startswith("runs/")} == {"runs/execute.py"}


def test_every_learner_that_a_scenario_builds_is_part_of_its_code() -> None:
    wanted = {
        "application-utility": (
            "cooperative_q",
            "experience_q",
            "joint_history_q",
            "linear_q",
            "team_reward",
            "dqn",
        ),
        "multi-rat-iot": ("tabular_q",),
        "joint-offloading": ("ensemble", "actor_critic", "maddpg", "central"),
        "small-cells": ("maddpg",),
        "server-load-balance": ("maddpg", "dqn"),
    }
    for name, learners in wanted.items():
        files = code_of(scenarios.get(name)).files
        for learner in learners:
            assert f"learners/{learner}.py" in files, (name, learner)


def test_what_a_function_was_made_with_counts() -> None:
    def made(kind: type) -> object:
        def build() -> object:
            return kind()

        return build

    @takes_settings_of(Dqn)
    def handing_on() -> None:
        """Builds."""

    home = Dqn.__module__
    for part in (Dqn, partial(print, Dqn), partial(print, sep=Dqn), made(Dqn), handing_on):
        assert home in set(_homes(part)), part


def test_an_experiment_adds_its_module() -> None:
    plain, with_it = code_of(SCENARIO), code_of(SCENARIO, _same)
    assert set(with_it.files) > set(plain.files)
    assert with_it.digest != plain.digest


def test_what_changed_is_named() -> None:
    before = Code({"a.py": "1", "b.py": "2", "c.py": "3"})
    after = Code({"a.py": "1", "b.py": "9", "d.py": "3"})
    assert after.changed(before) == ["b.py", "c.py", "d.py"]
