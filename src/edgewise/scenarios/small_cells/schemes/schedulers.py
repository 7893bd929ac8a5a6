"""What decides without learning: the paper's two benchmarks, and two rules that a base station can
follow by itself."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.policy import AbstractByLot, AbstractScheduler
from edgewise.physics.assignment import best_assignment
from edgewise.scenarios.small_cells.decode import Cell, least_power_w
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, PerUe, State

MARGIN = 100.0
"""Of `power-control`: tuned on seeds 0-2 (tuning.csv)."""


def whole_tasks(env: SmallCellsEnv, channel: Int[Array, "cells ues"], power_w: PerUe) -> Decision:
    """Everything of everybody with a channel is offloaded, on equal shares of the server."""
    sends = channel >= 0
    return Decision(
        offload_ratio=jnp.where(sends, 1.0, 0.0),
        channel=channel,
        power_w=jnp.where(sends, power_w, 0.0),
        cpu_share=equal_shares(env),
    )


def offloaded_on(env: SmallCellsEnv, order: Int[Array, "cells places"]) -> Decision:
    """UE n is on channel `order[n]` of its cell, at full power; local, if there is no such one."""
    channel = order[:, : env.ues_per_cell]
    channel = jnp.where(channel < env.num_channels, channel, -1)
    return whole_tasks(env, channel, full_power(env))


def equal_shares(env: SmallCellsEnv) -> PerUe:
    """f = 1/N for all."""
    return jnp.full((env.num_cells, env.ues_per_cell), 1.0 / env.ues_per_cell)


def full_power(env: SmallCellsEnv) -> PerUe:
    """P_max for all."""
    return jnp.broadcast_to(env.max_power_w, (env.num_cells, env.ues_per_cell))


class FullOffloading(AbstractScheduler[SmallCellsEnv, State, Decision, None]):
    """Section V: everything offloaded, on a random channel of one's own, at full power. Where
    there are more UEs than channels, the rest compute locally."""

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        places = max(env.ues_per_cell, env.num_channels)
        keys = jax.random.split(key, env.num_cells)
        drawn = jax.vmap(lambda key: jax.random.permutation(key, places))(keys)
        return offloaded_on(env, drawn), memory

    def alone(self, env: SmallCellsEnv, state: State, agent: int) -> AbstractScheduler:
        return OwnFullOffloading()


class OwnFullOffloading(AbstractByLot[SmallCellsEnv, State, Decision]):
    """The same for one cell: a channel's place is the rank of its lot."""

    def num_lots(self, env: SmallCellsEnv) -> int:
        return max(env.ues_per_cell, env.num_channels)

    def by_lot(self, env: SmallCellsEnv, lots: Float[Array, " places"], state: State) -> Decision:
        return offloaded_on(env, jnp.argsort(lots)[None, :])


class LocalComputing(AbstractScheduler[SmallCellsEnv, State, Decision, None]):
    """Section V: every UE computes its own task."""

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        nobody = jnp.full((env.num_cells, env.ues_per_cell), -1)
        return whole_tasks(env, nobody, full_power(env)), memory

    def alone(self, env: SmallCellsEnv, state: State, agent: int) -> AbstractScheduler:
        return self


class AssignByRate(AbstractScheduler[SmallCellsEnv, State, Decision, None]):
    """Everything offloaded at full power, over the matching with the largest sum of rates that
    the last slot's interference would allow."""

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        channel = jax.vmap(matched_by_rate)(env.cells(state))
        return whole_tasks(env, channel, full_power(env)), memory

    def alone(self, env: SmallCellsEnv, state: State, agent: int) -> AbstractScheduler:
        return self


class PowerControl(AbstractScheduler[SmallCellsEnv, State, Decision, None]):
    """The same, with no more power than the deadline needs: `margin` times what would just do
    against the last slot's interference."""

    margin: Float[Array, ""]

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        cells = env.cells(state)
        channel = jax.vmap(matched_by_rate)(cells)
        ratio = jnp.where(channel >= 0, 1.0, 0.0)
        needed_w = jax.vmap(least_power_w)(cells, channel, ratio, equal_shares(env))
        power_w = jnp.minimum(self.margin * needed_w, env.max_power_w)
        return whole_tasks(env, channel, power_w), memory

    def alone(self, env: SmallCellsEnv, state: State, agent: int) -> AbstractScheduler:
        return self


def power_control(env: SmallCellsEnv, key: PRNGKeyArray, state: State) -> PowerControl:
    """With the tuned margin, on any network."""
    return PowerControl(jnp.asarray(MARGIN))


def rules_decide(env: SmallCellsEnv, key: PRNGKeyArray, state: State) -> list[Decision]:
    """What each of the rules here decides; a reference must not be below any of them."""
    rules = (LocalComputing(), FullOffloading(), AssignByRate(), power_control(env, key, state))
    return [rule.decide(env, key, state, None)[0] for rule in rules]


def matched_by_rate(cell: Cell) -> Int[Array, " ues"]:
    """The matching with the largest sum of rates at full power."""
    return best_assignment(cell.rate_bps() / cell.bandwidth_hz)
