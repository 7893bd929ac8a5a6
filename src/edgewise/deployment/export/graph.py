"""A graph of ONNX operators on tensors of known shape: what is written to files, as ONNX or as C.

Nothing in it is computed twice: a node that is asked for again is the one that is there.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgewise.deployment.export.spans import Span, span_of_result, span_of_values

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Tensor:
    """A value in the graph, by name."""

    name: str
    dtype: np.dtype
    shape: Shape


@dataclass(frozen=True)
class Node:
    """outputs = operator(inputs); an input left out is None, an attribute may be a `Graph`."""

    operator: str
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    attributes: Mapping[str, Any]


@dataclass
class Graph:
    """Nodes in order. A graph within a loop sees the tensors of those around it (`outer`);
    constants are kept by the outermost. `spans` are those of tensors of whole numbers."""

    outer: "Graph | None" = None
    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    spans: dict[str, Span | None] = field(default_factory=dict)
    _made: dict[Any, tuple[Tensor, ...]] = field(default_factory=dict)
    _makers: dict[str, Node] = field(default_factory=dict)
    _kept: dict[Any, Tensor] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        if self.outer is not None:
            self._numbers = self.outer._numbers

    def input(self, dtype: Any, shape: Shape, name: str = "") -> Tensor:
        """A new input."""
        tensor = Tensor(name or self.name("in"), np.dtype(dtype), shape)
        self.inputs.append(tensor)
        return tensor

    def name(self, kind: str) -> str:
        """A name that nothing else has."""
        return f"{kind.lower()}_{next(self._numbers)}"

    def constant(self, value: Any, dtype: Any = None) -> Tensor:
        """A tensor of this value."""
        if self.outer is not None:
            return self.outer.constant(value, dtype)
        array = np.ascontiguousarray(np.asarray(value, dtype)).reshape(np.shape(value))
        key = array.dtype.str, array.shape, array.tobytes()
        if key not in self._kept:
            name = self.name("k")
            self.constants[name] = array
            self._kept[key] = Tensor(name, array.dtype, array.shape)
        return self._kept[key]

    def value(self, tensor: Tensor) -> np.ndarray | None:
        """What a constant is; None for anything else."""
        root = self
        while root.outer is not None:
            root = root.outer
        return root.constants.get(tensor.name)

    def maker(self, tensor: Tensor) -> Node | None:
        """The node that made a tensor; None for an input or a constant."""
        found = self._makers.get(tensor.name)
        return self.outer.maker(tensor) if found is None and self.outer is not None else found

    def add(
        self,
        operator: str,
        inputs: Sequence[Tensor | None],
        dtype: Any,
        shape: Shape,
        **attributes: Any,
    ) -> Tensor:
        """The single output of operator(inputs), of this type and shape."""
        return self.add_many(operator, inputs, [(dtype, shape)], **attributes)[0]

    def add_many(
        self,
        operator: str,
        inputs: Sequence[Tensor | None],
        results: Sequence[tuple[Any, Shape]],
        **attributes: Any,
    ) -> tuple[Tensor, ...]:
        """All outputs of operator(inputs)."""
        key = (operator, tuple(inputs), _key(attributes))
        found = self._find(key)
        if found is None:
            found = tuple(Tensor(self.name(operator), np.dtype(t), shape) for t, shape in results)
            node = Node(operator, tuple(inputs), found, attributes)
            self.nodes.append(node)
            self._made[key] = found
            self._makers.update({tensor.name: node for tensor in found})
            self.spans[found[0].name] = self._span_of_result(node)
        return found

    def span(self, tensor: Tensor) -> Span | None:
        """Between which ends the entries lie, if they are whole numbers and it is known."""
        if tensor.dtype == bool:
            return 0, 1
        value = self.value(tensor)
        if value is not None:
            return span_of_values(value)
        if tensor.name in self.spans or self.outer is None:
            return self.spans.get(tensor.name)
        return self.outer.span(tensor)

    def _span_of_result(self, node: Node) -> Span | None:
        """Of its only output."""
        (out, *others), first = node.outputs, node.inputs[0] if node.inputs else None
        if others or first is None or out.dtype.kind not in "iu":
            return None
        spans = [None if tensor is None else self.span(tensor) for tensor in node.inputs]
        shapes = first.shape, out.shape
        return span_of_result(node.operator, spans, shapes, node.attributes)

    def prune(self) -> None:
        """Removes what no output needs: nodes, constants, inputs of the outermost graph."""
        wanted = self._prune()
        self.constants = {name: v for name, v in self.constants.items() if name in wanted}
        self.inputs = [tensor for tensor in self.inputs if tensor.name in wanted]

    def _prune(self) -> set[str]:
        """The names that are needed, in this graph and in those around it."""
        wanted = {tensor.name for tensor in self.outputs}
        kept = []
        for node in reversed(self.nodes):
            if wanted.isdisjoint(tensor.name for tensor in node.outputs):
                continue
            kept.append(node)
            wanted |= {tensor.name for tensor in node.inputs if tensor is not None}
            for value in node.attributes.values():
                if isinstance(value, Graph):
                    wanted |= value._prune()
        self.nodes = kept[::-1]
        return wanted

    def copy(self, tensor: Tensor, name: str = "") -> Tensor:
        """The same value as an output of its own, made by this very graph."""
        made = Tensor(name or self.name("out"), tensor.dtype, tensor.shape)
        self.nodes.append(Node("Identity", (tensor,), (made,), {}))
        return made

    def _find(self, key: Any) -> tuple[Tensor, ...] | None:
        if key in self._made:
            return self._made[key]
        return None if self.outer is None else self.outer._find(key)


def _key(attributes: Mapping[str, Any]) -> Any:
    return tuple(
        (name, id(value) if isinstance(value, Graph) else value)
        for name, value in sorted(attributes.items())
    )
