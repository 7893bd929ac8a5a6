"""What a computation will need of memory, before it is taken."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np

from edgewise.core.errors import UserError


def available_bytes() -> int:
    """What the machine could still give, swap apart."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith("MemAvailable:")]
        return 1024 * int(line.split()[1])
    except (OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def refuse_what_cannot_fit(what: str, needed: float, lower: str, processes: int = 1) -> None:
    """`UserError` if `what` needs more bytes than each of so many processes can have; `lower` says
    what would need less."""
    limit = available_bytes() / processes
    if needed > limit:
        share = f" for each of {processes} processes" if processes > 1 else ""
        raise UserError(
            f"{what} needs about {spoken(needed)} of memory, and {spoken(limit)} are "
            f"available{share}: lower {lower}"
        )


def peak_bytes(jaxpr: Any) -> int:
    """About what running a traced function takes at its peak: the most that any step reads and
    writes, with what is inside of it. XLA may need less, where it fuses steps, or more, where much
    is kept from step to step."""
    return max((_step_bytes(step) for step in jaxpr.eqns), default=0)


def tree_bytes(tree: Any) -> int:
    """What the arrays of a tree, or their shapes, take."""
    sizes = [np.prod(leaf.shape, dtype=float) * _itemsize(leaf) for leaf in _leaves(tree)]
    return int(sum(sizes))


def taken_bytes(compiled: Any) -> int:
    """What a compiled program takes: its arguments, its result and what is between; 0 where the
    compiler does not say."""
    said = compiled.memory_analysis()
    names = ("argument", "output", "temp")
    return sum(int(getattr(said, f"{name}_size_in_bytes", 0)) for name in names)


def _leaves(tree: Any) -> list[Any]:
    return [leaf for leaf in jax.tree.leaves(tree) if hasattr(leaf, "shape")]


def _step_bytes(step: Any) -> int:
    held = sum(map(_bytes, [*step.invars, *step.outvars]))
    return max(held, *(peak_bytes(inner) for inner in _inside(step.params)), 0)


def _inside(params: dict[str, Any]) -> Iterator[Any]:
    """The functions that a step calls: bodies of loops, branches."""
    for value in params.values():
        for each in value if isinstance(value, tuple | list) else (value,):
            inner = getattr(each, "jaxpr", each)
            if hasattr(inner, "eqns"):
                yield inner


def _bytes(variable: Any) -> int:
    shape = getattr(variable.aval, "shape", ())
    return int(np.prod(shape, dtype=float)) * _itemsize(variable.aval)


def _itemsize(array: Any) -> int:
    """A random key, or what is no array, counts as 8 bytes."""
    dtype = getattr(array, "dtype", None)
    return dtype.itemsize if isinstance(dtype, np.dtype) else 8


def spoken(size: float) -> str:
    """Bytes as one says them.

    >>> spoken(2.5e9), spoken(24e12)
    ('2.5 GB', '24 TB')
    """
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:{'.2g' if size < 100 * factor else '.0f'}} {unit}"
    return f"{size / 1e3:.2g} kB"
