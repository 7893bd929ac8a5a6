"""Reading and writing by index: gather, scatter and their like, all on one running number.

An entry of an operand is addressed by its place in row-major order. What an index contributes to
that place is computed in the graph; what windows and batches contribute is a constant.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.export.elementwise import converted, scalar, where
from edgewise.deployment.export.equations import Equation
from edgewise.deployment.export.lowering import (
    Handlers,
    Lowering,
    Operand,
    known_operand,
    whole,
)
from edgewise.deployment.export.shapes import cut, joined, reduced

HANDLERS = Handlers()
SCATTERS = {"scatter": "none", "scatter-add": "add", "scatter-min": "min", "scatter-max": "max"}


@HANDLERS.of("gather")
def _gathered(into: Lowering, equation: Equation, operand: Operand, index: Operand) -> Operand:
    numbers = equation.parameters["dimension_numbers"]
    window = tuple(int(size) for size in equation.parameters["slice_sizes"])
    shape = equation.outputs[0].aval.shape
    axes = _Axes(
        operand.shape,
        window,
        index=_ints(numbers.start_index_map),
        batch=_ints(numbers.operand_batching_dims),
        index_batch=_ints(numbers.start_indices_batching_dims),
        dropped=_ints(numbers.collapsed_slice_dims),
    )
    place, inside = axes.places(into, index, shape, _ints(numbers.offset_dims), _mode(equation))
    found = _taken_along(into, operand, place, shape)
    if found is None:
        flat = into.reshaped(operand, (int(np.prod(operand.shape)),))
        found = _taken(into, flat, place, shape)
    if inside is None:
        return found
    fill = equation.parameters["fill_value"]
    return where(into, inside, found, scalar(found, _fill(found.dtype) if fill is None else fill))


def _taken_along(
    into: Lowering, operand: Operand, place: Operand, shape: tuple[int, ...]
) -> Operand | None:
    """operand[place], if the operand has entries along one axis only and the places are known: as
    it lies. None otherwise."""
    long = [axis for axis, length in enumerate(operand.shape) if length > 1]
    if operand.known or not place.known or len(long) != 1:
        return None
    (axis,), end = long, len(shape) - (len(operand.shape) - long[0] - 1)
    if end < axis or any(n > 1 for n in (*shape[:axis], *shape[end:])):
        return None
    along = place.array().reshape(shape[axis:end])
    tensors = [into.full(operand), into.graph.constant(along)]
    return whole(into.graph.add("Gather", tensors, operand.dtype, shape, axis=axis))


def _taken(into: Lowering, flat: Operand, place: Operand, shape: tuple[int, ...]) -> Operand:
    """flat[place]."""
    if flat.held.shape == (1,) and flat.shape != (1,):
        return Operand(flat.held.reshape((1,) * len(shape)), shape)  # type: ignore[union-attr]
    out = into.graph.add(
        "Gather", [into.full(flat), into.tensor(place)], flat.dtype, place.held.shape, axis=0
    )
    return Operand(out, shape)


def _fill(dtype: np.dtype) -> float:
    """What JAX reads outside of an array."""
    return np.nan if dtype.kind == "f" else int(np.iinfo(dtype).min)


@HANDLERS.of(*SCATTERS)
def _scattered(
    into: Lowering, equation: Equation, operand: Operand, index: Operand, updates: Operand
) -> Operand:
    numbers = equation.parameters["dimension_numbers"]
    dropped = _ints(numbers.inserted_window_dims)
    batch = _ints(numbers.operand_batching_dims)
    windows = _ints(numbers.update_window_dims)
    sizes = iter(updates.shape[axis] for axis in windows)
    window = tuple(
        1 if axis in (*dropped, *batch) else next(sizes) for axis in range(len(operand.shape))
    )
    axes = _Axes(
        operand.shape,
        window,
        index=_ints(numbers.scatter_dims_to_operand_dims),
        batch=batch,
        index_batch=_ints(numbers.scatter_indices_batching_dims),
        dropped=dropped,
    )
    place, inside = axes.places(into, index, updates.shape, windows, _mode(equation))
    count = int(np.prod(operand.shape))
    flat = into.reshaped(operand, (count,))
    if inside is not None:
        # What falls outside is written to one place more, and cut off with it.
        flat = joined(into, [flat, known_operand(np.zeros(1, operand.dtype))], 0)
        place = where(into, inside, place, scalar(place, count))
    many = (int(np.prod(updates.shape)),)
    tensors = [
        into.full(flat), *(into.full(into.reshaped(each, many)) for each in (place, updates))
    ]  # fmt: skip
    out = into.graph.add(
        "ScatterElements",
        tensors,
        operand.dtype,
        tensors[0].shape,
        axis=0,
        reduction=SCATTERS[equation.name],
    )
    kept = cut(into, whole(out), (slice(0, count, 1),))
    return into.reshaped(kept, operand.shape)


@HANDLERS.of("dynamic_slice")
def _window(into: Lowering, equation: Equation, operand: Operand, *starts: Operand) -> Operand:
    sizes = tuple(int(size) for size in equation.parameters["slice_sizes"])
    place = _window_place(into, operand.shape, sizes, starts)
    flat = into.reshaped(operand, (int(np.prod(operand.shape)),))
    return _taken(into, flat, place, sizes)


@HANDLERS.of("dynamic_update_slice")
def _window_written(
    into: Lowering, equation: Equation, operand: Operand, update: Operand, *starts: Operand
) -> Operand:
    place = _window_place(into, operand.shape, update.shape, starts)
    flat, many = (int(np.prod(operand.shape)),), (int(np.prod(update.shape)),)
    tensors = [
        into.full(into.reshaped(operand, flat)),
        into.full(into.reshaped(place, many)),
        into.full(into.reshaped(update, many)),
    ]
    out = into.graph.add("ScatterElements", tensors, operand.dtype, flat, axis=0, reduction="none")
    return into.reshaped(whole(out), operand.shape)


def _window_place(
    into: Lowering,
    shape: tuple[int, ...],
    window: tuple[int, ...],
    starts: Sequence[Operand],
) -> Operand:
    """The places of a window that begins at `starts`, moved inside."""
    index = joined(into, [into.reshaped(start, (1,)) for start in starts], 0)
    axes = _Axes(shape, window, tuple(range(len(shape))), (), (), ())
    place, _ = axes.places(into, index, window, tuple(range(len(window))), "CLIP")
    return place


def _ints(axes: Any) -> tuple[int, ...]:
    return tuple(int(axis) for axis in axes)


def _mode(equation: Equation) -> str:
    """CLIP, FILL_OR_DROP or PROMISE_IN_BOUNDS."""
    return str(equation.parameters["mode"].name)


class _Axes:
    """Which axes of an operand an index, a window and a batch address."""

    def __init__(
        self,
        shape: tuple[int, ...],
        window: tuple[int, ...],
        index: tuple[int, ...],
        batch: tuple[int, ...],
        index_batch: tuple[int, ...],
        dropped: tuple[int, ...],
    ) -> None:
        self.shape, self.window, self.index = shape, window, index
        self.batch, self.index_batch, self.dropped = batch, index_batch, dropped
        self.strides = np.cumprod((1, *shape[:0:-1]))[::-1]

    def places(
        self,
        into: Lowering,
        index: Operand,
        out: tuple[int, ...],
        offsets: tuple[int, ...],
        mode: str,
    ) -> tuple[Operand, Operand | None]:
        """For every entry of the output (or of the updates) of shape `out`, whose axes `offsets`
        run through the window: its place in the operand, and whether it is inside, if that
        matters."""
        loops = tuple(axis for axis in range(len(out)) if axis not in offsets)
        most = np.array([self.shape[axis] - self.window[axis] for axis in self.index])
        begin, inside = self._bounded(into, index, most, mode)
        spread = tuple(out[axis] if axis in loops else 1 for axis in range(len(out)))
        moved = _scaled(into, begin, self.strides[list(self.index)])
        place = Operand(into.reshaped(moved, spread).held, out)
        constant = self._constant(out, offsets, loops)
        if constant.any():
            place = into.apply("Add", [place, known_operand(constant.astype(place.dtype))])
        if inside is not None:
            inside = Operand(into.reshaped(inside, spread).held, out)
        return place, inside

    def _bounded(
        self, into: Lowering, index: Operand, most: np.ndarray, mode: str
    ) -> tuple[Operand, Operand | None]:
        """The index moved inside; and, where what is outside is dropped, what was inside."""
        if mode not in ("CLIP", "FILL_OR_DROP", "PROMISE_IN_BOUNDS"):
            raise UserError(f"it indexes in mode {mode}")
        if index.known:
            given = index.array()
            kept = known_operand(np.clip(given, 0, most).astype(given.dtype))
            fits = np.all((given >= 0) & (given <= most), axis=-1)
            return kept, None if mode != "FILL_OR_DROP" or fits.all() else known_operand(fits)
        if mode == "PROMISE_IN_BOUNDS":
            return index, None
        high = known_operand(np.broadcast_to(most, index.shape).astype(index.dtype))
        bounded = into.apply("Min", [into.apply("Max", [index, scalar(index, 0)]), high])
        if mode == "CLIP":
            return bounded, None
        return bounded, _all_of_last_axis(into, into.apply("Equal", [index, bounded], bool))

    def _constant(
        self, out: tuple[int, ...], offsets: tuple[int, ...], loops: tuple[int, ...]
    ) -> np.ndarray:
        """What windows and batches contribute to the place of every entry."""
        at = np.indices(out, sparse=True)
        total = np.zeros((1,) * len(out), int)
        kept = [a for a in range(len(self.shape)) if a not in (*self.dropped, *self.batch)]
        for axis, offset in zip(kept, offsets, strict=True):
            total = total + at[offset] * self.strides[axis]
        for axis, loop in zip(self.batch, self.index_batch, strict=True):
            total = total + at[loops[loop]] * self.strides[axis]
        return np.asarray(total)


def _all_of_last_axis(into: Lowering, holds: Operand) -> Operand:
    """Whether it holds for every entry along the last axis."""
    if holds.known:
        return known_operand(holds.array().all(axis=-1))
    if holds.shape[-1] == 1:
        return into.reshaped(holds, holds.shape[:-1])
    least = reduced(into, "ReduceMin", converted(into, holds, np.int32), [len(holds.shape) - 1])
    return converted(into, least, bool)


def _scaled(into: Lowering, begin: Operand, strides: np.ndarray) -> Operand:
    """Σ over the last axis of begin · strides."""
    if begin.known:
        return known_operand((begin.array() * strides).sum(axis=-1).astype(begin.dtype))
    if len(strides) != 1 or strides[0] != 1:
        scale = known_operand(np.broadcast_to(strides, begin.shape).astype(begin.dtype))
        begin = into.apply("Mul", [begin, scale])
    return reduced(into, "ReduceSum", begin, [len(begin.shape) - 1])
