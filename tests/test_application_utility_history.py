"""What OQL's history can change, and cannot: with functions one action is best alone, on tables
whole states are unvisited and tie, and records that hold rewards are learned from."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_application_utility import make

from edgewise.learners.cooperative_q import CooperativeQ
from edgewise.learners.experience_q import ExperienceQ
from edgewise.learners.history_q import HistoryLearned
from edgewise.learners.joint_history_q import JointPast, choose_literally
from edgewise.learners.learner import Transition
from edgewise.learners.linear_q import LinearLearned, LinearQ
from edgewise.learners.team_reward import TeamRewarded
from edgewise.scenarios.application_utility.experiments.history import shares_of
from edgewise.scenarios.application_utility.experiments.living import (
    first_state,
    lived,
    program_of,
)
from edgewise.scenarios.application_utility.schemes.basis import (
    DemandShareBasis,
    StateActionTable,
    reduced_state,
)

AGENTS, ACTIONS = 3, 15
ROW = [0.1, 0.2, 0.4, 0.7, 1.0, 0.3, 0.5, 0.8]
SAME = jnp.asarray([ROW] * AGENTS)
EARLIER = 7


@eqx.filter_jit
def choose(learner, keys, learned):
    """The choices of all agents, for each key."""
    return jax.vmap(lambda key: learner.choose(key, learned, SAME))(keys)


shares = eqx.filter_jit(shares_of)
KEYS = jax.random.split(jax.random.key(0), 24)


def of_all(basis, kind=CooperativeQ, **settings):
    q = LinearQ(basis, AGENTS, shared=False, step=0.5)
    return kind(q, records=4, drawn=4, window_slots=5, **settings)


def remembering(learner, weights):
    """Everybody was in the same state one epoch ago, and did the same."""
    slot = jnp.asarray(1)
    empty = learner.no_past()
    past = empty.filed(learner.digits(SAME), jnp.full(AGENTS, EARLIER), jnp.asarray(0))
    own = LinearLearned(weights, slot)
    return HistoryLearned(own, empty), HistoryLearned(own, past)


def test_with_functions_the_history_cannot_act():
    learner = of_all(DemandShareBasis())
    weights = jnp.asarray(np.random.default_rng(0).normal(size=(AGENTS, 75)), float)
    values = jax.jit(jax.vmap(learner.q.basis.values))(weights, SAME)
    best = tuple(np.argmax(values, axis=1).tolist())
    for learned in remembering(learner, weights):
        assert {tuple(each) for each in choose(learner, KEYS, learned).tolist()} == {best}
        assert [float(x) for x in shares(learner, KEYS[0], learned, SAME)] == [0, 0]
    assert EARLIER not in best


def test_on_a_table_unvisited_states_tie_and_the_history_decides():
    learner = of_all(StateActionTable())
    nothing = jnp.zeros((AGENTS, learner.q.basis.size))
    forgotten, remembered = remembering(learner, nothing)
    assert len({tuple(each) for each in choose(learner, KEYS, forgotten).tolist()}) > 1
    assert (choose(learner, KEYS, remembered) == EARLIER).all()
    tied, moved = shares(learner, KEYS[0], remembered, SAME)
    assert (float(tied), float(moved)) == (1.0, 1.0)


def test_a_run_on_tables_is_another_without_its_history():
    """The same run, drawing the same numbers, with nothing to look at."""
    env = make(num_servers=3, num_devices=12)
    keys, start = first_state(env, 0)
    ended = {}
    for window in (0, 20):
        program = program_of(env, "oql-na", random_slots=5, window_slots=window)
        ends = jnp.asarray(0), jnp.asarray(60), jnp.asarray(60)
        carry = program.init(keys.training, start)
        ended[window] = lived(program, keys.training, carry, *ends)[1].own.weights
    assert not np.allclose(ended[0], ended[20])


class Plain:
    """Tables that learn from their own sample, then from the mean of the nearest records."""

    def __init__(self):
        self.tables, self.records = np.zeros((AGENTS, 648, ACTIONS)), []

    def error(self, j, sample):
        state, action, reward, following = sample
        future = self.tables[j, number(following)].max()
        return reward + 0.5 * future - self.tables[j, number(state), action]

    def learn(self, slot, samples):
        step = 0.5 / (1 + slot / 100) ** 0.7
        for j, own in enumerate(samples):
            self.tables[j, number(own[0]), own[1]] += step * self.error(j, own)
            near = self.nearest(slot, own[0])
            moves = [(number(s[0]), s[1], step * self.error(j, s) / len(near)) for s in near]
            for state, action, move in moves:
                self.tables[j, state, action] += move
        self.records += [(slot * AGENTS + j, each) for j, each in enumerate(samples)]

    def nearest(self, slot, state):
        recent = [r for r in self.records if r[0] >= (slot - 5) * AGENTS]
        recent.sort(key=lambda r: (int(np.sum(np.array(r[1][0]) != state)), -r[0]))
        return [sample for _, sample in recent[:4]]


def number(digits):
    return np.ravel_multi_index(list(digits)[::-1], (3, 6, 6, 6))


def test_records_with_rewards_are_learned_from():
    learner, plain, rng = of_all(StateActionTable(), ExperienceQ), Plain(), np.random.default_rng(3)
    learned, update = learner.init(jax.random.key(0)), eqx.filter_jit(learner.update)
    rows = jnp.asarray(
        [ROW, [0.9, 0.2, 0.4, 0.7, 1.0, 0.3, 0.5, 0.8], [0.9, 0.9, 0.1, 1.2, *ROW[4:]]]
    )
    states = [np.asarray(reduced_state(row)).tolist() for row in rows]
    for slot in range(9):
        here, there = rng.integers(0, 3, (2, AGENTS))
        actions, rewards = rng.integers(0, 3, AGENTS), rng.normal(size=AGENTS).astype(np.float32)
        one = Transition(rows[here], jnp.asarray(actions), jnp.asarray(rewards), rows[there])
        learned, _ = update(jax.random.key(slot), learned, one, jnp.zeros(()))
        plain.learn(
            slot,
            [(states[here[j]], actions[j], rewards[j], states[there[j]]) for j in range(AGENTS)],
        )
    found = np.reshape(learned.own.weights, (AGENTS, 648, ACTIONS))
    np.testing.assert_allclose(found, plain.tables, atol=1e-5)
    assert learned.own.slots == 9


def test_the_team_s_reward_is_everybody_s():
    q = LinearQ(StateActionTable(), AGENTS, shared=False, step=1.0)
    one = Transition(SAME, jnp.asarray([0, 1, 2]), jnp.asarray([1.0, 2.0, 4.0]), SAME)
    team, key = TeamRewarded(q), jax.random.key(0)
    learned, _ = eqx.filter_jit(team.update)(key, team.init(key), one, jnp.zeros(()))
    assert learned.weights.max(axis=1).tolist() == [7.0, 7.0, 7.0]
    assert learned.weights.sum() == 21.0


def test_nearest_joint_states_against_a_full_sort():
    rng, past = np.random.default_rng(2), JointPast.empty(6, 3, 2)
    kept = []
    for slot in range(9):
        digits, action = rng.integers(0, 2, (3, 2)), rng.integers(0, 4, 3)
        now = rng.integers(0, 2, (3, 2))
        near = past.nearest(jnp.asarray(now), 3)
        recent = sorted(kept[-6:], key=lambda r: (int(np.sum(r[1] != now)), -r[0]))[:3]
        assert sorted(np.asarray(past.slot)[np.asarray(near)].tolist()) == sorted(
            s for s, _ in recent
        )
        past = past.filed(jnp.asarray(digits), jnp.asarray(action), jnp.asarray(slot))
        kept.append((slot, digits))


@pytest.mark.parametrize(("other", "chosen"), [(0, {1}), (1, {0, 1})])
def test_a_record_is_repeated_only_if_all_agree_on_what_the_others_did(other, chosen):
    """(i): both records that the first agent drew hold the same action of the second, or not. The
    later one is optimal with what the first did in it."""
    best = jnp.asarray([[True, True, False], [True, False, False]])
    action = jnp.asarray([[2, other], [1, 0]])
    past = JointPast(action, jnp.zeros((2, 2, 1), int), jnp.arange(2))
    drawn = jnp.ones((2, 2), bool)
    played = jax.jit(jax.vmap(choose_literally, in_axes=(0, None, None, None)))
    assert set(played(KEYS, past, drawn, best)[:, 0].tolist()) == chosen
