"""Schemes that do not learn. Each works from a belief about the rate of a unit: the nominal k that
every server is told, or the true k that nobody could measure."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.blind import WeightedDraw
from edgewise.baselines.lyapunov import drift_plus_penalty_weight, virtual_queue_after
from edgewise.baselines.social_welfare import proportional_shares
from edgewise.baselines.stackelberg import Market, deferred_acceptance, equilibrium
from edgewise.baselines.unit_allocation import best_on_grid, most_benefit
from edgewise.core.certificate import AbstractReference, Certificate, optimal
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.physics.sharing import whole_units
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, Decision, State

Env = ApplicationUtilityEnv
Belief = Literal["nominal", "true"]
Rates = Float[Array, "apps servers"]
Memory = tuple[Rates, Rates]


def believed_rate_rps(env: Env, state: State, belief: Belief) -> Rates:
    """q of (4), with the nominal or the true service rate."""
    if belief == "true":
        return env.rate_per_unit_rps(state, state.service_rate_rps)
    return env.rate_per_unit_rps(state, env.nominal_rate_rps)


def random_actions(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    """Every server draws one of its actions."""
    return WeightedDraw(jnp.ones(env.action_space.n))


class EqualSplit(AbstractScheduler[Env, State, Decision, None]):
    """A third of every server for each application, in whole units."""

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        third = state.capacity_units[None, :] / jnp.full(state.arrival_rps.shape, len(env.gain))
        return Decision(whole_units(third, state.capacity_units, env.priority)), memory

    def alone(self, env: Env, state: State, agent: int) -> AbstractScheduler:
        return self


class SocialWelfare(AbstractScheduler[Env, State, Decision, None]):
    """SW: maximises Σ_a w_a log u_aj under the capacity alone, at every server.

    The weights are equal: unequal ones would be unfair by the measure (36) itself.
    """

    belief: Belief = eqx.field(static=True)

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        need = units_needed(state.arrival_rps, believed_rate_rps(env, state, self.belief))
        capacity = state.capacity_units.astype(need.dtype)
        share = proportional_shares(need, jnp.ones_like(env.gain), capacity)
        return Decision(whole_units(share, state.capacity_units, env.priority)), memory

    def alone(self, env: Env, state: State, agent: int) -> AbstractScheduler:
        return super().alone(env, state, agent) if self.belief == "true" else self


class ThreeTier(AbstractScheduler[Env, State, Decision, None]):
    """TRA: at every server a Stackelberg game between the server, which sets prices, and one
    operator per application, whose willingness to pay is the application's priority times its
    gain; then whole units are matched to operators."""

    belief: Belief = eqx.field(static=True)

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        market = self.market(env, state)
        price, units = equilibrium(market)
        matched = deferred_acceptance(price, units, state.capacity_units, env.priority)
        return Decision(matched), memory

    def alone(self, env: Env, state: State, agent: int) -> AbstractScheduler:
        raise UserError("operators answer a server's prices: it takes their messages")

    def market(self, env: Env, state: State) -> Market:
        """What is traded in this epoch."""
        need = units_needed(state.arrival_rps, believed_rate_rps(env, state, self.belief))
        capacity = state.capacity_units.astype(need.dtype)
        return Market(env.priority * env.gain, state.arrival_rps, need, capacity)


class DriftPlusPenalty(AbstractScheduler[Env, State, Decision, Rates]):
    """ECF: maximises V·utility minus the drift of priority-weighted virtual queues, in whole
    units, exactly. A queue grows while an application is served less than `target_share` of its
    requests at a server; what was served is measured, whatever is believed of the rates. V and
    the target are those of the highest network utility on seeds 0-2 (README)."""

    belief: Belief = eqx.field(static=True)
    utility_weight: float = eqx.field(static=True, default=10_000.0)
    target_share: float = eqx.field(static=True, default=0.3)

    def start(self, env: Env) -> Rates:
        return jnp.zeros((len(env.gain), env.num_servers))

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: Rates
    ) -> tuple[Decision, Rates]:
        weight = drift_plus_penalty_weight(memory, env.priority, env.gain, self.utility_weight)
        rate_rps = believed_rate_rps(env, state, self.belief)
        decision = Decision(
            most_benefit(weight, rate_rps, state.arrival_rps, state.capacity_units, env.priority)
        )
        served_rps = env.evaluate(state, decision).served_rps
        return decision, virtual_queue_after(
            memory, state.arrival_rps, served_rps, self.target_share
        )

    def alone(self, env: Env, state: State, agent: int) -> AbstractScheduler:
        return super().alone(env, state, agent) if self.belief == "true" else OwnQueues(self)


class OwnQueues(AbstractScheduler[Env, State, Decision, Memory]):
    """Drift plus penalty at one server, which counts what it has served: its state is a
    `CountedState`. The memory holds the queues, and the requests of the epoch before."""

    rule: DriftPlusPenalty

    def start(self, env: Env) -> Memory:
        empty = self.rule.start(env)
        return empty, empty

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: Memory
    ) -> tuple[Decision, Memory]:
        assert isinstance(state, CountedState)
        assert state.served_rps is not None
        queue, arrival_rps = memory
        queue = virtual_queue_after(queue, arrival_rps, state.served_rps, self.rule.target_share)
        decision, _ = self.rule.decide(env, key, state, queue)
        return decision, (queue, state.arrival_rps)


class CountedState(State):
    """An epoch in which servers know what they served in the one before."""

    served_rps: Rates | None = None


class Optimum(AbstractReference[Env, State, Decision, None]):
    """The decision of the largest Σu in this epoch, from the true rates."""

    def certificate(self, env: Env, seen: Trajectory) -> Certificate:
        return optimal(seen)

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        rate_rps = believed_rate_rps(env, state, "true")
        weight = jnp.broadcast_to(env.gain[:, None], rate_rps.shape)
        return Decision(
            most_benefit(weight, rate_rps, state.arrival_rps, state.capacity_units, env.priority)
        ), memory


class GridOptimum(AbstractScheduler[Env, State, Decision, None]):
    """The action of the largest Σu in this epoch among those that the learners choose from."""

    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        rate_rps = believed_rate_rps(env, state, "true")

        def of_action(action: Int[Array, ""]) -> tuple[Array, Array]:
            units = env.decode(state, jnp.full(env.num_servers, action)).units
            served_rps = jnp.minimum(state.arrival_rps, units * rate_rps)
            return jnp.sum(env.gain[:, None] * served_rps, axis=0), units

        benefit, units = jax.vmap(of_action)(jnp.arange(env.action_space.n))
        return Decision(best_on_grid(benefit, units)), memory


def units_needed(arrival_rps: Rates, rate_per_unit_rps: Rates) -> Rates:
    """λ/q, the units that would serve all requests; 0 where no unit can serve any."""
    useful = rate_per_unit_rps > 0
    return jnp.where(useful, arrival_rps / jnp.where(useful, rate_per_unit_rps, 1.0), 0.0)
