"""From equations to a graph: one function for each primitive of JAX, found by its name.

A value on the way is an `Operand`. It may be held smaller than it is, with an axis of length 1
where all entries along it are equal: a broadcast costs nothing where the operator broadcasts by
itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jax.extend import core

from edgewise.core.errors import UserError
from edgewise.deployment.export.equations import (
    Equation,
    Known,
    Listing,
    evaluated,
)
from edgewise.deployment.export.graph import Graph, Shape, Tensor
from edgewise.deployment.export.spans import Span, decided, span_of_values


@dataclass(frozen=True)
class Operand:
    """A value of `shape`: known already (an array), or in the graph. `held` has as many axes, each
    of the same length or of 1."""

    held: np.ndarray | Tensor
    shape: Shape

    @property
    def dtype(self) -> np.dtype:
        """Its type."""
        return self.held.dtype

    @property
    def known(self) -> bool:
        """Whether its value is there already."""
        return isinstance(self.held, np.ndarray)

    def array(self) -> np.ndarray:
        """The value of what is known, in full."""
        assert isinstance(self.held, np.ndarray)
        return np.broadcast_to(self.held, self.shape)


Handler = Callable[..., Any]


class Handlers(dict[str, Handler]):
    """Primitive → the function that lowers it: called with the `Lowering`, the equation and its
    operands, it gives the output's operand (a list, if there are several)."""

    def of(self, *names: str) -> Callable[[Handler], Handler]:
        """Marks the function for these primitives."""

        def register(handler: Handler) -> Handler:
            self.update(dict.fromkeys(names, handler))
            return handler

        return register


class Lowering:
    """Adds equations to `graph`; `values` are the variables that are there already."""

    def __init__(
        self, graph: Graph, values: Mapping[Any, Operand], handlers: Mapping[str, Handler]
    ) -> None:
        self.graph, self.handlers = graph, handlers
        self.values = dict(values)

    def function(self, listing: Listing) -> list[Operand]:
        """The outputs of a function whose inputs are in `values`."""
        self.know(listing.constants)
        for equation in listing.equations:
            self.add(equation)
        return [self.read(atom) for atom in listing.outputs]

    def know(self, known: Known) -> None:
        """Variables of these values."""
        self.values.update({name: known_operand(value) for name, value in known.items()})

    def read(self, atom: Any) -> Operand:
        """The operand of a variable or literal."""
        if isinstance(atom, core.Literal):
            return known_operand(np.asarray(atom.val, _abstract(atom).dtype))
        return self.values[atom]

    def add(self, equation: Equation) -> None:
        """One equation more."""
        operands = [self.read(atom) for atom in equation.inputs]
        if all(operand.known for operand in operands):
            arrays = [
                operand.array().astype(atom.aval.dtype)
                for atom, operand in zip(equation.inputs, operands, strict=True)
            ]
            results: Iterable[Operand] = map(known_operand, evaluated(equation, arrays))
        else:
            handler = self.handlers.get(equation.name)
            if handler is None:
                raise UserError(f"it uses '{equation.name}', which cannot be written as ONNX")
            made = handler(self, equation, *operands)
            results = [made] if isinstance(made, Operand) else made
        for variable, result in zip(equation.outputs, results, strict=True):
            assert result.shape == variable.aval.shape, (equation.name, result.shape)
            assert result.dtype == stored(variable.aval.dtype), (equation.name, result.dtype)
            self.values[variable] = result

    def tensor(self, operand: Operand) -> Tensor:
        """The operand in the graph, as small as it is held."""
        if isinstance(operand.held, Tensor):
            return operand.held
        return self.graph.constant(operand.held)

    def full(self, operand: Operand) -> Tensor:
        """The operand in the graph, in its own shape."""
        held = operand.held
        if isinstance(held, np.ndarray):
            return self.graph.constant(operand.array())
        if held.shape == operand.shape:
            return held
        size = self.graph.constant(operand.shape, np.int64)
        return self.graph.add("Expand", [held, size], held.dtype, operand.shape)

    def apply(
        self, operator: str, operands: Sequence[Operand], dtype: Any = None, **attributes: Any
    ) -> Operand:
        """An operator that works entry by entry, and broadcasts by itself."""
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        done = self._without_operator(operator, operands, shape)
        if done is not None:
            return done
        held = np.broadcast_shapes(*(operand.held.shape for operand in operands))
        tensors = [self.tensor(operand) for operand in operands]
        out = self.graph.add(operator, tensors, dtype or operands[0].dtype, held, **attributes)
        return Operand(out, shape)

    def _without_operator(
        self, operator: str, operands: Sequence[Operand], shape: Shape
    ) -> Operand | None:
        """The result, if it is known or one of the operands whatever the values on the way are."""
        if len(operands) != 2:
            return None
        for kept, other in (operands, reversed(operands)):
            if kept.shape == shape and self._changes_nothing(operator, kept, other):
                return kept
        answer = self._answer(operator, *operands)
        return None if answer is None else known_operand(np.full(shape, answer))

    def _changes_nothing(self, operator: str, kept: Operand, other: Operand) -> bool:
        """Whether operator(kept, other) is `kept`."""
        if operator in ("And", "Or"):
            return other.known and bool(np.all(other.array() == (operator == "And")))
        if operator not in ("Max", "Min"):
            return False
        mine, its = self._span(kept), self._span(other)
        if mine is None or its is None:
            return False
        return mine[0] >= its[1] if operator == "Max" else mine[1] <= its[0]

    def _answer(self, operator: str, a: Operand, b: Operand) -> bool | None:
        """What a comparison comes to; None if it is none, or that depends on the values."""
        if operator == "Equal" and a.held is b.held and a.dtype.kind != "f":
            return True
        mine, its = self._span(a), self._span(b)
        return None if mine is None or its is None else decided(operator, mine, its)

    def _span(self, operand: Operand) -> Span | None:
        held = operand.held
        return span_of_values(held) if isinstance(held, np.ndarray) else self.graph.span(held)

    def reshaped(self, operand: Operand, shape: Shape) -> Operand:
        """The same entries in order, in another shape."""
        if isinstance(operand.held, np.ndarray):
            return known_operand(operand.array().reshape(shape))
        return whole(self.reshape(self.full(operand), shape))

    def reshape(self, tensor: Tensor, shape: Shape) -> Tensor:
        """A tensor in another shape."""
        maker = self.graph.maker(tensor)
        if maker is not None and maker.operator == "Reshape" and maker.inputs[0] is not None:
            return self.reshape(maker.inputs[0], shape)
        if tensor.shape == shape:
            return tensor
        value = self.graph.value(tensor)
        if value is not None:
            return self.graph.constant(value.reshape(shape))
        size = self.graph.constant(shape, np.int64)
        return self.graph.add("Reshape", [tensor, size], tensor.dtype, shape)


def _abstract(atom: Any) -> Any:
    """Shape and type of a variable or literal; JAX types them as less than arrays."""
    return atom.aval


def stored(dtype: Any) -> np.dtype:
    """The type in the graph. ONNX Runtime computes little with unsigned integers, of which the
    signed ones of twice the size hold every value; JAX uses them for indices."""
    given = np.dtype(dtype)
    signed: dict[str, np.dtype] = {"uint8": np.dtype("int32"), "uint32": np.dtype("int64")}
    return signed.get(given.name, given)


def known_operand(value: Any) -> Operand:
    """A value that is known, held in a single entry where all are equal."""
    array = np.asarray(value)
    array = array.astype(stored(array.dtype))
    if array.size > 1 and array.dtype.kind in "fiub" and np.all(array == array.flat[0]):
        return Operand(array.reshape(-1)[:1].reshape((1,) * array.ndim), array.shape)
    return Operand(array, array.shape)


def whole(tensor: Tensor) -> Operand:
    """A tensor as it is."""
    return Operand(tensor, tensor.shape)
