"""Every scenario, found by the same scan that users get, keeps the contract; and the conformance
kit notices when one does not."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal

import jax
import jax.numpy as jnp
import pytest

import edgewise
from edgewise.core.check import ConformanceError, check_env
from edgewise.core.errors import UserError
from edgewise.core.parameters import Parameters, Vector, parameter
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv


@pytest.mark.parametrize("name", edgewise.list_scenarios())
def test_every_scenario_conforms(name):
    check_env(edgewise.make(name))


def test_every_parameter_says_where_it_comes_from():
    for name in edgewise.list_scenarios():
        kind = edgewise.scenarios.get(name).parameters
        for field in kind.model_fields:
            provenance = kind.provenance(field)
            assert provenance.source, field
            assert provenance.kind in ("printed", "substituted", "corrected"), field


def broken(**methods):
    """The first scenario with some methods replaced."""
    return broken_as(type("Broken", (ServerLoadBalanceEnv,), methods))


def broken_as(kind):
    """The first scenario as another class."""
    env = edgewise.make("server-load-balance", num_users=3)
    fields = {f.name: getattr(env, f.name) for f in dataclasses.fields(env)}
    return kind(**fields)


def test_the_kit_notices_an_observation_of_the_wrong_size():
    env = broken(observation_size=property(lambda self: 3))
    with pytest.raises(ConformanceError, match="observe"):
        check_env(env)


def test_the_kit_notices_users_that_are_not_equal():
    def evaluate(self, state, decision):
        outcome = ServerLoadBalanceEnv.evaluate(self, state, decision)
        favoured = outcome.reward * (1.0 + jnp.arange(3))
        return dataclasses.replace(outcome, reward=favoured)

    with pytest.raises(ConformanceError, match="relabelling users"):
        check_env(broken(evaluate=evaluate))


def test_the_kit_notices_a_decode_that_lets_anything_through():
    def evaluate(self, state, decision):
        outcome = ServerLoadBalanceEnv.evaluate(self, state, decision)
        return dataclasses.replace(outcome, reward=outcome.reward / (decision.server < 100))

    def decode(self, state, action):
        return dataclasses.replace(ServerLoadBalanceEnv.decode(self, state, action), server=action)

    with pytest.raises(ConformanceError, match="not finite"):
        check_env(broken(evaluate=evaluate, decode=decode))


class Example(Parameters):
    power_w: float = parameter(1.0, unit="W", kind="printed", source="-", low=0, high=2)
    count: int = parameter(1, unit="", kind="printed", source="-", low=1)
    cpu_hz: Vector = parameter(1.0, unit="Hz", kind="printed", source="-", low=0)
    gain: float = parameter(1.0, unit="", kind="printed", source="-")
    mode: Literal["a", "b"] = parameter("a", unit="", kind="printed", source="-")
    cooperative: bool = parameter(True, unit="", kind="printed", source="-")


def test_what_is_allowed_is_said_for_numbers_words_and_flags():
    said = {name: Example.allowed(name) for name in Example.model_fields}
    assert said["power_w"] == "[0, 2]"
    assert said["gain"] == "[-3.40282e+38, 3.40282e+38]"
    assert said["mode"] == "a, b"
    assert said["cooperative"] == "true, false"
    assert not any("inf" in text for text in said.values())


def test_values_that_fit_are_taken_as_they_are():
    taken = Example.checked("example", power_w=0, count=3, cpu_hz=[1e9, 2e9], cooperative=False)
    assert (taken.power_w, taken.count, taken.cpu_hz) == (0.0, 3, (1e9, 2e9))
    assert Example.checked("example", gain=-0.0).gain == 0.0


def test_the_kit_says_what_is_missing_where_no_dimension_is_annotated():
    class Bare(ServerLoadBalanceEnv):
        exchangeable = "robots"

    with pytest.raises(ConformanceError, match="has a dimension 'robots': annotate its arrays"):
        check_env(broken_as(Bare))


def test_public_names_are_listed_before_they_are_imported():
    program = "import edgewise, sys; print(*dir(edgewise)); assert 'jax' not in sys.modules"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert set(edgewise.__all__) <= set(told.stdout.split()), told.stderr


def test_readmes_python_example_runs():
    """Compiled, as it is written there."""
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    (example,) = re.findall(r"^```python\n(.*?)^```$", readme, re.M | re.S)
    assert "filter_jit(env.step)" in example
    exec(compile(example, "README.md", "exec"), {"print": lambda *values: None})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"power": 1.0}, "did you mean 'power_w'"),
        ({"power_w": 3.0}, r"power_w = 3.0 is out of range: allowed \[0, 2\] W"),
        ({"power_w": "much"}, "power_w = 'much' cannot be used"),
        ({"power_w": float("nan")}, "power_w"),
        ({"power_w": 1e-50}, r"power_w = 1e-50 is out of range"),
        ({"power_w": True}, r"power_w = True cannot be used: allowed \[0, 2\]"),
        ({"power_w": "1"}, "power_w = '1' cannot be used"),
        ({"count": True}, "count = True cannot be used"),
        ({"count": 1.5}, "count = 1.5 cannot be used"),
        ({"cpu_hz": (1.0, True)}, "cpu_hz = "),
        ({"gain": 1e39}, r"gain = 1e\+39 is out of range: allowed \[-3.40282e\+38, 3.40282e\+38\]"),
        ({"mode": "c"}, "mode = 'c' cannot be used: .*allowed a, b"),
        ({"cooperative": 1}, "cooperative = 1 cannot be used"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(values, message):
    with pytest.raises(UserError, match=message) as error:
        Example.checked("example", **values)
    assert "\n" not in str(error.value)


def test_unknown_scenarios_get_the_nearest_name():
    with pytest.raises(UserError, match="did you mean 'server-load-balance'"):
        edgewise.make("server-load-balanced")


def test_the_environment_is_a_pytree_to_sweep():
    """A parameter sweep is a vmap over the environment's fields."""
    env = edgewise.make("server-load-balance", num_users=3)
    weights = jnp.array([0.0, 10.0])
    state = env.reset(jax.random.key(0))
    action = jnp.array([1, 1, 1])

    def utility(weight):
        swept = dataclasses.replace(env, balance_weight=weight)
        return swept.evaluate(state, swept.decode(state, action)).utility

    swept = jax.vmap(utility)(weights)
    assert float(swept[0]) > float(swept[1])
    assert float(swept[1]) == pytest.approx(float(utility(10.0)), rel=1e-6)
