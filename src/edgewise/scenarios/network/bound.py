"""What no decision of a slot can cost less than, at any size.

Relaxed are: interference (none); who comes first at a server (in whatever order is best); that a
task is at one place (it may be spread). What is left is a convex quadratic program, whose bends are
the queues and the shared bands; every tangent of it gives a certified bound
(`baselines.frank_wolfe`).

Of two tasks i, j at a `fifo` server one waits for the other, which costs w_i c_j/f or w_j c_i/f:
at least min(w_i c_j, w_j c_i)/f, a positive semidefinite kernel w_i w_j min(c_i/w_i, c_j/w_j)/f. At
a `shared` server both wait, and so do two senders that share a band: a_i + a_j ≥ 2 √(a_i a_j).

Where tasks may be split, a task's delay is the larger of two: max(a, b) ≥ (1 - θ) a + θ b, with
the θ that is exact for a task alone in the network.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from edgewise.baselines.frank_wolfe import frank_wolfe_bound
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import PerDevice, State
from edgewise.scenarios.network.solitary import (
    IMPOSSIBLE,
    Alone,
    PerLink,
    PerPlace,
    alone_in_the_network,
)

STEPS = 60
ROUNDING = 1e-5
"""Relative: more than the sums of float32 are off by."""


class Spread(NamedTuple):
    """How much of each task goes where. `link` and `place` are two views of what is sent: from
    which candidate site over which radio, and from there to which server; `hardly` is sent all the
    same, but stays on the device all but nothing."""

    local: PerDevice
    failed: PerDevice
    hardly: PerDevice
    link: PerLink
    place: PerPlace


def cost_bound(env: NetworkEnv, state: State, split: bool = False) -> Float[Array, ""]:
    """A lower bound on the sum of the tasks' costs under any decision that offloads tasks whole
    or not at all; where `split`, under any decision."""
    alone = alone_in_the_network(env, state, split)
    crowd, wait = _Crowd.of(env, state, alone), _Wait.of(env, alone)
    linear = Spread(
        alone.local,
        alone.failed,
        alone.hardly if split else jnp.full_like(alone.local, IMPOSSIBLE),
        alone.link - crowd.own,
        alone.place - wait.own,
    )
    idle = state.task_bits <= 0
    linear = Spread(*(jnp.where(_along(idle, cost), 0.0, cost) for cost in linear))

    def slope(x: Spread) -> Spread:
        return linear._replace(
            link=linear.link + crowd.price(x.link), place=linear.place + wait.price(x.place)
        )

    bound = frank_wolfe_bound(slope, _cheapest, _all_local(linear), STEPS)
    return bound - ROUNDING * jnp.abs(bound)


class _Crowd(NamedTuple):
    """Senders on one band: the kernel v_i v_j, v_i² = 2 a_i. `own` is v_i²/2: nobody crowds
    itself."""

    crowding: PerLink
    band: Int[Array, "devices candidates radios"]
    bands: int

    @classmethod
    def of(cls, env: NetworkEnv, state: State, alone: Alone) -> "_Crowd":
        radios = alone.crowding.shape[2]
        band = state.candidate[:, :, None] * radios + jnp.arange(radios)[None, None]
        return cls(alone.crowding, band, env.links.num_sites * radios)

    @property
    def own(self) -> PerLink:
        return 0.5 * self.crowding**2

    def price(self, sent: PerLink) -> PerLink:
        flat = (self.crowding * sent).reshape(-1)
        return (
            self.crowding * jax.ops.segment_sum(flat, self.band.reshape(-1), self.bands)[self.band]
        )


class _Wait(NamedTuple):
    """Tasks at one server. Entries are devices × candidates × places, flat; `order` sorts them by
    server, and within it by c/w, the short and urgent first."""

    weight: Float[Array, " entries"]
    cycles: Float[Array, " entries"]
    server: Int[Array, " entries"]
    order: Int[Array, " entries"]
    cpu_hz: Float[Array, " servers"]
    fifo: Bool[Array, " servers"]
    shape: tuple[int, ...]

    @classmethod
    def of(cls, env: NetworkEnv, alone: Alone) -> "_Wait":
        shape = alone.place.shape
        weight, cycles = (
            jnp.broadcast_to(x[:, None, None], shape).reshape(-1)
            for x in (alone.urgency, alone.cycles)
        )
        server = alone.server.reshape(-1)
        order = jnp.lexsort((_length(weight, cycles), server))
        return cls(weight, cycles, server, order, env.servers.cpu_hz, env.servers.fifo, shape)

    @property
    def own(self) -> PerPlace:
        """Half of the kernel of each with itself, which the square counts, though nobody waits for
        itself: w c/2f in a line, w c/f together."""
        own = self.weight * self.cycles / self.cpu_hz[self.server]
        return (own * jnp.where(self.fifo[self.server], 0.5, 1.0)).reshape(self.shape)

    def price(self, sent: PerPlace) -> PerPlace:
        flat = sent.reshape(-1)
        price = jnp.where(self.fifo[self.server], self._in_line(flat), self._together(flat))
        return (price / self.cpu_hz[self.server]).reshape(self.shape)

    def _in_line(self, sent: Float[Array, " entries"]) -> Float[Array, " entries"]:
        """Σ_j min(w_i c_j, w_j c_i) y_j = w_i Σ_{q_j ≤ q_i} c_j y_j + c_i Σ_{q_j > q_i} w_j y_j,
        with q = c/w."""
        server, weight = self.server[self.order], self.weight[self.order]
        work = _summed(self.cycles[self.order] * sent[self.order], server)
        urgent = weight * sent[self.order]
        total = jax.ops.segment_sum(urgent, server, self.cpu_hz.shape[0])[server]
        later = total - _summed(urgent, server)
        price = weight * work + self.cycles[self.order] * later
        return jnp.zeros_like(price).at[self.order].set(price)

    def _together(self, sent: Float[Array, " entries"]) -> Float[Array, " entries"]:
        """Σ_j v_i v_j y_j with v_i² = 2 w_i c_i."""
        each = jnp.sqrt(2.0 * self.weight * self.cycles)
        total = jax.ops.segment_sum(each * sent, self.server, self.cpu_hz.shape[0])
        return each * total[self.server]


def _length(weight: Array, cycles: Array) -> Array:
    """c/w, infinite where nothing is urgent."""
    return jnp.where(weight > 0, cycles / jnp.where(weight > 0, weight, 1.0), jnp.inf)


def _summed(
    values: Float[Array, " entries"], group: Int[Array, " entries"]
) -> Float[Array, " entries"]:
    """The running sum within each group of a sorted list."""
    first = jnp.concatenate([jnp.ones(1, bool), group[1:] != group[:-1]])

    def join(a: tuple[Array, Array], b: tuple[Array, Array]) -> tuple[Array, Array]:
        return jnp.where(b[1], b[0], a[0] + b[0]), a[1] | b[1]

    return jax.lax.associative_scan(join, (values, first))[0]


def _along(rows: Array, like: Array) -> Array:
    return rows.reshape(-1, *(1,) * (like.ndim - 1))


def _all_local(like: Spread) -> Spread:
    nothing = Spread(*map(jnp.zeros_like, like))
    return nothing._replace(local=jnp.ones_like(like.local))


def _cheapest(slope: Spread) -> Spread:
    """Every task to where its tangent is least: at home, failed, hardly sent, or sent."""
    sent = jnp.min(slope.link, axis=2) + jnp.min(slope.place, axis=2)
    each = jnp.stack([slope.local, slope.failed, slope.hardly, jnp.min(sent, axis=1)])
    local, failed, hardly, sends = (
        (jnp.argmin(each, axis=0) == way).astype(each.dtype) for way in range(4)
    )
    site = _one_of(sent) * sends[:, None]
    link, place = (_one_of(cost) * site[:, :, None] for cost in (slope.link, slope.place))
    return Spread(local, failed, hardly, link, place)


def _one_of(costs: Float[Array, "... n"]) -> Float[Array, "... n"]:
    """1 at the least of each row, 0 elsewhere."""
    least = jnp.argmin(costs, axis=-1)
    return jax.nn.one_hot(least, costs.shape[-1], dtype=costs.dtype)
