"""How near the optimum the learners' view of the world reaches at all, whatever learns on it.

With the true rates, the rewards of all 15 actions in thousands of epochs are known. They are fitted
without learning, per reduced state (a table) or by the basis functions (least squares), for each
server or for all servers together; the best action of each fit is then played. What such a fit
misses of the optimum is the price of the view: no step size and no exploration earns it back.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler, Decentralised
from edgewise.core.rollout import rollout
from edgewise.core.seeding import seed_keys
from edgewise.learners.linear_q import AbstractBasis, GreedyLinear
from edgewise.runs.sweep import QUICK_SLOTS
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, State
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters
from edgewise.scenarios.application_utility.schemes.basis import (
    LEVELS,
    DemandShareBasis,
    StateActionTable,
    reduced_state,
)
from edgewise.scenarios.application_utility.schemes.schedulers import GridOptimum, Optimum

FITTED_EPOCHS = 3000
PLAYED_EPOCHS = 300
STATES = int(np.prod(LEVELS))
Sums = np.ndarray
"""Totals per server, reduced state and action."""
Carry = tuple[State, Float[Array, "servers states actions"], Float[Array, "servers states"]]


def reach(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Per seed: how far the play of each fit stays behind the optimum [%]."""
    epochs = QUICK_SLOTS if quick else FITTED_EPOCHS
    rows = [_gaps(seed, epochs) for seed in seeds]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _gaps(seed: int, epochs: int) -> dict[str, float]:
    env = ApplicationUtilityEnv.from_parameters(ApplicationUtilityParameters())
    keys = seed_keys(seed)
    start = env.reset(keys.layout)
    total, visits = (
        np.asarray(x, float) for x in rewards_met(env, keys.training, start, jnp.asarray(epochs))
    )
    table, basis = StateActionTable(env.grid_levels), DemandShareBasis(env.grid_levels)
    every_total, every_visits = total.sum(axis=0, keepdims=True), visits.sum(axis=0, keepdims=True)
    played: dict[str, AbstractScheduler] = {
        "15 actions": GridOptimum(),
        "648 states, a table per server": _greedy(env, table, table_fit(total, visits)),
        "75 functions, ϑ per server": _greedy(env, basis, basis_fit(basis, total, visits)),
        "648 states, one table": _greedy(env, table, table_fit(every_total, every_visits)),
        "75 functions, one ϑ": _greedy(env, basis, basis_fit(basis, every_total, every_visits)),
    }
    best = _utility(env, Optimum(), keys.evaluation, start)
    return {
        name: 100 * (1 - _utility(env, scheduler, keys.evaluation, start) / best)
        for name, scheduler in played.items()
    }


@eqx.filter_jit
def rewards_met(
    env: ApplicationUtilityEnv, key: PRNGKeyArray, start: State, epochs: Array
) -> tuple[Float[Array, "servers states actions"], Float[Array, "servers states"]]:
    """Totals of the reward of every action in every reduced state, and visits to each, while the
    best action of the grid is played."""
    servers, strides = jnp.arange(env.num_servers), jnp.asarray(np.cumprod([1, *LEVELS[:-1]]))
    actions = jnp.arange(env.action_space.n)

    def reward_of(state: State, action: Array) -> Float[Array, " servers"]:
        decision = env.decode(state, jnp.full(env.num_servers, action))
        return env.evaluate(state, decision).reward

    def epoch(t: Array, carry: Carry) -> Carry:
        state, total, visits = carry
        code = jnp.sum(jax.vmap(reduced_state)(env.observe(state)) * strides[None], axis=1)
        rewards = jax.vmap(reward_of, in_axes=(None, 0))(state, actions)
        decision, _ = GridOptimum().decide(env, key, state, None)
        following = env.advance(jax.random.fold_in(key, t), state, env.evaluate(state, decision))
        return (
            following,
            total.at[servers, code].add(rewards.T),
            visits.at[servers, code].add(1.0),
        )

    visits = jnp.zeros((env.num_servers, STATES))
    total = jnp.zeros((env.num_servers, STATES, env.action_space.n))
    _, total, visits = jax.lax.fori_loop(0, epochs, epoch, (start, total, visits))
    return total, visits


def table_fit(total: Sums, visits: np.ndarray) -> np.ndarray:
    """The mean reward of each state and action, as weights of `StateActionTable`
    `[servers, states · actions]`; 0 where a state was never visited."""
    return (total / np.maximum(visits, 1.0)[:, :, None]).reshape(len(total), -1)


def basis_fit(basis: DemandShareBasis, total: Sums, visits: np.ndarray) -> np.ndarray:
    """ϑ of least squares `[servers, v]`, every visit and every action weighing the same; the
    smallest such ϑ, so a function that was never active has 0."""
    chi = functions(basis)
    mean = total / np.maximum(visits, 1.0)[:, :, None]
    root = np.sqrt(visits)

    def of_server(j: int) -> np.ndarray:
        seen = visits[j] > 0
        left = (root[j, seen, None, None] * chi[seen]).reshape(-1, basis.size)
        right = (root[j, seen, None] * mean[j, seen]).reshape(-1)
        return np.asarray(np.linalg.lstsq(left, right, rcond=1e-9)[0])

    return np.stack([of_server(j) for j in range(len(total))])


def functions(basis: DemandShareBasis) -> np.ndarray:
    """χ in every reduced state and for every action `[states, actions, v]`, states numbered as in
    `StateActionTable`."""
    digits = np.stack(np.unravel_index(np.arange(STATES), LEVELS, order="F"), axis=1)
    active = np.asarray(jax.vmap(basis.active)(jnp.asarray(digits)))
    # One column more than there are functions takes those that stand for none.
    return np.asarray(basis.height * np.eye(basis.size + 1)[active].sum(axis=2)[..., :-1])


def _greedy(
    env: ApplicationUtilityEnv, basis: AbstractBasis, weights: np.ndarray
) -> AbstractScheduler:
    each = np.broadcast_to(weights, (env.num_servers, weights.shape[1]))
    return Decentralised(GreedyLinear(jnp.asarray(each, float), basis))


def _utility(
    env: ApplicationUtilityEnv, scheduler: AbstractScheduler, key: PRNGKeyArray, start: State
) -> float:
    return float(_played(env, scheduler, key, start))


@eqx.filter_jit
def _played(
    env: ApplicationUtilityEnv, scheduler: AbstractScheduler, key: PRNGKeyArray, start: State
) -> Float[Array, ""]:
    """Mean network utility over an evaluation."""
    seen = rollout(env, scheduler, key, start, PLAYED_EPOCHS)
    return jnp.mean(seen.outcome.network_utility)
