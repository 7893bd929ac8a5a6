"""What searches and solvers see of a slot: the objective as a function of the placement alone."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.hill_climb import flips, hill_climb
from edgewise.baselines.levy import Objective, levy_search, preference
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State

Placement = Int[Array, " devices"]


def objective_of(env: JointOffloadingEnv, state: State) -> Objective:
    """(11) with the exact shares and powers: Σ_i C[i, a_i] + Σ_j (w_t/F_j)(Σ_{i at j} √F_i)²."""
    place_cost = env.place_cost(state)
    root = jnp.sqrt(state.task_cycles)
    congestion = env.congestion_weight

    def objective(placement: Placement) -> Float[Array, ""]:
        load = jax.ops.segment_sum(root, placement, env.num_servers + 1)
        own = jnp.take_along_axis(place_cost, placement[:, None], axis=1)
        return jnp.sum(own) + jnp.sum(congestion * load**2)

    return objective


def refined(
    env: JointOffloadingEnv,
    key: PRNGKeyArray,
    state: State,
    placement: Placement,
    evaluations: int,
    exponent: float,
) -> Placement:
    """The best placement that the paper's Lévy search finds from `placement`."""
    return levy_search(
        key, placement, objective_of(env, state), preference(state.gain), evaluations, exponent
    ).placement


def flipped(
    env: JointOffloadingEnv,
    key: PRNGKeyArray,
    state: State,
    placement: Placement,
    evaluations: int,
    share: float,
) -> Placement:
    """The best placement that as many random flips find from `placement`, one after another: each
    device with probability `share` somewhere uniform, and back if that is no better."""
    objective, places = objective_of(env, state), env.num_servers + 1
    return hill_climb(key, placement, objective, flips(share), places, evaluations).placement


def random_placement(env: JointOffloadingEnv, key: PRNGKeyArray) -> Placement:
    """Each device in a place uniform over 0..M."""
    return jax.random.randint(key, (env.num_devices,), 0, env.num_servers + 1)


def demonstrated(
    env: JointOffloadingEnv, key: PRNGKeyArray, state: State, evaluations: int, exponent: float
) -> Placement:
    """A good placement found from nothing: the Lévy search from a random one."""
    start_key, search_key = jax.random.split(key)
    start = random_placement(env, start_key)
    return refined(env, search_key, state, start, evaluations, exponent)
