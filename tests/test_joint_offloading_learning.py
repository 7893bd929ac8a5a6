"""What DIRS is made of: the demonstrations' replay, imitation, the ensemble, its rivals."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import edgewise
from edgewise.core.rollout import rollout
from edgewise.learners.actor_critic import ActorCritic
from edgewise.learners.central import Central
from edgewise.learners.demonstrations import DemonstrationReplay
from edgewise.learners.ensemble import Ensemble, Example
from edgewise.learners.imitation import squared_norm
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.scenarios.joint_offloading.schemes.dirs import Dirs
from edgewise.scenarios.joint_offloading.schemes.placing import flipped, objective_of
from edgewise.scenarios.joint_offloading.schemes.schedulers import RandomPlacement
from edgewise.training.run import train


def test_demonstrations_stay_and_the_ring_turns():
    replay = DemonstrationReplay(capacity=5, demonstrations=2)
    memory = replay.start(jnp.array([10.0, 20.0]))
    for value in range(5):
        memory = replay.add(memory, jnp.asarray(float(value)))
    assert memory.rows.tolist() == [10.0, 20.0, 3.0, 4.0, 2.0]


def test_priorities_by_hand():
    """(|δ| + ε)^0.5 with ε 0.08 and 0.02: √0.09, √0.16, √0.04 of 0.3 + 0.4 + 0.2 = 0.9."""
    replay = DemonstrationReplay(capacity=4, demonstrations=2)
    memory = replay.add(replay.start(jnp.zeros(2)), jnp.zeros(()))
    memory = replay.noted(memory, jnp.array([0, 1, 2]), jnp.array([0.01, -0.08, 0.02]))
    np.testing.assert_allclose(replay.probabilities(memory), [3 / 9, 4 / 9, 2 / 9, 0.0], rtol=1e-5)
    drawn = np.asarray(replay.sample(jax.random.key(0), memory, 9000))
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 1000, [3, 4, 2, 0], atol=0.2)
    urgent = replay.add(memory, jnp.zeros(()))
    np.testing.assert_allclose(urgent.change, [0.01, 0.08, 0.02, 0.08])


def test_a_memory_without_demonstrations_draws_what_is_there():
    replay = DemonstrationReplay(capacity=4, demonstrations=0)
    memory = replay.add(replay.start(jnp.zeros((0, 3))), jnp.ones(3))
    assert replay.sample(jax.random.key(1), memory, 50).tolist() == [0] * 50


def test_too_many_demonstrations_are_refused():
    with pytest.raises(ValueError, match="leaves no room"):
        DemonstrationReplay(capacity=8, demonstrations=8)


def examples(key, count=200):
    """Two agents; a task goes to the agent whose own number for it is positive, else nowhere."""
    observation = jax.random.normal(key, (count, 2, 3))
    first, second = observation[:, 0] > 0.4, observation[:, 1] > 0.4
    return Example(observation, jnp.where(first, 1, jnp.where(second & ~first, 2, 0)))


def test_update_is_one_step_of_adam_on_the_loss_of_17():
    """The first step of Adam moves every weight by the rate against its slope; the slope by
    finite differences of a plain NumPy loss."""
    ensemble = Ensemble(2, 3, 3, hidden=(4,), rate=1e-3, l2=0.1)
    learned = ensemble.init(jax.random.key(0))
    batch = examples(jax.random.key(1), 6)
    shown = jnp.array([True, True, False, False, False, False])

    def plain_entropy(network, j):
        (w1, b1), (w2, b2) = ((layer.weight[j], layer.bias[j]) for layer in network)
        hidden = np.maximum(np.asarray(batch.observation)[:, j] @ w1.T + b1, 0.0)
        chance = 1 / (1 + np.exp(-(hidden @ w2.T + b2)))
        label = np.asarray(batch.placement) == j + 1
        return -np.where(label, np.log(chance), np.log(1 - chance)).mean(axis=1)

    def plain_loss(network):
        total = np.zeros(2)
        for j in range(2):
            entropy = plain_entropy(network, j)
            norm = sum((part[j] ** 2).sum() for layer in network for part in jax.tree.leaves(layer))
            total[j] = entropy[:2].mean() + entropy[2:].mean() + 0.1 * norm
        return total

    network = jax.tree.map(lambda leaf: np.asarray(leaf, dtype=float), learned.network)
    after, losses, change = jax.jit(ensemble.update)(learned, batch, shown)
    np.testing.assert_allclose(losses, plain_loss(network), rtol=1e-5)
    new = jax.tree.map(lambda leaf: np.asarray(leaf, dtype=float), after.network)
    changed = [plain_entropy(new, j) - plain_entropy(network, j) for j in range(2)]
    np.testing.assert_allclose(change, np.mean(changed, axis=0), rtol=1e-3, atol=1e-6)
    assert np.min(np.abs(change)) > 1e-5
    for at in ((0, 1, 2), (1, 3, 0), (1, 0, 1)):
        step = np.zeros_like(network[0].weight)
        step[at] = 1e-4
        up, down = (
            (
                eqx.tree_at(
                    lambda layer: layer.weight, network[0], network[0].weight + sign * step
                ),
                network[1],
            )
            for sign in (1, -1)
        )
        slope = (plain_loss(up) - plain_loss(down)).sum() / 2e-4
        moved = float(after.network[0].weight[at]) - network[0].weight[at]
        assert moved == pytest.approx(-1e-3 * np.sign(slope), rel=1e-2)


def test_squared_norm_by_hand():
    network = Ensemble(2, 1, 1, hidden=(1,)).init(jax.random.key(0)).network
    constant = jax.tree.map(lambda leaf: jnp.full_like(leaf, 2.0), network)
    assert squared_norm(constant).tolist() == [16.0, 16.0]  # two weights, two biases, each 2²


def test_imitation_learns_the_rule_from_demonstrations():
    ensemble = Ensemble(2, 3, 3, hidden=(32, 32), rate=1e-2, l2=1e-5)
    unseen = examples(jax.random.key(3), 50)

    @jax.jit
    def taught(key):
        learned, losses = ensemble.pretrained(
            key, ensemble.init(key), examples(jax.random.key(2)), 300, 64
        )
        return jax.vmap(lambda row: ensemble.wishes(learned, row))(unseen.observation), losses

    wishes, losses = taught(jax.random.key(0))
    first = np.asarray(unseen.observation[:, 0] > 0.4)
    assert np.mean((np.asarray(wishes[:, 0]) > 0.5) == first) > 0.95
    assert np.all(losses[-1] < 0.5 * losses[0])


def small():
    return edgewise.make("joint-offloading", num_devices=6, num_servers=2)


def test_flips_never_make_it_worse():
    env = small()
    state = eqx.filter_jit(env.reset)(jax.random.key(0))
    placement = jnp.array([0, 1, 2, 0, 1, 2])
    objective = objective_of(env, state)

    def after_a_flip(key, flips):
        return objective(flipped(env, key, state, placement, flips, 0.5))

    keys = jax.random.split(jax.random.key(1), 50)
    once, often = (jax.jit(jax.vmap(lambda key, n=n: after_a_flip(key, n)))(keys) for n in (1, 20))
    assert bool(jnp.all(once <= objective(placement)))
    assert float(jnp.min(once)) < float(objective(placement))
    assert float(jnp.mean(often)) < float(jnp.mean(once))


@pytest.mark.parametrize("search", ["levy", "flips"])
def test_what_the_search_made_of_the_vote_is_stored(search):
    """Algorithm 3: agents learn from the refined placement, which costs less than their vote."""
    env = small()
    program = Dirs(env, env, capacity=8, demonstrations=0, online_search=search)
    state = eqx.filter_jit(env.reset)(jax.random.key(0))

    @eqx.filter_jit
    def one_slot(program, key):
        carry = program.init(key, state)
        voted = env.decode(state, program.ensemble.wishes(carry.learned, env.observe(state)))
        after, log = program.slot(key, carry, jnp.zeros((), int), jnp.zeros(()))
        return voted.server, after.memory.rows.placement[0], log["refined_score"]

    voted, stored, score = one_slot(program, jax.random.key(4))
    objective = objective_of(env, state)
    assert float(objective(stored)) < float(objective(voted))
    assert float(objective(stored)) == pytest.approx(1 / float(score), rel=1e-5)


def test_training_gives_agents_that_beat_chance(tmp_path):
    env = small()
    program = Dirs(env, env, capacity=128, demonstrations=64, demonstration_evaluations=100)
    state = eqx.filter_jit(env.reset)(jax.random.key(0))
    keys, states = jax.random.key(1)[None], jax.tree.map(lambda leaf: leaf[None], state)
    trained = train(program, keys, states, 60, tmp_path)
    assert {"score", "refined_score", "loss_1", "loss_2"} <= set(trained.log)
    assert np.all(trained.log["refined_score"] >= trained.log["score"] * (1 - 1e-5))
    learned = program.scheduler(jax.tree.map(lambda leaf: leaf[0], trained.carry))

    @eqx.filter_jit
    def reward(scheduler):
        return jnp.mean(rollout(env, scheduler, jax.random.key(2), state, 100).outcome.reward)

    assert float(reward(learned)) > 1.2 * float(reward(RandomPlacement()))


def test_actor_critic_finds_the_best_options():
    """Three choices of two options; each pays its own sum, told only as one number."""
    learner = ActorCritic(2, 3, 2, hidden=(16,), actor_rate=1e-2, entropy_weight=0.0)
    pays = jnp.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    seen = jnp.ones(2)

    def step(learned, key):
        chosen = learner.sample(key, learned, seen, 8)
        reward = jnp.sum(jnp.take_along_axis(pays[None], chosen[..., None], 2)[..., 0], axis=1)
        return learner.update(learned, seen, chosen, reward, jnp.zeros(()))[0], None

    start = learner.init(jax.random.key(0))
    keys = jax.random.split(jax.random.key(1), 300)
    learned, _ = jax.lax.scan(step, start, keys)
    chances = jnp.exp(learner.log_chances(learned.actor, seen))
    assert jnp.argmax(chances, axis=1).tolist() == [1, 0, 1]
    assert float(jnp.min(jnp.max(chances, axis=1))) > 0.9


class Echo(AbstractLearner):
    """Acts what it sees, keeps what it is told."""

    def init(self, key):
        return None

    def act(self, key, learned, observation, progress):
        return observation

    def update(self, key, learned, experience, progress):
        return experience, {}

    def scheduler(self, learned):
        raise AssertionError("an echo is never asked to schedule")


def test_central_joins_rows_and_splits_actions():
    central = Central(Echo(), 2)
    rows = jnp.arange(6.0).reshape(2, 3)
    key, now = jax.random.key(0), jnp.zeros(())
    np.testing.assert_array_equal(central.act(key, None, rows, now), rows)
    lived = Transition(rows[None], rows[None], jnp.array([[1.0, 3.0]]), rows[None])
    joined, _ = central.update(key, None, lived, now)
    assert joined.observation.tolist() == [[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]]]
    assert joined.reward.tolist() == [[2.0]]
