"""Lévy-flight search over placements: long jumps among many short ones, the better one kept
(Jiang et al., equations (19)-(28); Mantegna 1994).

A placement gives every task a place, 0 (its own device) or 1..M (a server). One evaluation of the
objective is one iteration; the random numbers of many iterations are drawn at once.
"""

import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

Placement = Int[Array, " tasks"]
Objective = Callable[[Placement], Array]
Mutate = Callable[["Flight", Placement], Placement]

BLOCK = 100
"""Iterations whose random numbers are drawn together: bounds memory, saves time."""
ABOVE_MINUS_ONE = -1.0 + 2.0**-24
"""The least uniform number whose normal is finite in float32."""


class Flight(eqx.Module):
    """The random numbers of one iteration (leading axes: of many). `weight` is ω, 1 falling to
    0; the steps are not weighted yet."""

    weight: Float[Array, "*slots"]
    place: Int[Array, "*slots tasks"]
    mutation_step: Float[Array, "*slots tasks"]
    crossover_step: Float[Array, "*slots tasks"]


class Found(eqx.Module):
    """The best placement, its objective, and the best objective after each evaluation."""

    placement: Placement
    objective: Float[Array, ""]
    trace: Float[Array, " evaluations"]


def mantegna_scale(exponent: float) -> float:
    """σ_u of (22), the spread of the numerator that gives steps with tail exponent b.

    >>> round(mantegna_scale(1.0), 6)  # b = 1: a ratio of standard normals, Cauchy
    1.0
    """
    b = exponent
    top = math.gamma(1 + b) * math.sin(math.pi * b / 2)
    return float((top / (math.gamma((1 + b) / 2) * b * 2 ** ((b - 1) / 2))) ** (1 / b))


def levy_steps(
    first: Float[Array, "..."], second: Float[Array, "..."], exponent: float
) -> Float[Array, "..."]:
    """Mantegna's steps s = u/|v|^(1/b) of (20), (21), u ~ N(0, σ_u²), v ~ N(0, 1), from two
    standard normals.

    >>> levy_steps(jnp.array([3.0]), jnp.array([-2.0]), 1.0)
    Array([1.5], dtype=float32)
    """
    return mantegna_scale(exponent) * first / jnp.abs(second) ** (1.0 / exponent)


def preference(gain: Float[Array, "tasks servers"]) -> Float[Array, "tasks places"]:
    """h_norm per place: gains min-max scaled per server over the tasks; infinite for place 0, so
    that staying local never fails the test of (25).

    >>> preference(jnp.array([[1.0], [3.0], [5.0]]))[:, 1]
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    low, high = jnp.min(gain, axis=0), jnp.max(gain, axis=0)
    spread = jnp.where(high > low, high - low, 1.0)
    local = jnp.full((gain.shape[0], 1), jnp.inf, gain.dtype)
    return jnp.concatenate([local, (gain - low[None]) / spread[None]], axis=1)


def levy_search(
    key: PRNGKeyArray,
    start: Placement,
    objective: Objective,
    preference: Float[Array, "tasks places"],
    evaluations: int,
    exponent: float,
    threshold: float = 0.5,
    by_present: bool = False,
) -> Found:
    """The paper's search: h mutation (25), Lévy crossover (27), greedy selection (28).

    The text has lost (25), of which the words are left that a device on a high h "has a higher
    stability": a task goes where h is high; or, `by_present`, it leaves where h is low, and its
    own device whenever it is drawn."""

    def mutate(flight: Flight, placement: Placement) -> Placement:
        step = jnp.abs(flight.weight * flight.mutation_step)
        if by_present:
            mutated = (placement == 0) | (_of_place(preference, placement) < step)
        else:
            mutated = _of_place(preference, flight.place) > step
        crossed = jnp.abs(flight.weight * flight.crossover_step) > threshold
        return jnp.where(mutated & crossed, flight.place, placement)

    return _search(key, start, objective, mutate, preference.shape[1], evaluations, exponent)


def classic_search(
    key: PRNGKeyArray,
    start: Placement,
    objective: Objective,
    num_places: int,
    evaluations: int,
    exponent: float,
    annealed: bool = False,
) -> Found:
    """The classic search (23): a + α s, rounded and clipped; α = 1, or ω_t where `annealed`."""

    def mutate(flight: Flight, placement: Placement) -> Placement:
        scale = flight.weight if annealed else 1.0
        step = jnp.clip(scale * flight.mutation_step, -num_places, num_places)
        moved = placement + jnp.round(step).astype(placement.dtype)
        return jnp.clip(moved, 0, num_places - 1)

    return _search(key, start, objective, mutate, num_places, evaluations, exponent)


def _of_place(
    preference: Float[Array, "tasks places"], placement: Placement
) -> Float[Array, " tasks"]:
    return jnp.take_along_axis(preference, placement[:, None], axis=1)[:, 0]


def _search(
    key: PRNGKeyArray,
    start: Placement,
    objective: Objective,
    mutate: Mutate,
    num_places: int,
    evaluations: int,
    exponent: float,
) -> Found:
    block = min(BLOCK, evaluations)

    def iterate(
        best: tuple[Placement, Array], now: tuple[Array, Flight]
    ) -> tuple[tuple[Placement, Array], Array]:
        t, flight = now
        candidate = mutate(flight, best[0])
        value = objective(candidate)
        # The last block may be longer than what is left of the budget.
        better = (value < best[1]) & (t < evaluations)
        best = (jnp.where(better, candidate, best[0]), jnp.where(better, value, best[1]))
        return best, best[1]

    def fly(best: tuple[Placement, Array], number: Array) -> tuple[tuple[Placement, Array], Array]:
        t = number * block + jnp.arange(block)
        weight = jnp.maximum(1.0 - t / evaluations, 0.0)
        flights = _draw(
            jax.random.fold_in(key, number), weight, start.shape[0], num_places, exponent
        )
        return jax.lax.scan(iterate, best, (t, flights))

    if evaluations == 0:
        return Found(start, objective(start), jnp.zeros(0))
    blocks = jnp.arange(math.ceil(evaluations / block))
    (placement, value), trace = jax.lax.scan(fly, (start, objective(start)), blocks)
    return Found(placement, value, trace.reshape(-1)[:evaluations])


def _draw(
    key: PRNGKeyArray,
    weight: Float[Array, " slots"],
    num_tasks: int,
    num_places: int,
    exponent: float,
) -> Flight:
    # One draw for all five numbers: every draw of its own costs seconds of compile time.
    shape = (5, weight.shape[0], num_tasks)
    uniform = jax.random.uniform(key, shape, dtype=float, minval=ABOVE_MINUS_ONE, maxval=1.0)
    place = jnp.floor((uniform[0] + 1.0) / 2.0 * num_places).astype(int)
    normal = math.sqrt(2.0) * jax.scipy.special.erfinv(uniform[1:])
    return Flight(
        weight=weight,
        place=jnp.clip(place, 0, num_places - 1),
        mutation_step=levy_steps(normal[0], normal[1], exponent),
        crossover_step=levy_steps(normal[2], normal[3], exponent),
    )
