"""small-cells: what decides and what learns, against enumeration, loops and closed forms."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_small_cells import CELLS, SMALL, UES, _evaluate, _layout, drawn, make

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.rollout import rollout
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.execute import program_of
from edgewise.runs.spec import describe
from edgewise.scenarios.small_cells.evaluation.exchange import (
    Sizes,
    exchanged_bytes,
    federated_bytes,
)
from edgewise.scenarios.small_cells.schemes.ddpg import models, neighbours
from edgewise.scenarios.small_cells.schemes.exact import channel_tables, ways_of_a_cell
from edgewise.scenarios.small_cells.schemes.margins import MarginPolicy, worth
from edgewise.scenarios.small_cells.schemes.schedulers import (
    LocalComputing,
    PowerControl,
    equal_shares,
)
from edgewise.scenarios.small_cells.schemes.settle import Shares, settled
from edgewise.training.federated import Federated, federated_average, mixing_of
from edgewise.training.pathwise import Pathwise
from edgewise.training.programs import Replay

ENV = make()


@eqx.filter_jit
def _settled(env, state, channel):
    shares = Shares(jnp.ones_like(state.task_bits), equal_shares(env))
    return settled(env, state, channel, shares)


def test_settled_powers_are_the_least_that_meet_all_deadlines():
    """Lowering anybody's power who does not need all of it makes that one late."""
    with jax.enable_x64(True):
        env = make()
        state = drawn(env, 1)
        decision = _settled(env, state, jnp.asarray([[0, 1], [1, 2], [2, 0]]))
        assert np.all(_evaluate(env, state, decision).deadline_met)
        for m in range(CELLS):
            for n in range(UES):
                less = decision.power_w.at[m, n].multiply(0.999)
                lowered = dataclasses.replace(decision, power_w=less)
                if float(decision.power_w[m, n]) < 0.999 * float(env.max_power_w):
                    assert not _evaluate(env, state, lowered).deadline_met[m, n]


def test_two_links_on_one_channel_against_the_closed_form():
    """Two UEs that both need SINR γ1, γ2: the powers solve a linear system of two equations."""
    with jax.enable_x64(True):
        env = make(num_cells=2, ues_per_cell=1, num_channels=1)
        state = drawn(env, 0)
        # A weak link in between, so that both can be met.
        gain = jnp.asarray([[[[2e-10], [1e-12]]], [[[3e-12], [1e-10]]]])
        state = dataclasses.replace(state, gain=gain)
        decision = _settled(env, state, jnp.zeros((2, 1), int))
        left = np.asarray(state.deadline_s - state.task_cycles / env.sbs_cpu_hz)[:, 0]
        rate = np.asarray(state.task_bits)[:, 0] / left / float(env.channel_bandwidth_hz)
        need = 2.0**rate - 1.0
        g, noise = np.asarray(gain)[:, 0, :, 0], float(env.noise_w)
        matrix = [[g[0, 0], -need[0] * g[1, 0]], [-need[1] * g[0, 1], g[1, 1]]]
        expected = np.linalg.solve(matrix, need * noise)
        np.testing.assert_allclose(decision.power_w[:, 0], expected, rtol=1e-3)


def test_every_way_to_give_channels_is_tried():
    assert len(channel_tables(2, 3)) == ways_of_a_cell(2, 3) == 13
    assert len({tuple(row) for row in channel_tables(3, 4).tolist()}) == ways_of_a_cell(3, 4)


def test_the_optimum_refuses_a_network_that_is_too_large():
    scenario = scenarios.get("small-cells")
    reason = scenario.scheme("optimum").too_large(scenario.env())
    assert reason is not None
    assert "too many to try" in reason
    with pytest.raises(UserError, match=r"optimum: .* too many to try"):
        describe(scenario, "optimum", {})


def test_references_in_their_order_on_the_same_slots():
    """What knows more does better: full < assign-by-rate < coordinated, in reward."""
    scenario = scenarios.get("small-cells")
    state = _layout(ENV, jax.random.key(0))
    reward = {}
    for name in ("full", "assign-by-rate", "coordinated"):
        scheduler = scenario.scheme(name).planned(ENV, jax.random.key(1), state)
        seen = eqx.filter_jit(rollout)(ENV, scheduler, jax.random.key(2), state, 60, 30)
        reward[name] = float(seen.outcome.cell_reward.mean())
    assert reward["full"] < reward["assign-by-rate"] < reward["coordinated"]


def test_federated_average_is_the_loop():
    rng = np.random.default_rng(0)
    models_, weights = rng.normal(size=(4, 2, 3)), np.array([1.0, 2.0, 3.0, 4.0])
    cluster = np.array([0, 1, 0, 1])
    found = federated_average(
        jnp.asarray(models_, jnp.float32), mixing_of(jnp.asarray(cluster), jnp.asarray(weights))
    )
    for m in range(4):
        group = [k for k in range(4) if cluster[k] == cluster[m]]
        total = sum(weights[k] for k in group)
        expected = sum(weights[k] / total * models_[k] for k in group)
        np.testing.assert_allclose(found[m], expected, rtol=1e-5)


def _team(**changes):
    settings = {"critic_view": "own", "hidden": (4,), "reward_scale": 2.0, **changes}
    learner = Maddpg(CELLS, ENV.observation_size, ENV.action_space, **settings)
    return Replay(ENV, ENV, learner, 5, capacity=8, batch_size=4, warmup_slots=0)


def _after(program, slots):
    """What a program's inner carry is after these numbers of slots."""
    # The replay buffer's library promotes ranks.
    with jax.numpy_rank_promotion("allow"):
        state = _layout(ENV, jax.random.key(0))
        carry = eqx.filter_jit(program.init)(jax.random.key(0), state)
        step = eqx.filter_jit(program.slot)
        for t in range(slots[-1] + 1):
            if t in slots:
                yield carry[0]
            carry, _ = step(jax.random.key(t), carry, jnp.asarray(t), jnp.asarray(0.1))


def _spread(networks):
    """How far agents' weights differ, agent by agent from the first."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(networks)]
    return [max(np.abs(leaf[m] - leaf[0]).max() for leaf in leaves) for m in range(CELLS)]


def test_a_round_of_federation():
    """All start alike, critics part at once, actors wait, and a round's end makes a cluster one."""

    def mixing(state):
        return mixing_of(jnp.asarray([0, 1, 0]), jnp.ones(CELLS))

    program = Federated(_team(actor_wait=2), models, mixing, round_slots=3)
    (start, between, ended) = (learned for _, learned, _ in _after(program, (0, 2, 3)))
    assert max(_spread(models(start))) == 0.0
    assert max(_spread(between.actor)) == 0.0
    np.testing.assert_array_equal(start.actor[0].weight, between.actor[0].weight)
    assert min(_spread(between.critic)[1:]) > 0
    _, other_cluster, same_cluster = _spread(models(ended))
    assert same_cluster < 1e-7 < other_cluster
    assert not np.array_equal(start.actor[0].weight, ended.actor[0].weight)


@pytest.mark.parametrize(
    ("name", "together"),
    [("ma-drl", True), ("f-drl", False), ("f-drl-clustered", False), ("il-drl", False)],
)
def test_who_learns_from_the_sum_and_who_from_its_own_reward(name, together):
    """(12) for MA-DRL, (23) for agents that learn from what is theirs."""
    scenario = scenarios.get("small-cells")
    spec = describe(scenario, name, SMALL, slots=1)
    program = program_of(scenario, spec, scenario.env(**spec.parameters))
    replay = program.program if isinstance(program, Federated) else program
    state = _layout(ENV, jax.random.key(5))
    rule = LocalComputing().decide(ENV, jax.random.key(6), state, None)[0]
    outcome = _evaluate(replay.env, state, rule)
    cell = np.asarray(outcome.cell_reward)
    assert len(set(cell.tolist())) == CELLS
    expected = np.full(CELLS, cell.sum()) if together else cell
    np.testing.assert_allclose(outcome.reward, expected, rtol=1e-6)
    assert replay.learner.reward_scale == UES * (CELLS if together else 1)


def test_clusters_are_strips_of_neighbours():
    state = _layout(ENV, jax.random.key(3))
    cluster = np.asarray(neighbours(state, 2))
    order = np.argsort(np.asarray(state.sbs_xy_m[:, 0]))
    assert cluster[order].tolist() == sorted(cluster.tolist())
    assert sorted(cluster.tolist()) == [0, 0, 1]


def test_bytes_counted_by_hand():
    """Observation 2, action 1, hidden 3, two agents. Actor 3·2+3 + 3·1+1 = 13 numbers, critic
    3·3+3 + 3+1 = 16, of 4 bytes each. A slot's exchange: 2 + 1 + a reward."""
    sizes = Sizes(observation=2, action=1, hidden=3, agents=2)
    assert federated_bytes(sizes) == 29 * 4
    assert exchanged_bytes(sizes, slots=10) == (160, 160)


def _policy(key):
    return MarginPolicy.start(key, UES, 3, width=4)


def _pathwise(**settings):
    env = make(decoding="deadline")
    reference = PowerControl(jnp.asarray(100.0))
    return Pathwise(env, env, reference, _policy, worth, 20, num_envs=8, **settings)


def test_the_slope_through_the_equations_is_the_difference_quotient():
    with jax.enable_x64(True):
        env = make(decoding="deadline")
        state = drawn(env, 2)
        # Margins that leave nobody at full power or at the end of the slot.
        size = env.action_space.size
        action = jnp.full((CELLS, size), 0.3) + 0.02 * jnp.sin(jnp.arange(CELLS * size)).reshape(
            CELLS, size
        )

        @jax.jit
        def gained(action):
            outcome = env.evaluate(state, env.decode(state, action))
            value, energy = worth(env, state, outcome)
            return value - energy

        slope = jax.grad(gained)(action)
        for m, i in ((0, 0), (1, UES + UES * 3), (2, size - 1)):
            h = 1e-6
            there, back = (gained(action.at[m, i].add(sign * h)) for sign in (1, -1))
            assert float(slope[m, i]) == pytest.approx(float(there - back) / (2 * h), abs=1e-6)


def test_a_policy_treats_ues_and_channels_alike():
    policy = _policy(jax.random.key(0))
    state = drawn(ENV, 1)
    row = ENV.observe(state)[0]
    swapped = dataclasses.replace(
        state,
        gain=state.gain[:, ::-1, :, ::-1],
        interference_w=state.interference_w[:, ::-1],
        task_bits=state.task_bits[:, ::-1],
        task_cycles=state.task_cycles[:, ::-1],
        deadline_s=state.deadline_s[:, ::-1],
    )
    key = jax.random.key(0)
    one, other = (policy.act(key, r) for r in (row, ENV.observe(swapped)[0]))
    for begin in (0, UES + UES * 3, 2 * UES + UES * 3):
        np.testing.assert_allclose(one[begin : begin + UES], other[begin : begin + UES][::-1])


def test_pathwise_training_climbs_within_its_limit():
    """The price of energy follows what is spent, slot by slot, and brings it under the limit."""
    state = _layout(ENV, jax.random.key(0))
    program = _pathwise(rate=1e-2, limit=0.9)
    run = eqx.filter_jit(
        lambda carry: jax.lax.scan(
            lambda c, t: program.slot(jax.random.key(t), c, t, t / 150), carry, jnp.arange(150)
        )
    )
    _, log = run(program.init(jax.random.key(1), state))
    score, spent, price = (np.asarray(log[name]) for name in ("score", "spent", "price"))
    assert score[-30:].mean() > score[:30].mean()
    assert spent[-30:].mean() < spent[:10].mean()
    assert spent[-30:].mean() < 1.15
    steps = np.exp(0.01 * np.clip(spent - 1.0, -1.0, 1.0))
    np.testing.assert_allclose(price, np.cumprod(steps), rtol=1e-4)
