"""Training through the equations: the slope of what a slot is worth, by way of `decode` and
`evaluate`, in the weights of every agent's policy.

No critic has to be learned, since the environment is its own: the interference that one agent's
power makes at another is differentiated exactly. Training is central; the policies act on their
own rows. What is spent may be limited: a price on spending rises while more is spent than a
reference scheduler spends on the same slots, and falls while it is less.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised
from edgewise.core.search import RATE, Dimension, Range
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward

Scalar = Float[Array, ""]


class Carry(eqx.Module):
    """Copies of the environment on one layout, the policies, and the price of spending."""

    states: Any
    policies: AbstractPolicy
    moments: Any
    price: Scalar


class Pathwise(AbstractProgram[Carry]):
    """`worth(env, state, outcome)` is (what is gained, what is spent) in a slot, differentiable;
    gain less price times spending is climbed by Adam on `num_envs` slots at once. `start(key)` is
    one agent's policy before training. `limit` times the spending of `reference` is allowed."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "rate": RATE,
        "limit": Range(0.5, 1.5),
        "first_price": Range(0.1, 10.0, log=True),
        "price_rate": Range(1e-3, 0.1, log=True),
    }

    env: AbstractEnv
    score_env: AbstractEnv
    reference: AbstractScheduler
    start: Callable[[PRNGKeyArray], AbstractPolicy] = eqx.field(static=True)
    worth: Callable[[Any, Any, Any], tuple[Scalar, Scalar]] = eqx.field(static=True)
    episode_slots: int = eqx.field(static=True)
    num_envs: int = eqx.field(static=True, default=16)
    rate: float = eqx.field(static=True, default=3e-3)
    limit: float = eqx.field(static=True, default=1.0)
    first_price: float = eqx.field(static=True, default=1.0)
    price_rate: float = eqx.field(static=True, default=0.01)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    def init(self, key: PRNGKeyArray, state: Any) -> Carry:
        policy_key, restart_key = jax.random.split(key)
        policies = eqx.filter_vmap(self.start)(jax.random.split(policy_key, self.env.num_agents))
        keys = jax.random.split(restart_key, self.num_envs)
        states = jax.vmap(lambda key: self.env.restart(key, state))(keys)
        moments = optax.scale_by_adam().init(policies)
        return Carry(states, policies, moments, jnp.asarray(self.first_price))

    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        decide_key, world_key = jax.random.split(key)
        keys = jax.random.split(decide_key, self.num_envs)

        def loss(policies: AbstractPolicy) -> tuple[Array, tuple[Any, Any, Array]]:
            decisions = jax.vmap(lambda key, state: self._decided(policies, key, state))(
                keys, carry.states
            )
            outcomes = jax.vmap(self.env.evaluate)(carry.states, decisions)
            gained, spent = jax.vmap(lambda s, o: self.worth(self.env, s, o))(
                carry.states, outcomes
            )
            gained, spent = jnp.mean(gained), jnp.mean(spent)
            return carry.price * spent - gained, (decisions, outcomes, spent)

        slope, (decisions, outcomes, spent) = jax.grad(loss, has_aux=True)(carry.policies)
        direction, moments = optax.scale_by_adam().update(slope, carry.moments)
        step = self.rate * (1.0 - progress)
        policies = jax.tree.map(lambda w, d: w - step * d, carry.policies, direction)

        allowed = self.limit * self._reference_spends(keys, carry.states)
        price = carry.price * jnp.exp(self.price_rate * jnp.clip(spent / allowed - 1.0, -1.0, 1.0))
        watched = jax.vmap(self._watched)(carry.states, decisions)
        log = {**jax.tree.map(jnp.mean, watched), "price": price, "spent": spent / allowed}
        states = self._following(world_key, carry.states, outcomes, t)
        return Carry(states, policies, moments, price), log

    def scheduler(self, carry: Carry) -> AbstractScheduler:
        return Decentralised(carry.policies)

    def _decided(self, policies: AbstractPolicy, key: PRNGKeyArray, state: Any) -> Any:
        return Decentralised(policies).decide(self.env, key, state, None)[0]

    def _watched(self, state: Any, decision: Any) -> Log:
        return self.watch(self.score_env, state, decision, self.score_env.evaluate(state, decision))

    def _reference_spends(self, keys: Key[Array, " envs"], states: Any) -> Scalar:
        """The mean spending of the reference in these very slots."""

        def spends(key: PRNGKeyArray, state: Any) -> Scalar:
            decision, _ = self.reference.decide(
                self.env, key, state, self.reference.start(self.env)
            )
            return self.worth(self.env, state, self.env.evaluate(state, decision))[1]

        return jnp.mean(jax.vmap(spends)(keys, states))

    def _following(self, key: PRNGKeyArray, states: Any, outcomes: Any, t: Array) -> Any:
        """The next slots; at the end of an episode, new episodes."""
        advance_keys, restart_keys = jax.random.split(key, (2, self.num_envs))
        advanced = jax.vmap(self.env.advance)(advance_keys, states, outcomes)
        if self.episode_slots == 0:
            return advanced
        restarted = jax.vmap(self.env.restart)(restart_keys, states)
        last = (t + 1) % self.episode_slots == 0
        return jax.tree.map(lambda new, old: jnp.where(last, new, old), restarted, advanced)
