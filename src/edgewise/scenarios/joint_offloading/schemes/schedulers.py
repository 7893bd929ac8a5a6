"""What DIRS is compared with that does not learn."""

from abc import abstractmethod
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from edgewise.baselines.congested_assignment import least_cost_placement
from edgewise.baselines.quadratic_placement import exact_placement
from edgewise.core.certificate import AbstractReference, Certificate, optimal
from edgewise.core.policy import AbstractByLot, AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.physics.queues import work_ahead
from edgewise.physics.topology import distances_m
from edgewise.scenarios.joint_offloading.env import ROUNDING, Decision, JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.schemes.placing import (
    Placement,
    demonstrated,
    random_placement,
)

CAPACITY_S = 1.0
"""Random and Greedy let a server take work for so long: floor(F_max/F) equal tasks."""
SEARCH_EVALUATIONS, SEARCH_EXPONENT = 1000, 1.0
SAMPLED_SLOTS = 512
"""Fading draws that the best fixed placement is planned on."""
MOST_UNEQUAL_TASKS = 60


class Placing(AbstractScheduler[JointOffloadingEnv, State, Decision, None]):
    """Decides a placement; shares and powers are the exact ones."""

    @abstractmethod
    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        """Where each task runs."""

    def decide(
        self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        return env.allocate(state, self.place(env, key, state)), memory


class FixedPlacement(Placing):
    """The same places in every slot."""

    placement: Placement

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        return self.placement

    def alone(self, env: JointOffloadingEnv, state: State, agent: int) -> "FixedPlacement":
        return FixedPlacement(own_part(self.placement, agent))


class RandomPlacement(Placing):
    """Uniform over {0..M}; of those too many for a server, random ones stay local."""

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        place_key, rank_key = jax.random.split(key)
        rank = jax.random.uniform(rank_key, (env.num_devices,), dtype=float)
        return _within_capacity(env, state, random_placement(env, place_key), rank)

    def alone(self, env: JointOffloadingEnv, state: State, agent: int) -> AbstractScheduler:
        return WhoeverComes(agent, env.num_servers)


class NearestServer(Placing):
    """Everybody to the nearest server; of those too many, the largest tasks stay local."""

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        return _within_capacity(env, state, nearest_server(state), state.task_cycles)

    def alone(self, env: JointOffloadingEnv, state: State, agent: int) -> AbstractScheduler:
        return Neighbours(own_part(nearest_server(state), agent))


class Neighbours(Placing):
    """One server, and the devices of the layout that are nearest to it (1, the others 0)."""

    placement: Placement

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        return _within_capacity(env, state, self.placement, state.task_cycles)


class WhoeverComes(AbstractByLot[JointOffloadingEnv, State, Decision]):
    """One server among `servers`, to which each device comes by lot. All servers take the same
    lots, which devices draw and tell: one for each device's place, one for its turn."""

    agent: int = eqx.field(static=True)
    servers: int = eqx.field(static=True)
    shared_lots: ClassVar[bool] = True

    def num_lots(self, env: JointOffloadingEnv) -> int:
        return 2 * env.num_devices

    def by_lot(
        self, env: JointOffloadingEnv, lots: Float[Array, " lots"], state: State
    ) -> Decision:
        place, rank = jnp.split(lots, 2)
        placement = jnp.minimum((place * (self.servers + 1)).astype(int), self.servers)
        own = _within_capacity(env, state, own_part(placement, self.agent), rank)
        return env.allocate(state, own)


class LevySearch(Placing):
    """The paper's search alone, from a random placement, as long as for a demonstration."""

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        return demonstrated(env, key, state, SEARCH_EVALUATIONS, SEARCH_EXPONENT)


class Optimum(Placing, AbstractReference[JointOffloadingEnv, State, Decision, None]):
    """The least objective of the slot: an assignment where all tasks need the same cycles, a
    mixed-integer program where they do not."""

    def certificate(self, env: JointOffloadingEnv, seen: Trajectory) -> Certificate:
        return optimal(seen)

    def place(self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> Placement:
        root, nothing = jnp.sqrt(state.task_cycles), jnp.zeros(env.num_devices)
        return _best_placement(env, env.place_cost(state), root, nothing)


def nearest_server(state: State) -> Placement:
    """The number, from 1, of the server nearest to each device."""
    return jnp.argmin(distances_m(state.device_xy_m, state.server_xy_m), axis=1) + 1


def own_part(placement: Placement, agent: int) -> Placement:
    """The placement as one server sees it: 1 what comes to it, 0 all else."""
    return (placement == agent + 1).astype(int)


def best_fixed_placement(
    env: JointOffloadingEnv, key: PRNGKeyArray, state: State
) -> FixedPlacement:
    """The placement of least mean objective on the layout of `state`, over slots drawn for this
    purpose. It is exact for those slots: with a = const the mean of (Σ √F)² is the square of
    the summed means plus the summed variances, and only the variances and C[i, j] are averaged."""

    def sampled(key: PRNGKeyArray) -> tuple[Array, Array]:
        slot = env.restart(key, state)
        return env.place_cost(slot), jnp.sqrt(slot.task_cycles)

    place_cost, root = jax.vmap(sampled)(jax.random.split(key, SAMPLED_SLOTS))
    mean_cost, mean_root = jnp.mean(place_cost, axis=0), jnp.mean(root, axis=0)
    return FixedPlacement(_best_placement(env, mean_cost, mean_root, jnp.var(root, axis=0)))


def too_many_unequal_tasks(env: JointOffloadingEnv) -> str | None:
    """Why no solver here can find the exact optimum, in one line; None where one can."""
    if env.equal_cycles or env.num_devices <= MOST_UNEQUAL_TASKS:
        return None
    return (
        f"num_devices = {env.num_devices}: the exact optimum of unequal tasks goes up to "
        f"{MOST_UNEQUAL_TASKS} devices; make the tasks equal, or leave it out"
    )


def _best_placement(
    env: JointOffloadingEnv,
    place_cost: Float[Array, "devices places"],
    root: Float[Array, " devices"],
    variance: Float[Array, " devices"],
) -> Placement:
    congestion = env.congestion_weight
    if env.equal_cycles:
        return least_cost_placement(place_cost, congestion * root[0] ** 2)
    return exact_placement(place_cost + variance[:, None] * congestion[None], root, congestion)


def _within_capacity(
    env: JointOffloadingEnv, state: State, placement: Placement, rank: Float[Array, " devices"]
) -> Placement:
    """The placement with what exceeds a server's capacity put back on the device, highest `rank`
    first."""
    ahead = work_ahead(placement, rank, state.task_cycles, env.num_servers + 1)
    capacity = CAPACITY_S * env.server_cpu_hz[jnp.maximum(placement - 1, 0)]
    fits: Bool[Array, " devices"] = ahead + state.task_cycles <= capacity * (1 + ROUNDING)
    return jnp.where(fits, placement, 0)
