"""From an agent's 190 numbers in [0, 1] to a feasible decision of its cell.

A row holds α (N), channel scores (N x K), p (N), f (N). Everything here is of one cell, and uses
only what its base station measures: its own links, and the interference of the last slot.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.physics.assignment import best_assignment
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.units import db_to_linear

Ues = Float[Array, " ues"]
Links = Float[Array, "ues channels"]

OFF = 1e-3
"""A smaller ratio than this is none."""
LEAST_CPU = 0.01
"""Added to every CPU action, so that nobody's share is nothing."""
MARGIN_DB = (-10.0, 30.0)
"""`deadline` decoding: the least and the largest margin over the interference of the last slot."""


class Cell(eqx.Module):
    """What one base station knows, and its constants; or of several, stacked."""

    gain: Float[Array, "*cells ues channels"]
    interference_w: Float[Array, "*cells channels"]
    task_bits: Float[Array, "*cells ues"]
    task_cycles: Float[Array, "*cells ues"]
    deadline_s: Float[Array, "*cells ues"]
    bandwidth_hz: Float[Array, "*cells"]
    noise_w: Float[Array, "*cells"]
    max_power_w: Float[Array, "*cells"]
    sbs_cpu_hz: Float[Array, "*cells"]

    @property
    def disturbance_w(self) -> Float[Array, " channels"]:
        """Noise and last slot's interference."""
        return self.noise_w + self.interference_w

    def rate_bps(self) -> Links:
        """At full power, were the interference that of the last slot."""
        ratio = sinr(self.max_power_w, self.gain, self.disturbance_w[None, :])
        return shannon_rate_bps(self.bandwidth_hz, ratio)


class Action(eqx.Module):
    """An agent's numbers, in their four parts."""

    ratio: Ues
    channel: Links
    power: Ues
    cpu: Ues

    @classmethod
    def from_row(cls, row: Float[Array, " size"], ues: int, channels: int) -> "Action":
        """The parts of a row, cut to [0, 1]."""
        row = jnp.clip(row, 0.0, 1.0)
        ratio, scores, power, cpu = jnp.split(
            row, [ues, ues + ues * channels, 2 * ues + ues * channels]
        )
        return cls(ratio, scores.reshape(ues, channels), power, cpu)


def stretched(x: Array) -> Array:
    """[0, 1] → [0, 1] with both ends in reach of a sigmoid: clip((x - 0.15)/0.7).

    >>> [round(float(stretched(jnp.asarray(x))), 3) for x in (0.1, 0.5, 0.9)]
    [0.0, 0.5, 1.0]
    """
    return jnp.clip((x - 0.15) / 0.7, 0.0, 1.0)


def channels_of(cell: Cell, scores: Links, channel_score: str) -> Int[Array, " ues"]:
    """The one-to-one matching (C4, C5) with the largest sum of scores. `plain`: the agent's own;
    `rate`: (score + 0.1) times the rate that the last slot's interference would allow. A matching
    has no slope."""
    scores = jax.lax.stop_gradient(scores)
    if channel_score == "plain":
        # The constant changes no matching; without it a score of 0 would mean no channel.
        return best_assignment(1.0 + scores)
    return best_assignment((scores + 0.1) * cell.rate_bps() / cell.bandwidth_hz)


def shares_of(cpu: Ues) -> Ues:
    """f: the CPU actions over their sum."""
    return (cpu + LEAST_CPU) / jnp.sum(cpu + LEAST_CPU)


def at(links: Links, channel: Int[Array, " ues"]) -> Ues:
    """Each UE's entry on its channel (any, where it has none)."""
    return jnp.take_along_axis(links, jnp.maximum(channel, 0)[:, None], axis=1)[:, 0]


def least_power_w(cell: Cell, channel: Int[Array, " ues"], ratio: Ues, cpu_share: Ues) -> Ues:
    """The power with which a UE that offloads `ratio` would finish at its deadline, were the
    interference that of the last slot; may be beyond what the UE has, or infinite."""
    left_s = cell.deadline_s - ratio * cell.task_cycles / (cpu_share * cell.sbs_cpu_hz)
    in_time = left_s > 0
    rate_bps = ratio * cell.task_bits / jnp.where(in_time, left_s, 1.0)
    ratio_needed = jnp.expm1(jnp.log(2.0) * jnp.minimum(rate_bps / cell.bandwidth_hz, 60.0))
    disturbance_w = cell.disturbance_w[jnp.maximum(channel, 0)]
    return jnp.where(in_time, ratio_needed * disturbance_w / at(cell.gain, channel), jnp.inf)


def largest_ratio(cell: Cell, channel: Int[Array, " ues"], margin: Ues, cpu_share: Ues) -> Ues:
    """The largest α ≤ 1 that full power brings through in time, were the interference `margin`
    times that of the last slot: α = T̃/(d/U + w/(f C̄))."""
    disturbance_w = margin * cell.disturbance_w[jnp.maximum(channel, 0)]
    ratio = sinr(cell.max_power_w, at(cell.gain, channel), disturbance_w)
    rate_bps = shannon_rate_bps(cell.bandwidth_hz, ratio)
    whole_s = cell.task_bits / rate_bps + cell.task_cycles / (cpu_share * cell.sbs_cpu_hz)
    return jnp.minimum(cell.deadline_s / whole_s, 1.0)


def direct(cell: Cell, action: Action, channel_score: str) -> tuple[Ues, Array, Ues, Ues]:
    """Ratio, channel, power [W] and CPU share: ratio and power are what the action says."""
    channel = channels_of(cell, action.channel, channel_score)
    ratio = stretched(action.ratio)
    sends = (ratio > OFF) & (channel >= 0)
    power_w = jnp.where(sends, cell.max_power_w * stretched(action.power), 0.0)
    return jnp.where(sends, ratio, 0.0), channel, power_w, shares_of(action.cpu)


def by_deadline(cell: Cell, action: Action, channel_score: str) -> tuple[Ues, Array, Ues, Ues]:
    """The same, where the action says how much safety there is to be: `ratio` the margin against
    which full power brings the offloaded share through in time, `power` the margin over the power
    that would just do for that share."""
    channel = channels_of(cell, action.channel, channel_score)
    cpu_share = shares_of(action.cpu)
    ratio = largest_ratio(cell, channel, margin_of(action.ratio), cpu_share)
    sends = (ratio > OFF) & (channel >= 0)
    needed_w = margin_of(action.power) * least_power_w(cell, channel, ratio, cpu_share)
    power_w = jnp.where(sends, jnp.minimum(needed_w, cell.max_power_w), 0.0)
    return jnp.where(sends, ratio, 0.0), channel, power_w, cpu_share


def margin_of(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """[0, 1] → a power ratio, linear in decibels over `MARGIN_DB`.

    >>> [round(float(margin_of(jnp.asarray(x))), 6) for x in (0.0, 0.25, 1.0)]
    [0.1, 1.0, 1000.0]
    """
    low_db, high_db = MARGIN_DB
    return db_to_linear(low_db + (high_db - low_db) * x)


DECODINGS = {"direct": direct, "deadline": by_deadline}


def decoded(
    decoding: str, channel_score: str, cells: Cell, rows: Float[Array, "cells size"]
) -> tuple[Array, Array, Array, Array]:
    """Ratio, channel, power [W] and CPU share of every cell, each `[cells, ues]`."""
    ues, channels = cells.gain.shape[1:]

    def of_one(cell: Cell, row: Float[Array, " size"]) -> tuple[Array, Array, Array, Array]:
        return DECODINGS[decoding](cell, Action.from_row(row, ues, channels), channel_score)

    return jax.vmap(of_one)(cells, rows)
