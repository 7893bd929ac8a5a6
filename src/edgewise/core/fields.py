"""Field constructors of the containers: whatever array-like is given is stored as a JAX array.

Options are those of `equinox.field`; a container with `default=None` puts an array in its place.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp


def _as_float(value: Any) -> Any:
    return jnp.asarray(value, dtype=float)


def _as_integer(value: Any) -> Any:
    return jnp.asarray(value, dtype=int)


def _as_boolean(value: Any) -> Any:
    return jnp.asarray(value, dtype=bool)


def floats(**options: Any) -> Any:
    """A field of real numbers, in the default precision (float32, or float64 under x64)."""
    return eqx.field(converter=_as_float, **options)


def integers(**options: Any) -> Any:
    """A field of integers."""
    return eqx.field(converter=_as_integer, **options)


def booleans(**options: Any) -> Any:
    """A field of truth values."""
    return eqx.field(converter=_as_boolean, **options)
