"""What agents can do, what they know of it, and what the simplest rules make of it."""

import itertools
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgewise
from edgewise.scenarios import get
from edgewise.scenarios.network.observe import NUMBERS, OWN

# A site that lacks a radio, and servers at A, at B and in a cloud.
VALUES = {"radio.lora.sites": ["B"], "devices.count": 6}


@pytest.fixture(scope="module")
def env():
    return edgewise.make("network", **VALUES)


@pytest.fixture(scope="module")
def state(env):
    """The second slot, after one in which all acted at random; everybody has a task."""
    key = jax.random.key(0)
    state = eqx.filter_jit(env.reset)(key)
    state, _ = eqx.filter_jit(env.step)(key, state, env.sample_actions(jax.random.key(1)))
    backlog = jnp.array([2e9, 0.0, 1e9])
    has = (jnp.linspace(1e5, 6e5, 6), jnp.linspace(3e7, 9e7, 6), backlog)
    return eqx.tree_at(lambda s: (s.task_bits, s.task_cycles, s.backlog_cycles), state, has)


decoded = eqx.filter_jit(lambda env, state, action: env.decode(state, action))


def options_of(env):
    """Every option in order, by plain loops: (candidate, radio, channel, share of the power, place
    of the server among those offered)."""
    ways = []
    for candidate, (radio, channels, shares) in itertools.product(
        range(2), [(0, 1, (0.5, 1.0)), (1, 4, (1.0,))]
    ):
        for channel, share, place in itertools.product(range(channels), shares, range(3)):
            ways.append((candidate, radio, channel, share, place))
    return ways


def test_the_list_of_options_is_every_combination(env):
    ways = options_of(env)
    assert env.action_space.n == 1 + len(ways) == 37
    rows = env.option_list.rows
    links = env.option_list.links[rows[:, 0]]
    found = zip(*links.T, env.option_list.power_share, rows[:, 2], strict=True)
    assert [tuple(row) for row in found] == ways


def test_servers_are_offered_nearest_first_and_clouds_always(env):
    assert np.asarray(env.offered).tolist() == [[0, 1, 2], [1, 0, 2]]
    fewer = edgewise.make("network", candidate_servers=1)
    assert np.asarray(fewer.offered).tolist() == [[0, 2], [1, 2]]
    only_cloud = edgewise.make("network", server=[{"name": "c", "cpu_hz": 1e9}], backhaul=None)
    assert np.asarray(only_cloud.offered).tolist() == [[0], [0]]


def test_an_option_is_decoded_to_what_it_says_or_to_local(env, state):
    """An option of a site without the radio means computing at home."""
    max_w, site_b = (0.2, 0.05), 1
    usable = np.asarray(env.usable(state))
    assert usable[:, 0].all()
    for number, (c, r, k, share, place) in enumerate(options_of(env), start=1):
        decision = decoded(env, state, jnp.full(6, number))
        for n in range(6):
            site = int(state.candidate[n, c])
            has = r == 0 or site == site_b
            assert usable[n, number] == has
            found = (
                int(decision.server[n]),
                float(decision.power_w[n]),
                float(decision.offload_ratio[n]),
            )
            server = int(env.offered[site, place]) + 1
            expected = (server, share * max_w[r], 1.0) if has else (0, 0.0, 0.0)
            assert found == pytest.approx(expected)
            if has:
                chosen = decision.candidate[n], decision.radio[n], decision.channel[n]
                assert [int(number) for number in chosen] == [c, r, k]


def feasible(env, state, decision):
    each = np.arange(6)
    site = np.asarray(state.candidate)[each, np.asarray(decision.candidate)]
    radio, channel = np.asarray(decision.radio), np.asarray(decision.channel)
    assert np.asarray(env.links.carries)[site, radio].all()
    assert (channel < np.array([1, 4])[radio]).all()
    assert (np.asarray(decision.power_w) <= np.array([0.2, 0.05])[radio] * (1 + 1e-6)).all()
    assert ((decision.offload_ratio >= 0) & (decision.offload_ratio <= 1)).all()
    assert ((decision.server >= 0) & (decision.server <= 3)).all()


@given(st.integers(0, 10**6))
def test_whatever_agents_do_is_feasible(seed):
    rng = np.random.default_rng(seed)
    env, cube = both_kinds()
    state = _reset(env, jax.random.key(seed % 7))
    feasible(env, state, decoded(env, state, jnp.asarray(rng.integers(-50, 90, 6))))
    action = rng.uniform(-0.5, 1.5, (6, cube.action_space.size))
    feasible(cube, state, decoded(cube, state, jnp.asarray(action, jnp.float32)))


@cache
def both_kinds():
    """Agents that choose options, and agents on the unit cube."""
    return edgewise.make("network", **VALUES), edgewise.make(
        "network", actions="continuous", **VALUES
    )


_reset = eqx.filter_jit(lambda env, key: env.reset(key))


def test_a_point_of_the_cube_takes_its_best_usable_link(env, state):
    """Ten links (two sites, one and four channels), three servers, power, ratio."""
    _, cube = both_kinds()
    assert cube.action_space.size == 10 + 3 + 2
    nearest_a = np.asarray(state.candidate)[:, 0] == 0
    action = np.zeros((6, 15), np.float32)
    action[:, 2] = 1.0  # Channel 1 of lora at the nearest site; not at A.
    action[:, 5] = 0.5  # lte at the second site.
    action[:, 11] = 0.9  # The second server that the site offers.
    action[:, 13], action[:, 14] = 0.25, 0.6
    decision = decoded(cube, state, jnp.asarray(action))
    assert np.asarray(decision.radio).tolist() == np.where(nearest_a, 0, 1).tolist()
    assert np.asarray(decision.candidate).tolist() == np.where(nearest_a, 1, 0).tolist()
    # Everybody sends to B, which offers B1, A1 and the cloud.
    assert np.asarray(decision.server).tolist() == [1] * 6
    np.testing.assert_allclose(decision.power_w, np.where(nearest_a, 0.05, 0.0125), rtol=1e-6)
    np.testing.assert_allclose(decision.offload_ratio, 0.6)
    action[:, 14] = 1e-4
    assert np.asarray(decoded(cube, state, jnp.asarray(action)).server).tolist() == [0] * 6


def known(env, state):
    """The numbers of every option by plain loops: `[devices, options, numbers]`."""
    radios = [
        {"band": 20e6, "noise": 4e-21, "power": 0.2, "chosen": False, "least": 0.0},
        {"band": 125e3, "noise": 10**-20.4, "power": 0.05, "chosen": True, "least": 0.03},
    ]
    at, cpu_hz = (0, 1, None), (10e9, 20e9, 50e9)
    s = jax.tree.map(np.asarray, state)
    rows = np.zeros((6, 37, len(NUMBERS)))
    for n in range(6):

        def late(seconds, n=n):
            return seconds / (seconds + s.deadline_s[n])

        rows[n, 0, [0, 1, 9]] = 1, 1, late(s.task_cycles[n] / s.device_cpu_hz[n])
        for number, (c, r, k, share, place) in enumerate(options_of(env), start=1):
            site, radio, gain = s.candidate[n, c], radios[r], s.gain[n, c, r, k]
            if gain == 0:
                continue
            mine = s.own_site[n] >= 0 and (s.own_radio[n], s.own_channel[n]) == (r, k)
            crowd = s.last_senders[site, r, k] - (mine and s.own_site[n] == site)
            band = radio["band"] if radio["chosen"] else radio["band"] / (crowd + 1)
            noise = radio["noise"] * band
            others = s.last_power_w[site, r, k] - (s.own_w[n, c] if mine else 0.0)
            others = max(others, 0.0) if radio["chosen"] else 0.0
            sinr = share * radio["power"] * gain / (noise + others)
            rate = band * np.log2(1 + sinr) if sinr >= radio["least"] else 0.0
            sent = min(s.task_bits[n] / rate, 1.0) if rate else 1.0
            m = int(env.offered[site, place])
            hops = 2 if at[m] is None else int(at[m] != site)
            rows[n, number] = (
                1,
                0,
                10 * np.log10(np.clip(sinr, 1e-3, 1e6)) / 30,
                10 * np.log10(1 + others / noise) / 30,
                np.log1p(crowd) / 3,
                share,
                hops / 2,
                late(sent),
                late(s.backlog_cycles[m] / cpu_hz[m]),
                late(s.task_cycles[n] / cpu_hz[m]),
            )
    return rows


def test_options_are_described_by_what_a_device_can_know(env, state):
    expected = known(env, state)
    assert np.any(expected[..., NUMBERS.index("loudness")] > 0.1)
    assert np.any(expected[..., NUMBERS.index("crowd")] > 0)
    found = eqx.filter_jit(env.options)(state)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-4)
    observed = eqx.filter_jit(env.observe)(state)
    assert observed.shape == (6, env.observation_size)
    np.testing.assert_allclose(observed[:, len(OWN) :], np.asarray(found).reshape(6, -1))
    expected_own = np.log10(np.asarray(state.task_bits)) / 2 - 2.5
    np.testing.assert_allclose(observed[:, OWN.index("bits")], expected_own, rtol=1e-4, atol=1e-5)


def test_who_knows_nothing_of_the_last_slot_expects_silence(env, state):
    """A state by the contract's fields alone, as other programs build it."""
    fields = (
        "task_bits",
        "task_cycles",
        "deadline_s",
        "application",
        "device_cpu_hz",
        "candidate",
        "gain",
        "backlog_cycles",
    )
    bare = type(state)(**{name: getattr(state, name) for name in fields})
    numbers = np.asarray(eqx.filter_jit(env.options)(bare))
    assert np.all(numbers[..., [NUMBERS.index("loudness"), NUMBERS.index("crowd")]] == 0)
    assert np.array_equal(env.usable(bare), env.usable(state))


def rates(env, state, quiet):
    """The rate of every link at full power, -1 where there is none, by plain loops."""
    numbers = ((0, 20e6, 4e-21, 0.2, 0.0), (1, 125e3, 10**-20.4, 0.05, 0.03))
    s = jax.tree.map(np.asarray, state)
    found = np.full((6, 2, 2, 4), -1.0)
    for n, c, (r, hz, noise, power, least), k in itertools.product(
        range(6), range(2), numbers, range(4)
    ):
        gain, site = s.gain[n, c, r, k], s.candidate[n, c]
        if gain == 0:
            continue
        mine = s.own_site[n] >= 0 and (s.own_radio[n], s.own_channel[n]) == (r, k)
        crowd = 0 if quiet else s.last_senders[site, r, k] - (mine and s.own_site[n] == site)
        others = 0 if quiet else s.last_power_w[site, r, k] - (s.own_w[n, c] if mine else 0)
        band = hz / (crowd + 1) if r == 0 else hz
        sinr = power * gain / (noise * band + (max(others, 0) if r else 0))
        found[n, c, r, k] = band * np.log2(1 + sinr) if sinr >= least else 0.0
    return found


def decided(env, state, name):
    scheduler = get("network").scheme(name).scheduler
    decide = eqx.filter_jit(lambda env, key, state: scheduler.decide(env, key, state, None)[0])
    return jax.tree.map(np.asarray, decide(env, jax.random.key(0), state))


@pytest.mark.parametrize(("name", "quiet"), [("nearest", True), ("best-rate", False)])
def test_a_rule_takes_the_link_that_it_says(env, state, name, quiet):
    decision, each = decided(env, state, name), rates(env, state, quiet)
    for n in range(6):
        mine = each[n].copy()
        if name == "nearest":
            mine[1] = -1.0  # lte is everywhere, so the nearest site has a radio.
        best = np.unravel_index(np.argmax(mine), mine.shape)
        found = (decision.candidate[n], decision.radio[n], decision.channel[n])
        assert mine[found] == pytest.approx(mine[best], rel=1e-5)
        site = int(state.candidate[n, decision.candidate[n]])
        assert decision.server[n] == int(env.offered[site, 0]) + 1
    np.testing.assert_allclose(decision.power_w, np.array([0.2, 0.05])[decision.radio])
    assert np.all(decision.offload_ratio == 1)


def test_local_stays_and_random_uses_everything_it_has(env, state):
    assert np.all(decided(env, state, "local").server == 0)
    scheduler = get("network").scheme("random").scheduler

    @eqx.filter_jit
    def many(env, keys):
        return jax.vmap(lambda key: scheduler.decide(env, key, state, None)[0])(keys)

    drawn = many(env, jax.random.split(jax.random.key(0), 2000))
    local = np.mean(np.asarray(drawn.server) == 0, axis=0)
    options = np.asarray(env.usable(state)).sum(axis=1)
    np.testing.assert_allclose(local, 1 / options, atol=5 * np.sqrt(1 / 25 / 2000))
