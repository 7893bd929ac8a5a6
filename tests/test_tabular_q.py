"""The tabular learner against Algorithm 1 in plain Python, closed forms and its own laws."""

from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import edgewise
from edgewise.learners.learner import Transition
from edgewise.learners.tabular_q import Tables, TabularQ, from_bits
from edgewise.scenarios.multi_rat_iot.schemes.il_maq import il_maq

encode = partial(from_bits, count=1)


def learner(agents: int = 2, **changes: Any) -> TabularQ:
    defaults: dict[str, Any] = {
        "num_states": 2,
        "num_actions": 3,
        "encode": encode,
        "initial_value": -10.0,
        "discount": 0.9,
        "exploration": 0.2,
        "first_rate": 0.9,
        "last_rate": 0.001,
        "tie_breaker": 0.0,
    }
    return TabularQ(num_agents=agents, **{**defaults, **changes})


def lived(agents: int, slots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States `[slots + 1, agents]`, actions and costs `[slots, agents]`."""
    random = np.random.default_rng(3)
    states = random.integers(0, 2, (slots + 1, agents))
    return states, random.integers(0, 3, (slots, agents)), random.uniform(0, 20, (slots, agents))


def test_update_is_the_papers_on_costs() -> None:
    """(35) with min over costs and (36), in Python numbers; ours has max over rewards."""
    slots, agents = 30, 2
    states, actions, costs = lived(agents, slots)
    table = [[[10.0] * 3 for _ in range(2)] for _ in range(agents)]
    rate = 0.9
    for k in range(slots):
        for i in range(agents):
            s, a, following = states[k, i], actions[k, i], states[k + 1, i]
            target = costs[k, i] + 0.9 * min(table[i][following])
            table[i][s][a] += rate * (target - table[i][s][a])
        rate *= (0.001 / 0.9) ** (1 / slots)

    ours = learner(agents)
    learned = ours.init(jax.random.key(0))
    update = eqx.filter_jit(ours.update)
    for k in range(slots):
        row = [jnp.asarray(states[t], float)[:, None] for t in (k, k + 1)]
        reward = -jnp.asarray(costs[k], float)
        seen = Transition(row[0], jnp.asarray(actions[k]), reward, row[1])
        learned, log = update(jax.random.key(0), learned, seen, jnp.asarray(k / slots))
    np.testing.assert_allclose(-learned.value, table, rtol=1e-4)
    np.testing.assert_array_equal(learned.state, states[-1])
    np.testing.assert_allclose(log["first_agent_reward"], -costs[-1, 0], rtol=1e-6)


def test_values_converge_to_the_fixed_point() -> None:
    """State = last action's state; reward 1 in state 1, 0 in state 0; action 1 leads to state 1.
    Then Q(·, 1) = 1 + 0.5·2 = 2 and Q(·, 0) = 0 + 0.5·2 = 1."""
    ours = learner(1, num_actions=2, discount=0.5, exploration=1.0, initial_value=0.0)

    def step(carry: tuple[Tables, jax.Array], key: jax.Array) -> tuple[Any, None]:
        learned, row = carry
        action = ours.act(key, learned, row, jnp.zeros(()))
        following = action.astype(float)[:, None]
        seen = Transition(row, action, following[:, 0], following)
        learned, _ = ours.update(key, learned, seen, jnp.asarray(0.3))
        return (learned, following), None

    keys = jax.random.split(jax.random.key(0), 2000)
    start = (ours.init(jax.random.key(1)), jnp.zeros((1, 1)))
    (learned, _), _ = jax.jit(lambda keys: jax.lax.scan(step, start, keys))(keys)
    np.testing.assert_allclose(learned.value[0], [[1.0, 2.0], [1.0, 2.0]], atol=1e-3)


def test_exploration_is_uniform_with_the_given_chance() -> None:
    ours = learner(4000, exploration=0.3)
    value = jnp.zeros((4000, 2, 3)).at[:, 1, 2].set(1.0)
    learned = Tables(value, jnp.zeros(4000, int))
    act = eqx.filter_jit(ours.act)
    action = act(jax.random.key(0), learned, jnp.ones((4000, 1)), jnp.zeros(()))
    share = np.bincount(action, minlength=3) / 4000
    np.testing.assert_allclose(share, [0.1, 0.1, 0.8], atol=0.02)


def test_ties_are_broken_at_random() -> None:
    ours = learner(3000, tie_breaker=1e-4, exploration=0.0)
    learned = ours.init(jax.random.key(0))
    np.testing.assert_allclose(learned.value, -10.0, rtol=1e-4)
    action = ours.act(jax.random.key(1), learned, jnp.ones((3000, 1)), jnp.zeros(()))
    np.testing.assert_allclose(np.bincount(action) / 3000, 1 / 3, atol=0.04)


def test_frozen_agents_go_on_from_the_state_they_were_in() -> None:
    """One table says: in 110 and 111 offload, else stay. Its agent was offloading."""
    env = edgewise.make("multi-rat-iot", num_users=2, num_lora_channels=1, num_wifi_channels=1)
    value = jnp.zeros((2, 8, 5)).at[:, 6:, 1].set(1.0)
    scheduler = il_maq(env).scheduler(Tables(value, jnp.array([7, 0])))
    state = env.reset(jax.random.key(0))
    first, memory = scheduler.decide(env, jax.random.key(0), state, scheduler.start(env))
    assert first.channel.tolist() == [0, -1]
    later, _ = scheduler.decide(env, jax.random.key(0), state, memory)
    assert later.channel.tolist() == [-1, -1]
