"""Every scenario, found by the same scan that users get, keeps the contract; and the conformance
kit notices when one does not."""

import dataclasses

import jax
import jax.numpy as jnp
import pytest

import edgewise
from edgewise.core.check import ConformanceError, check_env
from edgewise.core.errors import UserError
from edgewise.core.parameters import Parameters, parameter
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
    kind = type("Broken", (ServerLoadBalanceEnv,), methods)
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


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"power": 1.0}, "did you mean 'power_w'"),
        ({"power_w": 3.0}, r"power_w = 3.0 is out of range: allowed \[0, 2\] W"),
        ({"power_w": "much"}, "power_w = 'much' cannot be used"),
        ({"power_w": float("nan")}, "power_w"),
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
