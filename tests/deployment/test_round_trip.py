"""A scheme taken apart, every agent a file of its own, decides what it decides as one."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
import pytest
from deployable import KEYS, policies_of, scheduler_of, trained

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractByLot
from edgewise.deployment.export.one_agent import OneAgent
from edgewise.deployment.trained import seat_of

SLOTS = 2
SCHEMES = [(name, m.name) for name in scenarios.names() for m in scenarios.get(name).schemes]
REFUSED = [
    *(
        ("application-utility", name, "looks among the records of all")
        for name in ("oql-dist", "oql-dist-literal", "oql-dist-rewards", "oql-na")
    ),
    ("application-utility", "tra", "operators answer"),
    *(("application-utility", name, "decides for all") for name in ("sw-true", "ecf-true")),
    ("application-utility", "tra-true", "operators answer"),
    *(("application-utility", name, "decides for all") for name in ("grid-optimum", "optimum")),
    *(
        ("joint-offloading", name, "decides for all")
        for name in ("actor-critic", "ddpg", "levy", "optimum")
    ),
    *(
        ("multi-rat-iot", name, "decides for all")
        for name in ("centralized", "centralized-free", "greedy", "optimum")
    ),
    ("network", "oql-dist", "looks among the records of all"),
    *(
        ("network", name, "decides for all")
        for name in ("dqn-tolb", "least-finish", "descent", "optimum")
    ),
    *(
        ("server-load-balance", name, "decides for all")
        for name in ("dqn-tolb", "dqn-tolb-joint", "least-finish", "optimum")
    ),
    *(("small-cells", name, "decides for all") for name in ("coordinated", "optimum")),
]
DRAWN_APART = [("small-cells", "full"), ("joint-offloading", "random"), ("network", "random")]
"""Their agents draw otherwise than the scheme does as one: alike in distribution only."""
SAME_FORM = {
    ("application-utility", "oql-dist-no-history"): "oql-cent",
    ("application-utility", "oql-dist-team"): "oql-cent",
    ("application-utility", "oql-na-no-history"): "oql-na-one-table",
    **{("joint-offloading", f"dirs-{name}"): "dirs" for name in ("no-levy", "plain")},
    **{("joint-offloading", f"dirs-{name}"): "dirs" for name in ("one-flip", "plain-one-flip")},
    ("joint-offloading", "dirs-no-imitation"): "dirs",
    **{("network", name): "ma-drl" for name in ("f-drl", "f-drl-clustered", "il-drl")},
    ("network", "dtomalb"): "dtoma",
    ("server-load-balance", "dtomalb"): "dtoma",
    **{("small-cells", name): "ma-drl" for name in ("f-drl", "f-drl-clustered", "il-drl")},
}
"""Schemes that learn otherwise, and then decide alike but for their numbers."""
TAKEN_APART = sorted({*SCHEMES} - {(name, scheme) for name, scheme, _ in REFUSED})


@eqx.filter_jit
def decided_as_one(env, scheduler, key, state, memory, lots):
    """The decision of all, and their memory after it."""
    if isinstance(scheduler, AbstractByLot):
        return scheduler.by_lot(env, lots, state), memory
    return scheduler.decide(env, key, state, memory)


measured_by_all = eqx.filter_jit(lambda seat, env, state, last: seat.measured(env, state, last))
joined_by_all = eqx.filter_jit(lambda seat, env, state, parts: seat.joined(env, state, parts))


@eqx.filter_jit
def slot_after(env, key, state, decision):
    """Compiled once for all schemes of a scenario."""
    outcome = env.evaluate(state, decision)
    return outcome, env.advance(key, state, outcome)


@eqx.filter_jit
def seen_and_meant(seat, own, measured, action):
    """An agent's row in its own environment, and its part of the decision for an action."""
    alone = seat.state(own, measured)
    return own.observe(alone)[0], seat.decided(own, own.decode(alone, action))


class Apart:
    """The agents of a scheme, each in its file."""

    def __init__(self, name, scheme):
        policies = policies_of(name, scheme)
        self.sessions, self.memory = {}, {}
        for policy in policies:
            session = onnxruntime.InferenceSession(policy.model)
            for number in policy.agents:
                self.sessions[number] = session
                self.memory[number] = dict(enumerate(policy.agent.start()))

    def decide(self, measured, lots):
        return [self._one(number, measured, lots) for number in sorted(self.sessions)]

    def _one(self, number, measured, lots):
        session, memory = self.sessions[number], self.memory[number]
        given = {name: np.asarray(value[number]) for name, value in measured.items()}
        given |= {f"memory_{i}": value for i, value in memory.items()}
        given["lots"] = np.asarray(lots[number : number + 1])
        names = [each.name for each in session.get_outputs()]
        feed = {each.name: given[each.name] for each in session.get_inputs()}
        made = dict(zip(names, session.run(names, feed), strict=True))
        for i in memory:
            memory[i] = made.pop(f"next_memory_{i}")
        return made


@pytest.mark.parametrize(
    ("name", "scheme"), [s for s in TAKEN_APART if s not in {*DRAWN_APART, *SAME_FORM}]
)
def test_agents_apart_decide_what_they_decide_as_one(name, scheme):
    env, state, scheduler = scheduler_of(name, scheme)
    seat, apart = seat_of(name), Apart(name, scheme)
    memory, last = scheduler.start(env), None
    for key in jax.random.split(KEYS.evaluation, SLOTS):
        lots = jax.random.uniform(key, (env.num_agents,))
        measured = measured_by_all(seat, env, state, last)
        parts = apart.decide(measured, lots)
        decided = {name: jnp.stack([part[name] for part in parts]) for name in parts[0]}
        joined = joined_by_all(seat, env, state, decided)
        decision, memory = decided_as_one(env, scheduler, key, state, memory, lots)
        last, following = slot_after(env, key, state, decision)
        for ours, theirs in zip(jax.tree.leaves(joined), jax.tree.leaves(decision), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
        state = following


def form(tree):
    leaves = jax.tree.leaves(eqx.filter(tree, eqx.is_array))
    return jax.tree.structure(tree), [(leaf.shape, leaf.dtype) for leaf in leaves]


@pytest.mark.parametrize(("name", "scheme"), SAME_FORM)
def test_schemes_of_the_same_form_are_tested_as_one(name, scheme):
    (env, _, scheduler), (other_env, _, other) = (
        scheduler_of(name, each) for each in (scheme, SAME_FORM[name, scheme])
    )
    assert form(scheduler) == form(other)
    assert eqx.tree_equal(env, other_env)


LEARNERS = [
    ("application-utility", "oql-dist"),
    ("multi-rat-iot", "centralized"),
    ("server-load-balance", "dqn-tolb"),
]
"""Of those refused that learn, one of each kind: these take long to make."""


def is_tried(name, scheme):
    return (name, scheme) in LEARNERS or not scenarios.get(name).scheme(scheme).learns


@pytest.mark.parametrize(
    ("name", "scheme", "told"), [each for each in REFUSED if is_tried(*each[:2])]
)
def test_what_no_agent_can_follow_by_itself_is_refused_in_one_line(name, scheme, told):
    with pytest.raises(UserError, match=f"{scheme} does not run on an agent: .*{told}") as caught:
        policies_of(name, scheme)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", scenarios.names())
def test_an_agents_own_environment_sees_what_the_whole_one_shows_it(name):
    """And one action means to it what it means among all."""
    scheme = next(scheme for where, scheme in TAKEN_APART if where == name)
    env, state, _ = scheduler_of(name, scheme)
    seat, key = seat_of(name), KEYS.plan
    measured = measured_by_all(seat, env, state, None)
    actions = env.sample_actions(key)
    rows, parts = eqx.filter_jit(env.observe)(state), []
    for number in range(env.num_agents):
        mine = {field: value[number] for field, value in measured.items()}
        action = actions[number : number + 1]
        row, part = seen_and_meant(seat, seat.alone(env, number), mine, action)
        np.testing.assert_allclose(row, rows[number], rtol=1e-6, atol=1e-6)
        parts.append(part)
    joined = joined_by_all(seat, env, state, jax.tree.map(lambda *each: jnp.stack(each), *parts))
    expected = eqx.filter_jit(env.decode)(state, actions)
    for ours, theirs in zip(jax.tree.leaves(joined), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", scenarios.names())
def test_what_is_met_is_in_the_declared_ranges(name):
    scheme = next(scheme for where, scheme in TAKEN_APART if where == name)
    env, state, _ = scheduler_of(name, scheme)
    seat = seat_of(name)
    measured = measured_by_all(seat, env, state, None)
    assert set(measured) == {field.name for field in seat.observation(env)}
    for field in seat.observation(env):
        value = np.asarray(measured[field.name])
        assert value.shape == (env.num_agents, *field.shape)
        slack = 1e-6 * max(abs(field.low), abs(field.high))
        assert value.min() >= field.low - slack, field.name
        assert value.max() <= field.high + slack, field.name


def test_agents_that_decide_alike_share_a_file():
    alike = policies_of("server-load-balance", "local")
    assert [policy.agents for policy in alike] == [(0, 1, 2)]
    different = policies_of("server-load-balance", "dtomalb")
    assert [policy.agents for policy in different] == [(0,), (1,), (2,)]


def test_an_agent_is_asked_only_for_what_it_looks_at():
    def seen(name, scheme):
        return {tensor.name for tensor in policies_of(name, scheme)[0].graph.inputs}

    assert seen("server-load-balance", "local") == set()
    assert seen("server-load-balance", "random") == {"lots"}
    told = {"offloaded", "received", "edge_available", "memory_0"}
    assert seen("multi-rat-iot", "il-maq") == told


def drawn(name, scheme, number, count=4000):
    """What one agent of a scheme that draws decides, on many lots."""
    env, state, scheduler = scheduler_of(name, scheme)
    seat = seat_of(name)
    agent = OneAgent.of(seat, env, scheduler, state, number)
    measured = {k: v[number] for k, v in measured_by_all(seat, env, state, None).items()}
    lots = jax.random.uniform(KEYS.plan, (count, agent.num_lots))
    return jax.jit(jax.vmap(lambda lot: agent.decide(measured, [], lot)[0]))(lots)


def test_a_cell_that_draws_its_channels_draws_all_orders_alike():
    channel = np.asarray(drawn("small-cells", "full", 0)["channel"])
    assert all(len(set(row)) == 3 for row in channel.tolist())
    shares = np.stack([np.mean(channel == k, axis=0) for k in range(4)])
    np.testing.assert_allclose(shares, 0.25, atol=0.03)


def test_servers_share_the_devices_that_come_by_lot():
    """Each device has one place; without a limit on the servers, each place is as likely."""
    wishes = np.stack(
        [np.asarray(drawn("joint-offloading", "random", j)["wish"]) for j in range(2)]
    )
    assert wishes.sum(axis=0).max() == 1.0
    np.testing.assert_allclose(wishes.mean(axis=1), 1 / 3, atol=0.03)


def test_what_a_run_is_has_its_seat():
    assert trained("small-cells", "local").seat is seat_of("small-cells")
