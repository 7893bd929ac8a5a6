"""Three small problems whose best answer is known, for any learner of discrete actions to solve:
see who acts, agree with another, wait for what an action brings (after bsuite, Osband et al. 2020).

Two agents with three actions meet all three in one environment: which one it is stands in the
state, so that a learner is compiled once and climbs them, and several seeds, side by side.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import booleans, floats, integers
from edgewise.core.rollout import rollout
from edgewise.core.spaces import Discrete
from edgewise.training.program import AbstractProgram

RUNGS = ("bandit", "matching", "queue")
BEST = {"bandit": 1.0, "matching": 1.0, "queue": 0.0}
"""Mean reward of a slot under the best policy."""
WORTH = 0.5
"""Of meeting at the wrong place, and of taking a task, whose cost of 1 comes two slots later."""
EVALUATED_SLOTS = 32


class State(eqx.Module):
    """Which problem it is; what each agent is shown; whose queue has a task in its first place, and
    in its second, where it costs."""

    rung: Int[Array, ""] = integers()
    cue: Bool[Array, " agents"] = booleans()
    waiting: Bool[Array, " agents"] = booleans()
    due: Bool[Array, " agents"] = booleans()


class Decision(eqx.Module):
    """An action each, 0, 1 or 2."""

    action: Int[Array, " agents"] = integers()


class Outcome(eqx.Module):
    """What each agent gets, and who took a task."""

    reward: Float[Array, " agents"] = floats()
    taken: Bool[Array, " agents"] = booleans()


class Ladder(AbstractEnv[State, Decision, Outcome]):
    """bandit: an agent that is shown something gets 1 for action 2, and for action 0 if it is not.
    matching: both get 1 if both choose 2, and `WORTH` if both choose 0. queue: action 0 takes a
    task for `WORTH`, which costs 1 in the slot after the next; who looks ahead takes none."""

    exchangeable: ClassVar[str] = "agents"

    @property
    def num_agents(self) -> int:
        return 2

    @property
    def action_space(self) -> Discrete:
        return Discrete(3)

    @property
    def observation_size(self) -> int:
        return 3

    def reset(self, key: PRNGKeyArray) -> State:
        rung_key, cue_key = jax.random.split(key)
        rung = jax.random.randint(rung_key, (), 0, len(RUNGS))
        return self.at(cue_key, rung)

    def at(self, key: PRNGKeyArray, rung: Int[Array, ""]) -> State:
        """The first slot on this rung."""
        nobody = jnp.zeros(self.num_agents, bool)
        return State(rung, self._cues(key), nobody, nobody)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        return self.at(key, state.rung)

    def observe(self, state: State) -> Float[Array, "agents features"]:
        """Cue, first place, second place: -1 for no, 1 for yes."""
        seen = jnp.stack([state.cue, state.waiting, state.due], axis=-1)
        return jnp.where(seen, 1.0, -1.0)

    def decode(self, state: State, action: Int[Array, " agents"]) -> Decision:
        return Decision(jnp.clip(action, 0, 2))

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        action = decision.action
        taken = action == 0
        met = jnp.all(action == 2) + WORTH * jnp.all(action == 0)
        each = jnp.stack(
            [
                jnp.where(action == jnp.where(state.cue, 2, 0), 1.0, 0.0),
                jnp.broadcast_to(met, action.shape),
                WORTH * taken - state.due,
            ]
        )
        return Outcome(each[state.rung], taken)

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        return State(state.rung, self._cues(key), outcome.taken, state.waiting)

    def _cues(self, key: PRNGKeyArray) -> Bool[Array, " agents"]:
        return jax.random.bernoulli(key, 0.5, (self.num_agents,))


def climbed(
    program_of: Callable[[Ladder], AbstractProgram], slots: int, seeds: int = 2
) -> dict[str, list[float]]:
    """What every seed ends with on every rung, as a mean reward: `BEST` is what it should be."""
    env = Ladder()
    rungs = jnp.repeat(jnp.arange(len(RUNGS)), seeds)
    keys = jax.random.split(jax.random.key(0), len(rungs))
    scores = np.asarray(_climb(env, program_of(env), keys, rungs, jnp.asarray(slots)))
    return {rung: scores[seeds * i :][:seeds].tolist() for i, rung in enumerate(RUNGS)}


@eqx.filter_jit
def _climb(
    env: Ladder, program: AbstractProgram, keys: Key[Array, " runs"], rungs: Array, slots: Array
) -> Float[Array, " runs"]:
    def one(key: PRNGKeyArray, rung: Array) -> Array:
        start_key, train_key, score_key = jax.random.split(key, 3)
        state = env.at(start_key, rung)

        def slot(t: Array, carry: Any) -> Any:
            return program.slot(jax.random.fold_in(train_key, t), carry, t, t / slots)[0]

        carry = jax.lax.fori_loop(0, slots, slot, program.init(train_key, state))
        seen = rollout(env, program.scheduler(carry), score_key, state, EVALUATED_SLOTS)
        return jnp.mean(seen.outcome.reward)

    return jax.vmap(one)(keys, rungs)
