"""Between which ends whole numbers lie, as far as it can be told from how they are made. What an
index is checked for in JAX (is it negative, is it beyond the end) is then known beforehand, and
takes no operator."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Span = tuple[int, int]
"""The least and the largest that a number can be."""
WIDEST = 2**31
"""Beyond this, numbers go round: nothing is known of them."""


def _first(spans: Sequence[Span]) -> Span:
    return spans[0]


def _any_of(spans: Sequence[Span]) -> Span:
    return min(low for low, _ in spans), max(high for _, high in spans)


def _chosen(spans: Sequence[Span]) -> Span:
    return _any_of(spans[1:])


def _sum(spans: Sequence[Span]) -> Span:
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _difference(spans: Sequence[Span]) -> Span:
    (low, high), (least, most) = spans
    return low - most, high - least


def _product(spans: Sequence[Span]) -> Span:
    ends = [a * b for a in spans[0] for b in spans[1]]
    return min(ends), max(ends)


def _larger(spans: Sequence[Span]) -> Span:
    return max(low for low, _ in spans), max(high for _, high in spans)


def _smaller(spans: Sequence[Span]) -> Span:
    return min(low for low, _ in spans), min(high for _, high in spans)


MADE: Mapping[str, Callable[[Sequence[Span]], Span]] = {
    **dict.fromkeys(("Cast", "Gather", "Reshape", "Slice", "Expand", "Transpose"), _first),
    **dict.fromkeys(("ReduceMin", "ReduceMax"), _first),
    "Concat": _any_of,
    "Where": _chosen,
    "Add": _sum,
    "Sub": _difference,
    "Mul": _product,
    "Max": _larger,
    "Min": _smaller,
}
"""The span of what an operator makes, from those of its inputs."""
REDUCTIONS = ("ReduceSum", "ReduceMin", "ReduceMax")
LOOKED_AT = dict.fromkeys(("Gather", "Reshape", "Slice", "Expand", *REDUCTIONS), 1)
"""Of how many inputs the numbers are taken, where the others are places and sizes."""


def span_of_values(value: np.ndarray) -> Span | None:
    """Of a constant."""
    if value.dtype.kind not in "biu" or not value.size:
        return None
    return int(value.min()), int(value.max())


def span_of_result(
    operator: str,
    spans: Sequence[Span | None],
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    attributes: Mapping[str, Any],
) -> Span | None:
    """Of what an operator makes of inputs with these spans; `shapes` are those of its first input
    and of its output."""
    given, made = shapes
    if operator in ("ArgMax", "ArgMin"):
        return 0, given[attributes["axis"]] - 1
    taken = spans[: LOOKED_AT.get(operator)]
    known = [span for span in taken if span is not None]
    if len(known) < len(taken):
        return None
    if operator == "ReduceSum":
        count = math.prod(given) // max(math.prod(made), 1)
        return _narrow((count * known[0][0], count * known[0][1]))
    return _narrow(MADE[operator](known)) if operator in MADE else None


def _narrow(span: Span) -> Span | None:
    return span if span[0] >= -WIDEST and span[1] < WIDEST else None


def decided(operator: str, a: Span, b: Span) -> bool | None:
    """What a comparison of numbers in these spans comes to; None if it may be either."""
    if operator == "Less":
        return True if a[1] < b[0] else (False if a[0] >= b[1] else None)
    if operator == "LessOrEqual":
        return True if a[1] <= b[0] else (False if a[0] > b[1] else None)
    if operator in ("Greater", "GreaterOrEqual"):
        return decided(operator.replace("Greater", "Less"), b, a)
    if operator == "Equal" and (a[1] < b[0] or b[1] < a[0]):
        return False
    return None
