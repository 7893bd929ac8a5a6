"""The field's names on every scenario, models that are averaged, and teachers."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from perceptrons import ACTIONS, AGENTS, FEATURES, experience

import edgewise
from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.spaces import Box, Discrete
from edgewise.learners.dqn import Dqn
from edgewise.learners.federated import Federated
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.parts import held_by_agents
from edgewise.learners.ppo import Ppo
from edgewise.learners.qmix import Qmix
from edgewise.learners.quantised import BinBasis, Spelt
from edgewise.learners.sac import Sac
from edgewise.report import learners_page
from edgewise.runs import general
from edgewise.runs.code import code_of_scheme
from edgewise.runs.spec import describe
from edgewise.training.imitation import Imitation, actions_of
from edgewise.training.ladder import EVALUATED_SLOTS, Decision, Ladder
from edgewise.training.programs import Replay

CONTINUOUS = {"joint-offloading", "small-cells"}
DISCRETE_ONLY = {"tabular-q", "linear-q", "idqn", "qmix"}
CELL = scenarios.get("server-load-balance")


@pytest.mark.parametrize("scenario", edgewise.list_scenarios())
@pytest.mark.parametrize("name", general.LEARNERS)
def test_a_learner_runs_where_its_actions_fit_and_says_in_a_line_where_not(scenario, name):
    found = scenarios.get(scenario)
    unfit = scenario in CONTINUOUS and name in DISCRETE_ONLY
    if unfit or (scenario, name) == ("network", "tabular-q"):
        with pytest.raises(UserError, match=rf"^{name}: [^\n]*: (use|choose) [^\n]*$"):
            describe(found, name, {})
    else:
        assert describe(found, name, {}).scheme == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("imitation-tabular-q", "teacher's choices cannot be written"),
        ("federated-imitation-ippo", "imitation-federated-NAME"),
        ("imitation-dtomalb", "unknown scheme"),
    ],
)
def test_what_a_prefix_cannot_be_put_before_says_why(name, why):
    with pytest.raises(UserError, match=why):
        describe(CELL, name, {})


def test_prefixes_go_before_every_learner_and_keep_its_settings():
    for name in general.LEARNERS:
        made = describe(CELL, f"federated-{name}", {}).settings
        assert made["rounds"] == 20
        assert "shared" not in made
    spec = describe(CELL, "imitation-federated-qmix", {}, {"embedding": 8, "rounds": 5})
    assert (spec.settings["embedding"], spec.settings["rounds"]) == (8, 5)
    assert spec.settings["teacher"] == "optimum"
    with pytest.raises(UserError, match="unknown setting"):
        describe(CELL, "federated-mappo", {}, {"shared": True})


def test_a_learners_code_is_its_own_and_a_teachers_counts():
    plain = set(code_of_scheme(CELL, "ippo").files)
    assert {"learners/ppo.py", "training/on_policy.py"} <= plain
    assert "learners/qmix.py" not in plain
    taught = set(code_of_scheme(CELL, "imitation-federated-ippo").files)
    assert {
        "learners/federated.py",
        "training/imitation.py",
        "scenarios/server_load_balance/schemes/schedulers.py",
    } <= taught - plain


def test_every_setting_has_a_meaning_and_every_meaning_a_setting():
    network = scenarios.get("network")
    rows = [row for _, rows in learners_page.sections(network) for row in rows]
    assert {row[0].strip("`") for row in rows} == set(learners_page.MEANING)
    kinds = {(row[0], row[4]) for row in learners_page.settings_rows(network, "mappo")}
    assert {("`clip`", "printed"), ("`horizon`", "substituted")} <= kinds


def test_too_many_agents_are_refused_where_one_network_would_see_them_all():
    with pytest.raises(UserError, match=r"^mappo: one network for 2000 agents reads"):
        describe(CELL, "mappo", {"num_users": 2000})
    with pytest.raises(UserError, match=r"^maddpg: the critics of 500 agents"):
        describe(CELL, "maddpg", {"num_users": 500})
    assert describe(CELL, "ippo", {"num_users": 2000}).scheme == "ippo"


TEAMS = {
    "ippo": Ppo(AGENTS, FEATURES, Discrete(ACTIONS), shared=False, hidden=(4,)),
    "mappo": Ppo(AGENTS, FEATURES, Box(2), "joint", "team", shared=False, hidden=(4,)),
    "qmix": Qmix(AGENTS, FEATURES, ACTIONS, shared=False, hidden=(4,)),
    "isac": Sac(AGENTS, FEATURES, Discrete(ACTIONS), shared=False, hidden=(4,)),
    "idqn": Dqn(AGENTS, FEATURES, ACTIONS, hidden=(4,)),
    "maddpg": Maddpg(AGENTS, FEATURES, Discrete(ACTIONS), hidden=(4,)),
}


@pytest.mark.parametrize("name", TEAMS)
def test_what_agents_hold_is_theirs_alone(name):
    """Every leaf that is averaged has an axis of agents: no mixing network, no critic of all."""
    learned = jax.eval_shape(TEAMS[name].init, jax.random.key(0))
    held = jax.tree.leaves(held_by_agents(TEAMS[name])(learned))
    assert len(held) >= 4
    assert {leaf.shape[0] for leaf in held} == {AGENTS}


def test_networks_that_are_shared_cannot_be_averaged():
    with pytest.raises(UserError, match="nothing to average"):
        held_by_agents(Ppo(AGENTS, FEATURES, Discrete(ACTIONS)))


def test_agents_go_on_from_the_mean_of_their_models_when_a_round_ends():
    """Two rounds in a run: averaged in the first update after half of it, and in no other; the
    target of a round is the plain mean of what the inner learner would have made."""
    inner = TEAMS["idqn"]
    team = Federated(inner, rounds=2)
    start = team.init(jax.random.key(0))
    batch, key = experience(Discrete(ACTIONS)), jax.random.key(1)
    update = eqx.filter_jit(team.update)
    early, _ = update(key, start, batch, jnp.asarray(0.4))
    ends, _ = update(key, early, batch, jnp.asarray(0.5))
    after, _ = update(key, ends, batch, jnp.asarray(0.6))
    alone, _ = eqx.filter_jit(inner.update)(key, early[0], batch, jnp.asarray(0.5))

    def weights(learned):
        return np.asarray(learned.network[0].weight)

    def alike(learned):
        return np.ptp(weights(learned), axis=0).max() == 0.0

    assert [alike(x[0]) for x in (start, early, ends, after)] == [True, False, True, False]
    expected = np.mean(weights(alone), axis=0)
    np.testing.assert_allclose(weights(ends[0])[1], expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["server-load-balance", "multi-rat-iot", "application-utility"])
def test_a_decision_tells_the_action_that_it_stands_for(name):
    """Decoded and told again: the same decision, whatever was drawn."""
    env = edgewise.make(name)

    def told_again(key):
        state = env.reset(key)
        decision = env.decode(state, env.sample_actions(jax.random.fold_in(key, 1)))
        return decision, env.decode(state, actions_of(env, state, decision))

    both = map(jax.tree.leaves, jax.jit(told_again)(jax.random.key(0)))
    for first, second in zip(*both, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5)


class Rule(AbstractScheduler):
    """Action 2 where something is shown, else 1."""

    def decide(self, env, key, state, memory):
        return Decision(jnp.where(state.cue, 2, 1)), memory


@pytest.mark.parametrize("team", ["ippo", "idqn"])
def test_before_its_first_slot_a_team_does_as_its_teacher(team):
    env = Ladder()
    learner = {"ippo": Ppo, "idqn": Dqn}[team].of(env, hidden=(8,))
    learner = Federated(learner) if team == "idqn" else learner
    loop = Replay(env, env, learner, num_envs=1, capacity=8, batch_size=2)
    program = Imitation(
        loop,
        lambda key, state: Rule(),
        shown_slots=EVALUATED_SLOTS,
        shown_steps=200,
        shown_rate=0.03,
    )
    cues = jnp.array([[True, False], [False, True]])

    def decided(key):
        state = env.at(key, jnp.asarray(0))
        scheduler = program.scheduler(program.init(key, state))
        states = [eqx.tree_at(lambda s: s.cue, state, cue) for cue in cues]
        return jnp.stack([scheduler.decide(env, key, s, None)[0].action for s in states])

    with jax.numpy_rank_promotion("allow"):
        found = jax.jit(decided)(jax.random.key(0))
    np.testing.assert_array_equal(found, jnp.where(cues, 2, 1))


def test_bins_spell_one_number_each_and_all_below_the_count():
    """Three numbers in three bins: 27 states, by plain arithmetic."""
    middles = np.array([-0.9, 0.0, 0.9])
    rows = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
    found = jax.vmap(Spelt(3))(jnp.asarray(rows))
    np.testing.assert_array_equal(found, np.arange(27))


def test_a_linear_value_is_the_mean_of_what_each_bin_says():
    basis = BinBasis(num_features=2, num_actions=3, bins=2)
    weights = np.arange(12.0).reshape(2, 2, 3)
    values = basis.values(jnp.asarray(weights.ravel()), jnp.array([0.5, -0.5]))
    np.testing.assert_allclose(values, (weights[0, 1] + weights[1, 0]) / 2)
