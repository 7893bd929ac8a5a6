"""Parts of the conformance kit: whatever was given, checked leaf by leaf."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from edgewise.core.check import ConformanceError
from edgewise.runs.blame import blamed, said

UNTRACEABLE = (jax.errors.JAXTypeError, jax.errors.JAXIndexError)
"""What JAX raises of a program that asks for the value of what is not computed yet."""


@contextmanager
def stage(what: str, home: Path | None) -> Iterator[None]:
    """Whatever is raised inside is told in a line, with the place in somebody's file."""
    try:
        yield
    except UNTRACEABLE as error:
        where = blamed(error, home) or said(error)
        advice = "use jnp and jax.lax, not NumPy, if or float()"
        raise ConformanceError(f"{what}: it cannot be compiled ({advice}): {where}") from error
    except Exception as error:
        raise ConformanceError(f"{what}: {blamed(error, home) or said(error)}") from error


def check_log(log: Any) -> None:
    if not isinstance(log, dict):
        raise ConformanceError(f"the log is {type(log).__name__}, no dict of scalars by name")
    for name, value in log.items():
        if jnp.shape(value) != () or not jnp.issubdtype(jnp.result_type(value), jnp.floating):
            raise ConformanceError(
                f"the log's '{name}' is {jnp.result_type(value)}{jnp.shape(value)}, no real scalar"
            )
    check_finite("the log", log)


def check_arrays(what: str, tree: Any) -> None:
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        if not eqx.is_array(leaf):
            name = jax.tree_util.keystr(path)
            raise ConformanceError(f"{what}: {name} is {type(leaf).__name__}, no array")
    check_finite(what, tree)


def check_same(what: str, before: Any, after: Any) -> None:
    """The same structure, shapes and types: it is carried through a compiled loop."""
    if not same_structure(before, after):
        raise ConformanceError(f"{what} was {spoken(before)} and becomes {spoken(after)}")
    for (name, a), (_, b) in zip(named(before), named(after), strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            raise ConformanceError(
                f"{what}: {name or 'it'} was {a.dtype}{a.shape} and becomes {b.dtype}{b.shape}"
            )
    check_finite(what, after)


def same_structure(first: Any, second: Any) -> bool:
    """Whether the same containers hold as many leaves."""
    structures: list[Any] = [jax.tree.structure(tree) for tree in (first, second)]
    return bool(structures[0] == structures[1])


def check_finite(what: str, tree: Any) -> None:
    for name, leaf in named(tree):
        if leaf.dtype.kind == "f" and not np.all(np.isfinite(leaf)):
            raise ConformanceError(f"{what}: {name or 'it'} is not finite")


def pair(answer: Any, what: str = "decide", parts: str = "a decision and a memory") -> Any:
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise ConformanceError(f"{what}: it gives {spoken(answer)}, not {parts}")
    return answer


def named(tree: Any) -> list[tuple[str, np.ndarray]]:
    flat, _ = jax.tree_util.tree_flatten_with_path(eqx.filter(tree, eqx.is_array_like))
    return [(jax.tree_util.keystr(path).lstrip("."), _plain(leaf)) for path, leaf in flat]


def _plain(leaf: Any) -> np.ndarray:
    keys = eqx.is_array(leaf) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
    return np.asarray(jax.random.key_data(leaf) if keys else leaf)


def equal(first: Any, second: Any) -> bool:
    pairs = zip(named(first), named(second), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for (_, a), (_, b) in pairs)


def close(first: Any, second: Any) -> bool:
    return bool(np.allclose(np.asarray(first), np.asarray(second), rtol=1e-5, atol=1e-6))


def spoken(tree: Any) -> str:
    """What it is, and its parts if they have no names."""
    if isinstance(tree, tuple | list):
        return f"{type(tree).__name__} of {len(tree)}"
    return "nothing" if tree is None else type(tree).__name__
