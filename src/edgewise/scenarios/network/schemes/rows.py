"""A row of `observe`, taken apart again."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.scenarios.network.observe import NUMBERS, OWN

Row = Float[Array, " features"]


def of_device(row: Row) -> dict[str, Float[Array, ""]]:
    """OWN by name."""
    return dict(zip(OWN, row[: len(OWN)], strict=True))


def of_options(row: Row) -> dict[str, Float[Array, " options"]]:
    """NUMBERS by name, one of each for every option."""
    columns = row[len(OWN) :].reshape(-1, len(NUMBERS)).T
    return dict(zip(NUMBERS, columns, strict=True))


def lateness(options: dict[str, Float[Array, " options"]]) -> Float[Array, " options"]:
    """When the task would be done by each option if the others did as in the last slot, on the
    scale of NUMBERS: t/(t + deadline) of transmission, queue and computation together; 1 where
    the option is not there."""
    parts = (options[name] for name in ("transmission", "queue", "computation"))
    over_deadline = sum(part / jnp.maximum(1.0 - part, 1e-6) for part in parts)
    total = over_deadline / (1.0 + over_deadline)
    return jnp.where(options["usable"] > 0, total, 1.0)


def bin_of(value: Float[Array, "..."], edges: tuple[float, ...]) -> Int[Array, "..."]:
    """0..len(edges): how many of the rising `edges` a value has reached.

    >>> bin_of(jnp.array([0.1, 0.3, 0.9]), (0.3, 0.5))
    Array([0, 1, 2], dtype=int32)
    """
    return jnp.searchsorted(jnp.asarray(edges), value, side="right", method="compare_all")
