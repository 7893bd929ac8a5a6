"""Starting any learner from a teacher: what a scheduler decides on sampled slots is shown, and the
networks by which the agents act are fitted to it before they begin to learn for themselves
(behavioural cloning; as Jiang et al. 2022 start theirs, V-C)."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.check import relabelled
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import rollout
from edgewise.core.search import RATE, Choice, Dimension
from edgewise.core.spaces import Discrete
from edgewise.learners.federated import acting_of
from edgewise.learners.networks import batch_last
from edgewise.training.program import AbstractProgram, Log

Carry = tuple[Any, ...]
Teacher = Callable[[PRNGKeyArray, Any], AbstractScheduler]
"""(key, first state) → who shows what to do."""


class Imitation(AbstractProgram[Carry]):
    """`program`, a loop around a learner, after its acting networks have made `shown_steps` steps
    of Adam on the cross-entropy of the softmax of their numbers, each on `shown_batch` of
    `shown_slots` slots in which the teacher decided."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "shown_slots": Choice((250, 500, 1000)),
        "shown_rate": RATE,
    }

    program: Any
    teacher: Teacher = eqx.field(static=True)
    shown_slots: int = eqx.field(static=True, default=500)
    shown_steps: int = eqx.field(static=True, default=1000)
    shown_batch: int = eqx.field(static=True, default=128)
    shown_rate: float = eqx.field(static=True, default=1e-3)

    def init(self, key: PRNGKeyArray, state: Any) -> Carry:
        program_key, plan_key, world_key, fit_key = jax.random.split(key, 4)
        states, learned, *rest = self.program.init(program_key, state)
        seen, action = self._shown(plan_key, world_key, state)
        return states, self._fitted(fit_key, learned, seen, action), *rest

    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        after: tuple[Carry, Log] = self.program.slot(key, carry, t, progress)
        return after

    def scheduler(self, carry: Carry) -> AbstractScheduler:
        found: AbstractScheduler = self.program.scheduler(carry)
        return found

    def _shown(
        self, plan_key: PRNGKeyArray, world_key: PRNGKeyArray, state: Any
    ) -> tuple[Float[Array, "agents features slots"], Int[Array, "agents slots"]]:
        """The agents' rows, and what they should have done."""
        env, episode_slots = self.program.env, self.program.episode_slots
        teacher = self.teacher(plan_key, state)
        shown = rollout(env, teacher, world_key, state, self.shown_slots, episode_slots)
        seen = batch_last(jax.vmap(env.observe)(shown.state))
        action = jax.vmap(lambda s, d: actions_of(env, s, d))(shown.state, shown.decision)
        return seen, action.T

    def _fitted(self, key: PRNGKeyArray, learned: Any, seen: Array, action: Array) -> Any:
        acts = acting_of(self.program.learner)

        def loss(network: Any, drawn: Array) -> Array:
            raw = jnp.moveaxis(acts.preferences(network, seen[..., drawn]), 1, -1)
            return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(raw, action[:, drawn]))

        adam = optax.adam(self.shown_rate)

        def step(held: tuple, key: PRNGKeyArray) -> tuple[tuple, None]:
            network, moments = held
            drawn = jax.random.randint(key, (self.shown_batch,), 0, self.shown_slots)
            change, moments = adam.update(jax.grad(loss)(network, drawn), moments)
            return (optax.apply_updates(network, change), moments), None

        network, *copies = acts.where(learned)
        keys = jax.random.split(key, self.shown_steps)
        (network, _), _ = jax.lax.scan(step, (network, adam.init(network)), keys)
        return eqx.tree_at(acts.where, learned, (network,) * (1 + len(copies)))


def actions_of(env: AbstractEnv, state: Any, decision: Any) -> Int[Array, " agents"]:
    """The action of each agent that comes nearest to its part of the decision: every action is
    decoded, for all agents at once, and compared. `UserError` where actions are not discrete."""
    if not isinstance(env.action_space, Discrete):
        raise UserError("decisions can be told as actions only where these are discrete")
    actions = jnp.arange(env.action_space.n)
    decoded = jax.vmap(lambda a: env.decode(state, jnp.full(env.num_agents, a)))(actions)
    scale = jax.tree.map(lambda leaf: jnp.maximum(jnp.max(jnp.abs(leaf)), 1e-30), decoded)

    def away(agent: Array, candidate: Any) -> Array:
        """How far an agent's part of a candidate is from its part of the decision."""
        parts = (relabelled(d, env.exchangeable, agent[None]) for d in (candidate, decision))
        apart = jax.tree.map(_apart, *parts, scale)
        return jnp.sum(jnp.stack(jax.tree.leaves(apart)))

    each = jax.vmap(jax.vmap(away, (None, 0)), (0, None))
    return jnp.argmin(each(jnp.arange(env.num_agents), decoded), axis=1)


def _apart(one: Array, other: Array, scale: Array) -> Array:
    """Numbers by their distance over the largest there is, labels by being others."""
    if jnp.issubdtype(one.dtype, jnp.inexact):
        return jnp.sum(jnp.abs(one - other)) / scale
    return jnp.sum((one != other).astype(float))
