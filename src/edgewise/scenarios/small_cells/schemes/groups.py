"""What the UEs that share a channel, one of each cell at most, can earn together.

On given shares of the servers, channels do not disturb each other: what is sent on one is a matter
of its own few powers, and each UE's ratio follows from them. So powers are searched channel by
channel, all of a channel's together: raised one by one, each would find that it only pays if the
others were raised too.
"""

import dataclasses
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, PerUe, State
from edgewise.scenarios.small_cells.schemes.sending import Sending, whole_task_s
from edgewise.scenarios.small_cells.schemes.settle import SPARE

PerCell = Float[Array, " cells"]
Members = Int[Array, " cells"]
Sent = tuple[Float[Array, ""], PerCell, PerCell]
"""A group's reward, and its members' ratios and powers [W]."""

DECADES = 5.0
"""Of the grid of powers, below the largest."""
MOST_PRICED = 300_000
"""Powers of groups, in all, that are priced for a table."""
MOST_LEVELS = 48
"""Of a power, on the grid."""
TOGETHER = 16
"""Groups whose grids are priced at once."""
LEAST_SHARE = 1e-9
"""Of the largest power: from here up a silent UE starts."""
STEPS = (1.0, 0.5, 0.5, 0.25, 0.25, 0.1, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Of a search among powers, in decades."""
JOINT_CELLS = 3
"""Up to so many powers move in all ways at once; more of them in pairs, and all alike."""


class Group(eqx.Module):
    """The UEs on one channel, one of each cell or none, and their gains to every base station."""

    member: Bool[Array, " cells"]
    gain: Float[Array, "cells cells"]
    task_bits: PerCell
    task_cycles: PerCell
    deadline_s: PerCell
    cpu_share: PerCell


def members_of(channel: Int[Array, "cells ues"], k: int | Int[Array, ""]) -> Members:
    """Which UE of each cell is on channel `k`; -1 where none is."""
    on = channel == k
    return jnp.where(jnp.any(on, axis=1), jnp.argmax(on, axis=1), -1)


def group_of(
    env: SmallCellsEnv, state: State, cpu_share: PerUe, k: Int[Array, ""], members: Members
) -> Group:
    """These members on channel `k`."""
    each, n = jnp.arange(env.num_cells), jnp.maximum(members, 0)
    return Group(
        member=members >= 0,
        gain=state.gain[each, n, :, k],
        task_bits=state.task_bits[each, n],
        task_cycles=state.task_cycles[each, n],
        # A little less than there is, so that rounding misses no deadline.
        deadline_s=(1.0 - SPARE) * state.deadline_s[each, n],
        cpu_share=cpu_share[each, n],
    )


def sent(env: SmallCellsEnv, group: Group, power_w: PerCell) -> Sent:
    """At these powers, with everybody's best ratio against what it hears."""
    power_w = jnp.where(group.member, power_w, 0.0)
    reward, ratio = _earned(env, group, power_w)
    return jnp.sum(jnp.where(group.member, reward, 0.0)), ratio, power_w


def _earned(env: SmallCellsEnv, group: Group, power_w: PerCell) -> tuple[PerCell, PerCell]:
    """Each one's reward, and the ratio that it is from."""
    own = jnp.eye(env.num_cells, dtype=bool)
    heard_w = jnp.sum(jnp.where(own, 0.0, power_w[:, None] * group.gain), axis=0)
    signal = sinr(power_w, jnp.diagonal(group.gain), env.noise_w, heard_w)
    send_s = whole_task_s(group.task_bits, shannon_rate_bps(env.channel_bandwidth_hz, signal))
    return Sending(
        env=env,
        local_s=group.task_cycles / env.ue_cpu_hz,
        execute_s=group.task_cycles / (group.cpu_share * env.sbs_cpu_hz),
        deadline_s=group.deadline_s,
        cycles=group.task_cycles,
        send_s=send_s,
        paid_s=send_s,
        power_w=power_w,
    ).best()


def searched(env: SmallCellsEnv, group: Group, power_w: PerCell) -> Sent:
    """From these powers by steps of several at once, large ones first, as long as that pays."""
    ways = jnp.asarray(_ways(env.num_cells))

    def step(held: Sent, decades: Array) -> tuple[Sent, None]:
        from_w = jnp.maximum(held[2], LEAST_SHARE * env.max_power_w)
        tried_w = jnp.minimum(from_w[None] * 10.0 ** (decades * ways), env.max_power_w)
        tried = jax.vmap(lambda power_w: sent(env, group, power_w))(tried_w)
        best = jax.tree.map(lambda leaf: leaf[jnp.argmax(tried[0])], tried)
        better = best[0] > held[0]
        return jax.tree.map(lambda new, old: jnp.where(better, new, old), best, held), None

    return jax.lax.scan(step, sent(env, group, power_w), jnp.asarray(STEPS))[0]


def _ways(cells: int) -> Float[np.ndarray, "ways cells"]:
    """Of each power up or down by one or two steps, with others or alone."""
    steps = (-2.0, -1.0, 0.0, 1.0, 2.0)
    if cells <= JOINT_CELLS:
        return np.array(list(itertools.product(steps, repeat=cells)))
    pairs = itertools.combinations(range(cells), 2)
    moves = itertools.product(pairs, steps, steps)
    unit = np.eye(cells)
    two = [a * unit[i] + b * unit[j] for (i, j), a, b in moves]
    return np.array([*two, *(np.full(cells, step) for step in steps)])


def powers_searched(env: SmallCellsEnv, state: State, decision: Decision) -> Decision:
    """The same channels and shares of the servers, with each channel's powers searched."""

    def on_channel(k: Array) -> Sent:
        members = members_of(decision.channel, k)
        group = group_of(env, state, decision.cpu_share, k, members)
        begun_w = jnp.take_along_axis(decision.power_w, jnp.maximum(members, 0)[:, None], axis=1)
        return searched(env, group, begun_w[:, 0])

    _, ratio, power_w = jax.lax.map(on_channel, jnp.arange(env.num_channels))
    return dataclasses.replace(
        decision,
        offload_ratio=_spread(decision.channel, ratio, decision.offload_ratio),
        power_w=_spread(decision.channel, power_w, decision.power_w),
    )


def _spread(
    channel: Int[Array, "cells ues"], found: Float[Array, "channels cells"], else_: PerUe
) -> PerUe:
    """To each UE what was found for its cell on its channel."""
    cell = jnp.arange(channel.shape[0])[:, None]
    return jnp.where(channel >= 0, found[jnp.maximum(channel, 0), cell], else_)


class Table(eqx.Module):
    """Of every group on every channel: what it saves against nobody's sending, and its ratios and
    powers; and what each UE earns, and offloads, that does not send."""

    saved: Float[Array, "channels groups"]
    ratio: Float[Array, "channels groups cells"]
    power_w: Float[Array, "channels groups cells"]
    silent: PerUe
    silent_ratio: PerUe
    cpu_share: PerUe

    def price(self, channel: Int[Array, "cells ues"]) -> Float[Array, ""]:
        """What all earn that have these channels."""
        saved = jax.vmap(lambda k, group: self.saved[k, group])
        return jnp.sum(self.silent) + jnp.sum(saved(*self._groups(channel)))

    def decision(self, channel: Int[Array, "cells ues"]) -> Decision:
        """The decision of that price."""
        at = self._groups(channel)
        return Decision(
            offload_ratio=_spread(channel, self.ratio[at], self.silent_ratio),
            channel=channel,
            power_w=_spread(channel, self.power_w[at], jnp.zeros_like(self.silent)),
            cpu_share=self.cpu_share,
        )

    def _groups(self, channel: Int[Array, "cells ues"]) -> tuple[Array, Array]:
        """Channel by channel, the number of the group that is on it."""
        cells, ues = channel.shape
        place = (ues + 1) ** jnp.arange(cells)
        each = jnp.arange(self.saved.shape[0])
        return each, jax.vmap(lambda k: jnp.sum((members_of(channel, k) + 1) * place))(each)


def levels_of(env: SmallCellsEnv) -> int:
    """Of each power, on the grid of a table; fewer than two are no grid.

    The groups' powers are priced one by one: channels · ((UEs + 1) · levels)^cells of them.
    """
    each = (MOST_PRICED / env.num_channels) ** (1.0 / env.num_cells) / (env.ues_per_cell + 1)
    return min(int(each), MOST_LEVELS)


def table_of(env: SmallCellsEnv, state: State, cpu_share: PerUe) -> Table:
    """Every group on every channel, from the best of a grid of powers."""
    levels, cells, ues = levels_of(env), env.num_cells, env.ues_per_cell
    share = 10.0 ** jnp.linspace(-DECADES, 0.0, levels)
    grid_w = env.max_power_w * share[_counted(levels, cells)]
    groups = jnp.asarray(_counted(ues + 1, cells)) - 1

    def best(index: Array) -> Sent:
        k, at = jnp.divmod(index, len(groups))
        group = group_of(env, state, cpu_share, k, groups[at])
        prices = jax.vmap(lambda power_w: sent(env, group, power_w)[0])(grid_w)
        return searched(env, group, grid_w[jnp.argmax(prices)])

    silent, silent_ratio = _silent(env, state, cpu_share)
    every = jnp.arange(env.num_channels * len(groups))
    reward, ratio, power_w = jax.lax.map(best, every, batch_size=TOGETHER)
    shape = (env.num_channels, len(groups))
    own = jnp.take_along_axis(silent, jnp.maximum(groups, 0).T, axis=1).T
    without = jnp.sum(jnp.where(groups >= 0, own, 0.0), axis=1)
    return Table(
        saved=reward.reshape(shape) - without[None],
        ratio=ratio.reshape(*shape, cells),
        power_w=power_w.reshape(*shape, cells),
        silent=silent,
        silent_ratio=silent_ratio,
        cpu_share=cpu_share,
    )


def _counted(digits: int, places: int) -> Int[np.ndarray, "numbers places"]:
    """All numbers of so many places, the first place counted fastest.

    >>> _counted(2, 2).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return np.arange(digits**places)[:, None] // digits ** np.arange(places) % digits


def _silent(env: SmallCellsEnv, state: State, cpu_share: PerUe) -> tuple[PerUe, PerUe]:
    """What each UE earns that sends nothing, and the ratio with which it does."""

    def alone(n: Array) -> tuple[PerCell, PerCell]:
        members = jnp.full(env.num_cells, n)
        group = group_of(env, state, cpu_share, jnp.zeros((), int), members)
        return _earned(env, group, jnp.zeros(env.num_cells))

    reward, ratio = jax.vmap(alone)(jnp.arange(env.ues_per_cell))
    return reward.T, ratio.T
