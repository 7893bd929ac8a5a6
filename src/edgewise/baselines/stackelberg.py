"""A market between servers that set prices and operators that buy units.

Leader: server j sets a price π_aj for each operator a. Follower: operator a buys s_aj units, its
benefit being b_aj(s) = w_a λ_aj log(1 + min(s, n_aj)/n_aj), n = λ/q the units that serve all of
its λ requests. Then whole units are matched to operators.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.physics.sharing import fill

Real = Float[Array, "operators servers"]


class Market(eqx.Module):
    """What is traded at every server: `willingness` w, `requests_rps` λ, `need_units` n = λ/q (0
    where an operator cannot use the server), `capacity_units` c."""

    willingness: Float[Array, " operators"]
    requests_rps: Real
    need_units: Real
    capacity_units: Float[Array, " servers"]

    def best_response(self, price: Real) -> Real:
        """Units that maximise b(s) - π s: s = clip(w λ/π - n, 0, n)."""
        paid = jnp.where(price > 0, price, 1.0)
        wanted = self.willingness[:, None] * self.requests_rps / paid - self.need_units
        return jnp.where(price > 0, jnp.clip(wanted, 0.0, self.need_units), self.need_units)

    def price_for(self, units: Real) -> Real:
        """The highest price at which an operator buys `units` ≤ n: b'(s) = w λ/(n + s)."""
        total = jnp.where(self.need_units > 0, self.need_units + units, 1.0)
        return self.willingness[:, None] * self.requests_rps / total

    def payoff(self, units: Real, price: Real) -> Real:
        """What an operator gains: b(s) - π s."""
        need = jnp.where(self.need_units > 0, self.need_units, 1.0)
        served = jnp.where(self.need_units > 0, jnp.minimum(units, need) / need, 0.0)
        return self.willingness[:, None] * self.requests_rps * jnp.log1p(served) - price * units

    def revenue(self, price: Real) -> Float[Array, " servers"]:
        """What a server earns: Σ_a π_a s_a(π), and nothing where it cannot deliver."""
        units = self.best_response(price)
        deliverable = jnp.sum(units, axis=0) <= self.capacity_units * (1 + 1e-5)
        return jnp.where(deliverable, jnp.sum(price * units, axis=0), 0.0)


def equilibrium(market: Market) -> tuple[Real, Real]:
    """Prices and units at the Stackelberg equilibrium.

    Selling s at the highest price that sells it earns r(s) = w λ s/(n + s), increasing and
    concave. A server that maximises Σ_a r_a(s_a) under its capacity therefore equalises
    r'(s) = w λ n/(n + s)² = μ among operators that are neither shut out (s = 0) nor satisfied
    (s = n): s = n·clip(sqrt(w λ/(n μ)) - 1, 0, 1). With x_a = sqrt(w λ/n), the units sold are
    piecewise linear in z = 1/sqrt(μ), with bends at z = 1/x and 2/x: the bend below the answer
    is found, and the line from it solved.
    """
    need = market.need_units
    traded = need > 0
    root = jnp.sqrt(market.willingness[:, None] * market.requests_rps / jnp.where(traded, need, 1))
    scale = jnp.where(traded & (root > 0), root, 1.0)
    bends = jnp.sort(jnp.concatenate([1.0 / scale, 2.0 / scale]), axis=0)

    def sold(level: Float[Array, " servers"]) -> Real:
        return need * jnp.clip(root * level[None, :] - 1.0, 0.0, 1.0)

    totals = jnp.stack([jnp.sum(sold(bend), axis=0) for bend in bends])
    below = jnp.sum(totals <= market.capacity_units[None, :], axis=0) - 1
    start = jnp.take_along_axis(bends, below[None, :], axis=0)[0]
    left = market.capacity_units - jnp.take_along_axis(totals, below[None, :], axis=0)[0]
    rising = (root * start[None, :] >= 1.0 - 1e-6) & (root * start[None, :] < 2.0 - 1e-6)
    slope = jnp.sum(jnp.where(rising, need * root, 0.0), axis=0)
    units = sold(start + jnp.where(slope > 0, left / jnp.where(slope > 0, slope, 1.0), 0.0))
    return market.price_for(units), units


def deferred_acceptance(
    price: Real,
    units: Real,
    capacity_units: Int[Array, " servers"],
    priority: Float[Array, " operators"],
) -> Int[Array, "operators servers"]:
    """Whole units matched to operators, many to one, operators proposing.

    Each operator files one request for every unit of its demand, the last one for the fraction
    that remains; a request is worth to the server what it pays for it. A request names one
    server, so acceptance is never deferred beyond the first round: a server keeps the requests
    that pay most, ties to the higher priority, until it is full.
    """
    whole = jnp.floor(units + 1e-4)
    fraction = jnp.where(units - whole > 1e-4, units - whole, 0.0)
    value = jnp.concatenate([price, price * fraction])
    size = jnp.concatenate([whole, (fraction > 0).astype(whole.dtype)]).astype(capacity_units.dtype)
    granted = fill(value, size, capacity_units, jnp.concatenate([priority, priority]))
    full, partial = jnp.split(granted, 2)
    return full + partial
