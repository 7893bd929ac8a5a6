"""Primitives that move entries without changing them, and sums and extremes along axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.export.elementwise import converted
from edgewise.deployment.export.equations import Equation
from edgewise.deployment.export.graph import Tensor
from edgewise.deployment.export.lowering import (
    Handlers,
    Lowering,
    Operand,
    known_operand,
    whole,
)

HANDLERS = Handlers()
REDUCTIONS = {
    "reduce_sum": "ReduceSum",
    "reduce_max": "ReduceMax",
    "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
}


@HANDLERS.of("broadcast_in_dim")
def _broadcast(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    shape = tuple(equation.parameters["shape"])
    placed = [1] * len(shape)
    for axis, target in enumerate(equation.parameters["broadcast_dimensions"]):
        placed[int(target)] = operand.held.shape[axis]
    return Operand(_held_as(into, operand, tuple(placed)), shape)


@HANDLERS.of("reshape")
def _reshaped(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    return into.reshaped(operand, tuple(equation.parameters["new_sizes"]))


@HANDLERS.of("squeeze")
def _squeezed(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    gone = {int(axis) % len(operand.shape) for axis in equation.parameters["dimensions"]}
    kept = [axis for axis in range(len(operand.shape)) if axis not in gone]
    held = tuple(operand.held.shape[axis] for axis in kept)
    return Operand(_held_as(into, operand, held), tuple(operand.shape[axis] for axis in kept))


def _held_as(into: Lowering, operand: Operand, held: tuple[int, ...]) -> np.ndarray | Tensor:
    """What holds the operand, with other axes of length 1."""
    if isinstance(operand.held, np.ndarray):
        return operand.held.reshape(held)
    return into.reshape(operand.held, held)


@HANDLERS.of("transpose")
def _transposed(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    order = tuple(int(axis) for axis in equation.parameters["permutation"])
    shape = tuple(operand.shape[axis] for axis in order)
    held = tuple(operand.held.shape[axis] for axis in order)
    if isinstance(operand.held, np.ndarray):
        return Operand(operand.held.transpose(order), shape)
    moved = [axis for axis in order if operand.held.shape[axis] > 1]
    if moved == sorted(moved):
        return Operand(into.reshape(operand.held, held), shape)
    out = into.graph.add("Transpose", [operand.held], operand.dtype, held, perm=order)
    return Operand(out, shape)


@HANDLERS.of("concatenate")
def _joined(into: Lowering, equation: Equation, *operands: Operand) -> Operand:
    return joined(into, operands, equation.parameters["dimension"])


def joined(into: Lowering, operands: Sequence[Operand], axis: int) -> Operand:
    """The operands one after another along an axis."""
    present = [operand for operand in operands if operand.shape[axis] > 0]
    if len(present) == 1:
        return present[0]
    tensors = [into.full(operand) for operand in present]
    length = sum(operand.shape[axis] for operand in present)
    shape = (*tensors[0].shape[:axis], length, *tensors[0].shape[axis + 1 :])
    return whole(into.graph.add("Concat", tensors, present[0].dtype, shape, axis=axis))


@HANDLERS.of("stack")
def _stacked(into: Lowering, equation: Equation, *operands: Operand) -> Operand:
    axis = int(equation.parameters.get("axis", equation.parameters.get("dimension", 0)))
    shape = operands[0].shape
    layers = [into.reshaped(operand, (*shape[:axis], 1, *shape[axis:])) for operand in operands]
    return joined(into, layers, axis)


@HANDLERS.of("slice")
def _sliced(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    begins, ends = equation.parameters["start_indices"], equation.parameters["limit_indices"]
    strides = equation.parameters["strides"] or (1,) * len(begins)
    cuts = tuple(
        slice(int(begin), int(end), int(stride))
        for begin, end, stride in zip(begins, ends, strides, strict=True)
    )
    return cut(into, operand, cuts)


def cut(into: Lowering, operand: Operand, cuts: tuple[slice, ...]) -> Operand:
    """operand[cuts], every cut with a start, an end and a positive step."""
    sizes = [range(*each.indices(n)) for each, n in zip(cuts, operand.shape, strict=True)]
    shape = tuple(len(size) for size in sizes)
    # Along an axis that is held once, any cut is that once.
    own = [
        each if held > 1 or n == 1 else slice(0, 1, 1)
        for each, held, n in zip(cuts, operand.held.shape, operand.shape, strict=True)
    ]
    if isinstance(operand.held, np.ndarray):
        return Operand(operand.held[tuple(own)], shape)
    axes = [
        axis
        for axis, (each, held) in enumerate(zip(own, operand.held.shape, strict=True))
        if len(range(*each.indices(held))) < held
    ]
    if not axes:
        return Operand(operand.held, shape)
    parts = _parts(into, operand, axes)
    if parts is not None:
        pieces = _cut_parts(into, parts, axes[0], tuple(own))
        return Operand(joined(into, pieces, axes[0]).held, shape)
    held = tuple(
        len(range(*each.indices(n))) for each, n in zip(own, operand.held.shape, strict=True)
    )
    bounds = [[getattr(own[axis], side) for axis in axes] for side in ("start", "stop")]
    steps = [own[axis].step for axis in axes]
    numbers = [into.graph.constant(each, np.int64) for each in (*bounds, axes, steps)]
    return Operand(into.graph.add("Slice", [operand.held, *numbers], operand.dtype, held), shape)


def _parts(into: Lowering, operand: Operand, axes: list[int]) -> list[Operand] | None:
    """What was joined to make the operand, if that was along the one axis that is cut: so that
    what is cut off is not needed at all."""
    assert isinstance(operand.held, Tensor)
    node = into.graph.maker(operand.held)
    if node is None or node.operator != "Concat" or axes != [node.attributes["axis"]]:
        return None
    return [whole(tensor) for tensor in node.inputs if tensor is not None]


def _cut_parts(
    into: Lowering, parts: list[Operand], axis: int, cuts: tuple[slice, ...]
) -> list[Operand]:
    """The cut, part by part."""
    kept, begin = [], 0
    wanted = np.arange(cuts[axis].start, cuts[axis].stop, cuts[axis].step)
    for part in parts:
        end = begin + part.shape[axis]
        here = wanted[(wanted >= begin) & (wanted < end)] - begin
        if len(here):
            own = slice(int(here[0]), int(here[-1]) + 1, cuts[axis].step)
            kept.append(cut(into, part, (*cuts[:axis], own, *cuts[axis + 1 :])))
        begin = end
    return kept


@HANDLERS.of("split")
def _split(into: Lowering, equation: Equation, operand: Operand) -> list[Operand]:
    axis = equation.parameters["axis"]
    ends = np.cumsum(equation.parameters["sizes"])
    whole_axes = [slice(0, n, 1) for n in operand.shape]
    parts = []
    for begin, end in zip((0, *ends[:-1]), ends, strict=True):
        cuts = [*whole_axes[:axis], slice(int(begin), int(end), 1), *whole_axes[axis + 1 :]]
        parts.append(cut(into, operand, tuple(cuts)))
    return parts


@HANDLERS.of("rev")
def _reversed(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    for axis in equation.parameters["dimensions"]:
        operand = backwards(into, operand, int(axis))
    return operand


def backwards(into: Lowering, operand: Operand, axis: int) -> Operand:
    """The last entry along an axis first."""
    tensor = into.full(operand)
    order = into.graph.constant(np.arange(tensor.shape[axis])[::-1].copy(), np.int64)
    return whole(into.graph.add("Gather", [tensor, order], tensor.dtype, tensor.shape, axis=axis))


@HANDLERS.of("pad")
def _padded(into: Lowering, equation: Equation, operand: Operand, value: Operand) -> Operand:
    out = operand
    for axis, (low, high, between) in enumerate(equation.parameters["padding_config"]):
        if min(low, high) < 0 or between:
            raise UserError("it pads between entries")
        margins = [
            known_operand(np.full((*out.shape[:axis], size, *out.shape[axis + 1 :]), value.array()))
            for size in (low, high)
        ]
        out = joined(into, [margins[0], out, margins[1]], axis)
    return out


@HANDLERS.of(*REDUCTIONS)
def _reduced(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    return reduced(into, REDUCTIONS[equation.name], operand, equation.parameters["axes"])


def reduced(into: Lowering, operator: str, operand: Operand, axes: Sequence[Any]) -> Operand:
    """A reduction that drops its axes."""
    gone = tuple(sorted(int(axis) for axis in axes))
    kept = [axis for axis in range(len(operand.shape)) if axis not in gone]
    if all(operand.shape[axis] == 1 for axis in gone):
        return into.reshaped(operand, tuple(operand.shape[axis] for axis in kept))
    shape = tuple(operand.shape[axis] for axis in kept)
    along = into.graph.constant(gone, np.int64)
    tensor = into.full(operand)
    out = into.graph.add(operator, [tensor, along], operand.dtype, shape, keepdims=0)
    return whole(out)


@HANDLERS.of("reduce_and", "reduce_or")
def _all_or_any(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    operator = "ReduceMin" if equation.name == "reduce_and" else "ReduceMax"
    count = converted(into, operand, np.int32)
    return converted(into, reduced(into, operator, count, equation.parameters["axes"]), bool)


@HANDLERS.of("argmax", "argmin")
def _place_of_extreme(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    (axis,) = equation.parameters["axes"]
    axis = int(axis)
    shape = (*operand.shape[:axis], *operand.shape[axis + 1 :])
    dtype = equation.parameters["index_dtype"]
    if operand.shape[axis] == 1:
        return Operand(np.zeros((1,) * len(shape), dtype), shape)
    operator = "ArgMax" if equation.name == "argmax" else "ArgMin"
    numbers = converted(into, operand, np.int32) if operand.dtype == bool else operand
    tensor = into.full(numbers)
    out = into.graph.add(operator, [tensor], np.int64, shape, axis=axis, keepdims=0)
    return converted(into, whole(out), dtype)


@HANDLERS.of("cumsum")
def _running_sum(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    axis = into.graph.constant(int(equation.parameters["axis"]), np.int64)
    backwards = int(equation.parameters["reverse"])
    tensor = into.full(operand)
    return whole(
        into.graph.add("CumSum", [tensor, axis], tensor.dtype, tensor.shape, reverse=backwards)
    )


@HANDLERS.of("dot_general")
def _product(into: Lowering, equation: Equation, a: Operand, b: Operand) -> Operand:
    """Both sides become matrices [batch, free, summed] and [batch, summed, free]."""
    (sum_a, sum_b), (batch_a, batch_b) = equation.parameters["dimension_numbers"]
    free_a = [axis for axis in range(len(a.shape)) if axis not in (*sum_a, *batch_a)]
    free_b = [axis for axis in range(len(b.shape)) if axis not in (*sum_b, *batch_b)]

    def size(operand: Operand, axes: Sequence[int]) -> int:
        return int(np.prod([operand.shape[axis] for axis in axes], initial=1))

    batch = size(a, batch_a)
    rows, summed, columns = size(a, free_a), size(a, sum_a), size(b, free_b)
    outer = () if batch == 1 else (batch,)
    left = _arranged(into, a, [*batch_a, *free_a, *sum_a], (*outer, rows, summed))
    right = _arranged(into, b, [*batch_b, *sum_b, *free_b], (*outer, summed, columns))
    if not outer and columns == 1 and rows > 1:
        # A row times a matrix is quicker than a matrix, constant as a rule, times a column.
        left, right = (
            _arranged(into, right, [1, 0], (1, summed)),
            _arranged(into, left, [1, 0], (summed, rows)),
        )
        rows, columns = 1, rows
    made = into.graph.add(
        "MatMul", [into.full(left), into.full(right)], a.dtype, (*outer, rows, columns)
    )
    return into.reshaped(whole(made), equation.outputs[0].aval.shape)


def _arranged(
    into: Lowering, operand: Operand, order: Sequence[int], shape: tuple[int, ...]
) -> Operand:
    """The operand with its axes in this order, then in this shape."""
    axes = tuple(int(axis) for axis in order)
    if isinstance(operand.held, np.ndarray):
        return known_operand(operand.array().transpose(axes).reshape(shape))
    long = [axis for axis in axes if operand.shape[axis] > 1]
    if long == sorted(long):
        return into.reshaped(operand, shape)
    tensor = into.full(operand)
    turned = tuple(operand.shape[axis] for axis in axes)
    out = into.graph.add("Transpose", [tensor], tensor.dtype, turned, perm=axes)
    return into.reshaped(whole(out), shape)
