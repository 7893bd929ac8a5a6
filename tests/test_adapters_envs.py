"""Scenarios in the hands of other frameworks: their own conformance tests pass, and what they are
told is what the scenario's own methods say."""

import subprocess
import sys
import warnings
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import edgewise
from edgewise import envs
from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys

gymnasium = pytest.importorskip("gymnasium", reason="the extra `envs` is not installed")
test = pytest.importorskip("pettingzoo.test", reason="the extra `envs` is not installed")

from gymnasium.utils.env_checker import check_env  # noqa: E402

ROOT = Path(__file__).parent.parent
NAMES = edgewise.list_scenarios()
FIRST = "server-load-balance"
SMALL = {FIRST: {"num_users": 3}, "network": {"devices.count": 3}, "multi-rat-iot": {}}
SLOTS = 3
UNBOUNDED = ("minimum value is -infinity", "maximum value is infinity")
"""What Gymnasium says of observations that nothing bounds."""


def _parallel(name: str = FIRST, **more: object):
    return envs.parallel_env(name, max_slots=SLOTS, **SMALL.get(name, {}), **more)


@pytest.mark.parametrize("name", NAMES)
def test_the_official_conformance_tests_pass(name: str) -> None:
    made = gymnasium.make(f"edgewise/{name}-v0", max_slots=SLOTS, **SMALL.get(name, {}))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        check_env(made.unwrapped)
        test.parallel_api_test(_parallel(name), num_cycles=2 * SLOTS)
        test.parallel_seed_test(lambda: _parallel(name), num_cycles=SLOTS)
    lines = [str(each.message) for each in told]
    assert [line for line in lines if not any(words in line for words in UNBOUNDED)] == []


def test_agents_are_told_what_the_scenario_says() -> None:
    env, plain = _parallel(), edgewise.make(FIRST, num_users=3)
    keys = seed_keys(2000)
    step, state, world = eqx.filter_jit(plain.step), plain.reset(keys.layout), keys.training
    seen, _ = env.reset(seed=2000)
    for slot in range(1, SLOTS + 1):
        expected = np.asarray(plain.observe(state))
        assert list(seen) == ["agent_0", "agent_1", "agent_2"]
        np.testing.assert_allclose(np.stack(list(seen.values())), expected, rtol=1e-5)
        actions = {name: number % 3 for number, name in enumerate(env.agents)}
        key, world = jax.random.split(world)
        state, outcome = step(key, state, jnp.arange(3) % 3)
        seen, rewards, terminated, truncated, infos = env.step(actions)
        np.testing.assert_allclose(list(rewards.values()), outcome.reward, rtol=1e-5)
        np.testing.assert_allclose(infos["agent_2"]["delay_s"], outcome.delay_s, rtol=1e-5)
        assert set(terminated.values()) == {False}
        assert set(truncated.values()) == {slot == SLOTS}
    assert env.agents == []


@pytest.mark.parametrize("keep", [True, False])
def test_episodes_keep_their_layout_on_demand(keep: bool) -> None:
    env = envs.gym_env(FIRST, max_slots=SLOTS, num_users=3, keep_layout=keep)
    env.reset(seed=1)
    first, there = _of(env)
    second, then = _of(env)
    assert (first != second).any()
    assert (there == then).all() == keep
    env.reset(seed=1)
    assert np.array_equal(_of(env)[0], first)
    assert np.array_equal(_of(env)[0], second)


def _of(env) -> tuple[np.ndarray, np.ndarray]:
    """The first observation of another episode, and where its users are."""
    seen, _ = env.reset()
    return seen, np.asarray(env._world._moment.state.distance_m)


def test_many_worlds_are_each_the_world_of_its_seed() -> None:
    worlds = envs.vector_env(FIRST, num_envs=2, max_slots=2, num_users=3)
    alone = worlds.episodes
    seen, _ = worlds.reset(seed=5)
    keys = [seed_keys(5 + i) for i in range(2)]
    moments, each = [alone.begin(key.layout) for key in keys], [key.training for key in keys]
    for slot in (1, 2, 3):
        for i in range(2):
            np.testing.assert_allclose(seen[i], np.ravel(alone.observe(moments[i])), rtol=1e-5)
        seen, rewards, terminated, truncated, info = worlds.step(np.array([[0, 1, 2], [1, 1, 1]]))
        for i, action in enumerate(([0, 1, 2], [1, 1, 1])):
            key, each[i] = jax.random.split(each[i])
            moments[i], _, brought = alone.step_or_begin(key, moments[i], jnp.array(action))
            np.testing.assert_allclose(rewards[i], jnp.mean(brought.reward), rtol=1e-5)
            if slot == 2:
                np.testing.assert_allclose(
                    info["final_obs"][i], np.ravel(brought.observation), rtol=1e-5
                )
        assert truncated.tolist() == [slot == 2] * 2
        assert ("final_obs" in info) == (slot == 2)
        assert not terminated.any()
    assert moments[0].slot == 1


def test_pure_functions_begin_anew_and_keep_how_it_ended() -> None:
    env = envs.functional(FIRST, max_slots=2, num_users=3)
    agents = envs.multi_agent(FIRST, max_slots=2, num_users=3)
    action = jnp.array([0, 1, 2])

    def slots(key, sweep):
        seen, state = env.reset(key, sweep)

        def slot(held, key):
            _, state = held
            new, state, reward, terminated, truncated, info = env.step(key, state, action, sweep)
            return (new, state), (new, reward, terminated, truncated, info)

        return jax.lax.scan(slot, (seen, state), jax.random.split(key, 3))[1]

    key = jax.random.key(3)
    seen, reward, terminated, truncated, info = jax.jit(slots)(key, env.default_params)
    assert not terminated.any()
    assert truncated.tolist() == info["truncated"].tolist() == [False, True, False]
    same = (info["final_observation"] == seen).all(axis=1)
    assert same.tolist() == [True, False, True]
    np.testing.assert_allclose(reward, info["outcome"].reward.mean(axis=1), rtol=1e-5)

    rows, state = agents.reset(key)
    assert list(rows) == agents.agents
    actions = dict(zip(agents.agents, action, strict=True))
    step = jax.jit(agents.step)
    for slot, each in enumerate(jax.random.split(key, 3)):
        rows, state, rewards, dones, infos = step(each, state, actions)
        np.testing.assert_allclose(jnp.concatenate(list(rows.values())), seen[slot], rtol=1e-4)
        np.testing.assert_allclose(sum(rewards.values()) / 3, reward[slot], rtol=1e-4)
        assert set(map(bool, dones.values())) == {bool(truncated[slot])}
        assert dones.keys() == {*agents.agents, "__all__"}
        last = jnp.concatenate(list(infos["final_observation"].values()))
        np.testing.assert_allclose(last, info["final_observation"][slot], rtol=1e-4)
    assert env.observation_space().shape == seen[0].shape
    assert agents.action_space("agent_0").n == env.action_space().n


def test_network_files_are_environments_too() -> None:
    env = envs.multi_agent(str(ROOT / "examples" / "factory.toml"))
    assert env.num_agents == edgewise.make(ROOT / "examples" / "factory.toml").num_agents
    assert env.episodes.max_slots > 1
    with pytest.raises(UserError, match=r"max_slots = 0 is out of range"):
        envs.functional(FIRST, max_slots=0)


def test_every_scenario_has_its_name_and_naming_imports_none() -> None:
    ids = {f"edgewise/{name}-v0" for name in NAMES}
    assert ids <= set(gymnasium.registry)
    made = gymnasium.make(f"edgewise.envs:edgewise/{FIRST}-v0", num_users=3, max_slots=SLOTS)
    assert made.observation_space.shape[0] % 3 == 0
    many = gymnasium.make_vec(f"edgewise/{FIRST}-v0", num_envs=2, num_users=3)
    assert many.observation_space.shape == (2, *made.observation_space.shape)
    assert many.unwrapped.episodes.max_slots == 20
    code = (
        "import sys, gymnasium, edgewise.envs; gymnasium.spec('edgewise/small-cells-v0'); "
        "sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
