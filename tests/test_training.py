"""The training loop: where it is cut leaves no trace; what is not finite stops it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import edgewise
from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.learners.maddpg import Maddpg
from edgewise.training import checkpoint, run
from edgewise.training.program import AbstractProgram
from edgewise.training.programs import Replay, collect
from edgewise.training.run import TrainingError, train

ENV = edgewise.make("server-load-balance", num_users=3, server_cpu_hz=(12e9, 20e9))


@pytest.fixture(autouse=True)
def _rank_promotion():
    """The replay buffer's library promotes ranks."""
    with jax.numpy_rank_promotion("allow"):
        yield


def program(**loop):
    learner = Maddpg(ENV.num_agents, ENV.observation_size, ENV.action_space, hidden=(8,))
    settings = {"num_envs": 2, "capacity": 64, "batch_size": 8, "warmup_slots": 4} | loop
    return Replay(ENV, ENV, learner, 5, **settings)


def start(seeds=(0,)):
    keys = jax.vmap(seed_keys)(jnp.asarray(seeds))
    return keys.training, jax.vmap(lambda key: ENV.reset(key))(keys.layout)


def same(first, second):
    for a, b in zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True):
        np.testing.assert_array_equal(a, b)


class Interrupted(Exception):
    pass


def test_an_interrupted_run_ends_with_the_same_bits(tmp_path, monkeypatch):
    whole = train(program(), *start(), 90, tmp_path / "whole")
    monkeypatch.setattr(run, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(run, "CHUNK_S", 1e-6)

    def stop_once(progress):
        if progress.slot > 40:
            raise Interrupted

    with pytest.raises(Interrupted):
        train(program(), *start(), 90, tmp_path / "cut", stop_once)
    assert (tmp_path / "cut" / "checkpoint.npz").exists()
    resumed = train(program(), *start(), 90, tmp_path / "cut")
    same(whole.carry, resumed.carry)
    same(whole.log, resumed.log)


def test_seeds_together_are_seeds_alone(tmp_path):
    together = train(program(), *start((3, 4)), 30, tmp_path / "both")
    alone = train(program(), *start((4,)), 30, tmp_path / "one")
    np.testing.assert_allclose(together.log["score"][1], alone.log["score"][0], rtol=1e-4)


def test_a_damaged_checkpoint_is_refused_and_left(tmp_path):
    path = tmp_path / "checkpoint.npz"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(UserError, match="damaged"):
        train(program(), *start(), 20, tmp_path)
    assert path.read_bytes() == b"not a checkpoint"


def test_a_checkpoint_of_another_program_is_refused(tmp_path):
    checkpoint.save(tmp_path / "checkpoint.npz", {"a": jnp.zeros(3)}, slots=1, train_s=0.0)
    with pytest.raises(UserError, match="another program"):
        train(program(), *start(), 20, tmp_path)


def test_checkpoints_keep_typed_keys(tmp_path):
    tree = {"key": jax.random.key(7), "count": jnp.asarray(3)}
    checkpoint.save(tmp_path / "c.npz", tree, note="x")
    loaded, facts = checkpoint.load(tmp_path / "c.npz", tree)
    assert facts == {"note": "x"}
    same(jax.random.normal(loaded["key"]), jax.random.normal(tree["key"]))


class Diverging(AbstractProgram):
    """Its score is 1/(30 - t): finite until slot 30."""

    env: eqx.Module

    def init(self, key, state):
        return jnp.zeros(())

    def slot(self, key, carry, t, progress):
        return carry + 1, {"score": 1.0 / (30.0 - t)}

    def scheduler(self, carry):
        raise AssertionError("never finished")


def test_a_number_that_is_not_finite_stops_the_run_and_names_the_slot(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "CHECKPOINT_S", 0.0)
    with pytest.raises(TrainingError, match=r"score is not finite at slot 30; the last good"):
        train(Diverging(ENV), *start(), 100, tmp_path)


def test_a_time_limit_is_a_truncation():
    """At an episode's end the state restarts, while the transition holds what would have come."""
    state = ENV.reset(jax.random.key(0))
    key = jax.random.key(1)
    last = jnp.asarray(4)
    prog = program()
    learned = prog.learner.init(key)
    following, transition, _ = collect(prog, (key, key), learned, state, last, last / 1)
    advance_key, _ = jax.random.split(key)
    decision = ENV.decode(state, transition.action)
    advanced = ENV.advance(advance_key, state, ENV.evaluate(state, decision))
    np.testing.assert_allclose(transition.next_observation, ENV.observe(advanced), rtol=1e-6)
    assert float(following.backlog_cycles.sum()) == 0.0
    assert not np.allclose(following.task_bits, advanced.task_bits)
