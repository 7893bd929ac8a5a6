"""What the conformance kit says of schemes and learners that lack something."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from tiny import SCENARIO, Constant, Drift

import edgewise
from edgewise.core.check import ConformanceError
from edgewise.learners.learner import AbstractLearner
from edgewise.scenarios.server_load_balance.env import Decision
from edgewise.training.programs import Online, Replay

ENV = SCENARIO.env(num_users=3)


class Scheduler(edgewise.AbstractScheduler):
    """Nobody offloads: what the others break."""

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.zeros(3, int)), memory


class Bare(edgewise.AbstractScheduler):
    """Has no method."""


class Alone(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.zeros(3, int))


class Short(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.zeros(2, int)), memory


class Undecided(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return jnp.zeros(3, int), memory


class Far(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.full(3, 6)), memory


class Branching(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.full(3, 1 if state.gain[0] > 0 else 2)), memory


class Converting(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.asarray(np.argsort(np.asarray(state.gain)))), memory


class Growing(Scheduler):
    def start(self, env: Any) -> Any:
        return jnp.zeros(1)

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.zeros(3, int)), jnp.zeros(2)


class Infinite(Growing):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return Decision(server=jnp.zeros(3, int)), memory / 0.0


class Raising(Scheduler):
    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        raise ValueError("nothing to decide\nat all")


RAISES = Raising.decide.__code__.co_firstlineno + 1


class Peeking(Scheduler):
    KNOWLEDGE = "local"

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        most = jnp.sum(env.observe(state)) > 0
        return env.decode(state, jnp.full(3, most.astype(int))), memory


class Looking(Peeking):
    """At its own row alone."""

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return env.decode(state, (env.observe(state)[:, 0] > 0).astype(int)), memory


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        (Bare, "Can't instantiate abstract class Bare"),
        (Alone, "decide: it gives Decision, not a decision and a memory"),
        (Short, "decide: its decision's server is int32(2,), that of env.decode int32(3,)"),
        (Undecided, "decide: its decision is ArrayImpl, env.decode gives Decision"),
        (Far, "decide: its decision's server lies in 6..6, that of env.decode in 0..5"),
        (Branching, "in decide: TracerBoolConversionError"),
        (Converting, "in decide: TracerArrayConversionError"),
        (Growing, "memory: it was float32(1,) and becomes float32(2,)"),
        (Infinite, "memory: it is not finite"),
        (Raising, f"test_check_scheme.py, line {RAISES}, in decide: ValueError: nothing to decide"),
        (Peeking, "it is said to know its own observation alone"),
        (int, "the class int is none that decides or learns"),
        (3, "it is of type int"),
        (lambda env: 3, "gives int: name a scheduler"),
    ],
)
def test_what_a_scheme_lacks_is_told_in_a_line(scheme: Any, told: str) -> None:
    with pytest.raises(ConformanceError) as error:
        edgewise.check_scheme(scheme, ENV, slots=1)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    if scheme in (Branching, Converting):
        assert "it cannot be compiled (use jnp and jax.lax" in str(error.value)


@pytest.mark.parametrize(
    "scheme",
    [Scheduler, Looking, Constant(jnp.asarray(1)), SCENARIO.scheme("coin"), Drift],
)
def test_what_keeps_the_contract_passes(scheme: Any) -> None:
    edgewise.check_scheme(scheme, ENV, slots=2)


class Learner(AbstractLearner):
    """Counts what it has lived through: what the others break."""

    LOOP = Online

    @classmethod
    def of(cls, env: Any) -> "Learner":
        return cls()

    def init(self, key: Any) -> Any:
        return jnp.zeros(())

    def act(self, key: Any, learned: Any, observation: Any, progress: Any) -> Any:
        return jnp.zeros(3, int)

    def update(self, key: Any, learned: Any, experience: Any, progress: Any) -> Any:
        return learned + 1.0, {"loss": jnp.mean(experience.reward)}

    def scheduler(self, learned: Any) -> Any:
        return Scheduler()


class Wide(Learner):
    def act(self, key: Any, learned: Any, observation: Any, progress: Any) -> Any:
        return jnp.zeros((3, 1))


class Beyond(Learner):
    def act(self, key: Any, learned: Any, observation: Any, progress: Any) -> Any:
        return jnp.full(3, 6)


class Worded(Learner):
    def init(self, key: Any) -> Any:
        return {"name": "q", "value": jnp.zeros(())}


class Forgetting(Learner):
    def update(self, key: Any, learned: Any, experience: Any, progress: Any) -> Any:
        return None, {}


class Chatty(Learner):
    def update(self, key: Any, learned: Any, experience: Any, progress: Any) -> Any:
        return learned, {"rewards": experience.reward}


class Diverging(Learner):
    def update(self, key: Any, learned: Any, experience: Any, progress: Any) -> Any:
        return learned / 0.0, {}


class Mute(Learner):
    def scheduler(self, learned: Any) -> Any:
        return learned


class Wrong(Learner):
    def scheduler(self, learned: Any) -> Any:
        return Short()


class Scoreless(Drift):
    def slot(self, key: Any, carry: Any, t: Any, progress: Any) -> Any:
        return carry, {"loss": jnp.zeros(())}


@pytest.mark.parametrize(
    ("learner", "told"),
    [
        (Wide, "act: it gives float32(3, 1), for 3 agents with actions Discrete(n=6)"),
        (Beyond, "act: actions lie in 6..6, allowed 0..5"),
        (Worded, "init: ['name'] is str, no array"),
        (Forgetting, "update: what is known was ArrayImpl and becomes nothing"),
        (Chatty, "the log's 'rewards' is float32(3,), no real scalar"),
        (Diverging, "update: what is known: it is not finite"),
        (Mute, "no AbstractScheduler"),
        (Wrong, "decide: its decision's server is int32(2,)"),
        (Scoreless, "slot: the log has no 'score'"),
        (Scheduler, "Scheduler does not learn: check_scheme is for what decides"),
    ],
)
def test_what_a_learner_lacks_is_told_in_a_line(learner: Any, told: str) -> None:
    with pytest.raises(ConformanceError) as error:
        edgewise.check_learner(learner, ENV)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_learner_that_keeps_the_contract_passes() -> None:
    edgewise.check_learner(Learner, ENV)
    edgewise.check_scheme(lambda env: Learner(), ENV)


class FromReplay(Learner):
    """Lives through batches, as learners do that name no loop."""

    LOOP = Replay

    def update(self, key: Any, learned: Any, experience: Any, progress: Any) -> Any:
        return learned, {"shape": jnp.zeros(experience.reward.shape)}


def test_a_learner_is_given_what_its_loop_gives() -> None:
    with pytest.raises(ConformanceError, match=r"'shape' is float32\(4, 3\)"):
        edgewise.check_learner(FromReplay, ENV)
