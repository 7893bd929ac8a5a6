"""Sorting by counting: an entry's place is the number of those that come before it."""

import math

import numpy as np

from edgewise.deployment.export.elementwise import converted
from edgewise.deployment.export.equations import Equation
from edgewise.deployment.export.graph import Tensor
from edgewise.deployment.export.lowering import Handlers, Lowering, Operand, known_operand, whole
from edgewise.deployment.export.shapes import cut, reduced

HANDLERS = Handlers()


@HANDLERS.of("sort")
def _sorted(into: Lowering, equation: Equation, *operands: Operand) -> list[Operand]:
    axis = equation.parameters["dimension"] % len(operands[0].shape)
    keys = operands[: equation.parameters["num_keys"]]
    place = _places(into, keys, axis)
    return [_arranged(into, operand, place, axis) for operand in operands]


@HANDLERS.of("top_k")
def _largest(into: Lowering, equation: Equation, operand: Operand) -> list[Operand]:
    axis, count = len(operand.shape) - 1, equation.parameters["k"]
    place = _places(into, [into.apply("Neg", [operand])], axis)
    index = np.arange(operand.shape[axis], dtype=np.int32)
    where = known_operand(np.broadcast_to(index, operand.shape))
    first = (*(slice(0, n, 1) for n in operand.shape[:axis]), slice(0, count, 1))
    return [cut(into, _arranged(into, each, place, axis), first) for each in (operand, where)]


def _places(into: Lowering, keys: tuple[Operand, ...] | list[Operand], axis: int) -> Tensor:
    """Where each entry goes: after those of a smaller key, and of equal ones before it."""
    shape = keys[0].shape
    n = shape[axis]
    earlier = np.tril(np.ones((n, n), bool), -1)
    before = known_operand(earlier.reshape((1,) * axis + (n, n) + (1,) * (len(shape) - axis - 1)))
    for key in reversed(keys):
        mine = into.reshaped(key, (*shape[: axis + 1], 1, *shape[axis + 1 :]))
        other = into.reshaped(key, (*shape[:axis], 1, *shape[axis:]))
        tied = into.apply("And", [into.apply("Equal", [other, mine], bool), before])
        before = into.apply("Or", [into.apply("Less", [other, mine], bool), tied])
    count = reduced(into, "ReduceSum", converted(into, before, np.int32), [axis + 1])
    assert count.shape == shape
    return into.full(count)


def _arranged(into: Lowering, operand: Operand, place: Tensor, axis: int) -> Operand:
    """The operand with every entry in its place."""
    if math.prod(operand.held.shape) == 1:
        return operand
    nothing = into.graph.constant(np.zeros(operand.shape, operand.dtype))
    out = into.graph.add(
        "ScatterElements",
        [nothing, place, into.full(operand)],
        operand.dtype,
        operand.shape,
        axis=axis,
        reduction="none",
    )
    return whole(out)
