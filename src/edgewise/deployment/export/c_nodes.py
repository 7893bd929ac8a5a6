"""Nodes of a graph as statements of C99, one loop nest each."""

from collections.abc import Callable, Iterator, Sequence
from math import prod

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.export.graph import Graph, Node, Shape, Tensor

TYPES = {"float32": "float", "int32": "int32_t", "int64": "int64_t", "bool": "bool"}
Lines = Iterator[str]
Emitter = Callable[["Writer", Node], Lines]

BINARY = {
    "Add": "{0} + {1}", "Sub": "{0} - {1}", "Mul": "{0} * {1}", "Div": "{0} / {1}",
    "Max": "({0} > {1} ? {0} : {1})", "Min": "({0} < {1} ? {0} : {1})",
    "Equal": "{0} == {1}", "Less": "{0} < {1}", "LessOrEqual": "{0} <= {1}",
    "Greater": "{0} > {1}", "GreaterOrEqual": "{0} >= {1}",
    "And": "{0} && {1}", "Or": "{0} || {1}", "Xor": "{0} != {1}",
}  # fmt: skip
REAL = {
    "Pow": "powf({0}, {1})", "Floor": "floorf({0})", "Ceil": "ceilf({0})", "Exp": "expf({0})",
    "Log": "logf({0})", "Sqrt": "sqrtf({0})", "Tanh": "tanhf({0})", "Sin": "sinf({0})",
    "Cos": "cosf({0})", "Erf": "erff({0})", "Round": "rintf({0})",
    "Sigmoid": "1.0f / (1.0f + expf(-{0}))",
}  # fmt: skip
OTHER = {
    "Neg": "-{0}", "Not": "!{0}", "Abs": "({0} < 0 ? -{0} : {0})", "Where": "{0} ? {1} : {2}",
    "Sign": "({0} > 0) - ({0} < 0)", "Identity": "{0}",
}  # fmt: skip
FORMULAS = {**BINARY, **REAL, **OTHER}
REDUCTIONS = {
    "ReduceSum": "{0} + {1}", "ReduceProd": "{0} * {1}",
    "ReduceMax": BINARY["Max"], "ReduceMin": BINARY["Min"],
}  # fmt: skip


class Writer:
    """Writes the nodes of a graph, indented by `depth`."""

    def __init__(self, constants: dict[str, np.ndarray], depth: int = 1) -> None:
        self.constants, self.depth = constants, depth

    def nodes(self, graph: Graph) -> Lines:
        """The statements of every node."""
        for node in graph.nodes:
            yield from self.node(node)

    def node(self, node: Node) -> Lines:
        """The statements of a node, its outputs declared first."""
        if node.operator == "Reshape":
            (out,), (source, _) = node.outputs, node.inputs
            assert source is not None
            yield self.line(f"const {TYPES[out.dtype.name]} *{out.name} = {source.name};")
            yield self.line(f"(void){out.name};")
            return
        for out in node.outputs:
            yield self.line(f"{TYPES[out.dtype.name]} {out.name}[{out_size(out)}];")
        emitter = _EMITTERS.get(node.operator, _formula)
        yield from emitter(self, node)

    def line(self, text: str) -> str:
        """A line of this depth."""
        return "  " * self.depth + text

    def value(self, tensor: Tensor | None) -> np.ndarray:
        """What a constant input is."""
        assert tensor is not None
        return self.constants[tensor.name]

    def nest(self, shape: Shape, statement: str) -> Lines:
        """The statement in loops over i0, i1, ... of this shape."""
        for axis, length in enumerate(shape):
            i = f"i{axis}"
            head = f"for (int {i} = 0; {i} < {length}; {i}++)"
            yield "  " * (self.depth + axis) + head
        yield "  " * (self.depth + len(shape)) + statement

    def within(self) -> "Writer":
        """The writer of a block inside."""
        return Writer(self.constants, self.depth + 1)


def out_size(tensor: Tensor) -> int:
    """How many numbers; C has no arrays of none."""
    return max(1, prod(tensor.shape))


def entry(tensor: Tensor, shape: Shape, names: Sequence[str] | None = None) -> str:
    """The entry of a tensor that is broadcast to `shape`, at i0, i1, ..."""
    names = names or [f"i{axis}" for axis in range(len(shape))]
    own = names[len(names) - len(tensor.shape) :]
    strides = [prod(tensor.shape[axis + 1 :]) for axis in range(len(tensor.shape))]
    terms = [
        name if stride == 1 else f"{name} * {stride}"
        for name, stride, length in zip(own, strides, tensor.shape, strict=True)
        if length > 1
    ]
    return f"{tensor.name}[{' + '.join(terms) or '0'}]"


def _formula(to: Writer, node: Node) -> Lines:
    (out,) = node.outputs
    formula = FORMULAS.get(node.operator)
    if formula is None:
        raise UserError(f"its graph has the operator {node.operator}, which is not written as C")
    given = [tensor for tensor in node.inputs if tensor is not None]
    shape = _collapsed(out, given)
    named = [entry(_as(tensor, out, shape), shape) for tensor in given]
    target = entry(_as(out, out, shape), shape)
    yield from to.nest(shape, f"{target} = {formula.format(*named)};")


def _collapsed(out: Tensor, given: Sequence[Tensor]) -> Shape:
    """One loop where no input needs more."""
    plain = all(tensor.shape == out.shape or prod(tensor.shape) == 1 for tensor in given)
    return (prod(out.shape),) if plain else out.shape


def _as(tensor: Tensor, out: Tensor, shape: Shape) -> Tensor:
    """The tensor for loops over `shape`."""
    if shape == out.shape:
        return tensor
    own = () if prod(tensor.shape) == 1 else shape
    return Tensor(tensor.name, tensor.dtype, own)


def _cast(to: Writer, node: Node) -> Lines:
    (out,), (source,) = node.outputs, node.inputs
    assert source is not None
    kind = "!= 0" if out.dtype == bool else ""
    cast = "" if out.dtype == bool else f"({TYPES[out.dtype.name]})"
    size = (prod(out.shape),)
    flat = [Tensor(tensor.name, tensor.dtype, size) for tensor in (out, source)]
    yield from to.nest(size, f"{entry(flat[0], size)} = {cast}{entry(flat[1], size)} {kind};")


def _remainder(to: Writer, node: Node) -> Lines:
    (out,) = node.outputs
    a, b = (entry(tensor, out.shape) for tensor in node.inputs if tensor is not None)
    formula = f"fmodf({a}, {b})" if out.dtype.kind == "f" else f"{a} % {b}"
    yield from to.nest(out.shape, f"{entry(out, out.shape)} = {formula};")


def _expand(to: Writer, node: Node) -> Lines:
    (out,), source = node.outputs, node.inputs[0]
    assert source is not None
    yield from to.nest(out.shape, f"{entry(out, out.shape)} = {entry(source, out.shape)};")


def _transpose(to: Writer, node: Node) -> Lines:
    (out,), (source,) = node.outputs, node.inputs
    assert source is not None
    order = node.attributes["perm"]
    names = [""] * len(order)
    for axis, origin in enumerate(order):
        names[origin] = f"i{axis}"
    statement = f"{entry(out, out.shape)} = {entry(source, source.shape, names)};"
    yield from to.nest(out.shape, statement)


def _concat(to: Writer, node: Node) -> Lines:
    (out,), axis, begin = node.outputs, node.attributes["axis"], 0
    for source in node.inputs:
        assert source is not None
        names = [f"i{i}" for i in range(len(out.shape))]
        names[axis] = f"(i{axis} + {begin})"
        target = entry(out, out.shape, names)
        yield from to.nest(source.shape, f"{target} = {entry(source, source.shape)};")
        begin += source.shape[axis]


def _slice(to: Writer, node: Node) -> Lines:
    (out,), source = node.outputs, node.inputs[0]
    assert source is not None
    begins, _, axes, steps = (to.value(tensor) for tensor in node.inputs[1:])
    names = [f"i{axis}" for axis in range(len(out.shape))]
    for begin, axis, step in zip(begins, axes, steps, strict=True):
        names[axis] = f"({begin} + i{axis} * {step})"
    statement = f"{entry(out, out.shape)} = {entry(source, source.shape, names)};"
    yield from to.nest(out.shape, statement)


def _gather(to: Writer, node: Node) -> Lines:
    (out,), (source, index) = node.outputs, node.inputs
    assert source is not None
    assert index is not None
    axis, width = node.attributes["axis"], len(index.shape)
    names = [f"i{i}" for i in range(len(out.shape))]
    at = entry(index, index.shape, names[axis : axis + width])
    own = [*names[:axis], at, *names[axis + width :]]
    yield from to.nest(out.shape, f"{entry(out, out.shape)} = {entry(source, source.shape, own)};")


def _scatter(to: Writer, node: Node) -> Lines:
    (out,), (source, index, update) = node.outputs, node.inputs
    assert source is not None
    assert index is not None
    assert update is not None
    yield from to.nest(out.shape, f"{entry(out, out.shape)} = {entry(source, out.shape)};")
    names = [f"i{i}" for i in range(len(out.shape))]
    names[node.attributes["axis"]] = entry(index, index.shape)
    target, value = entry(out, out.shape, names), entry(update, index.shape)
    formula = {"none": "{1}", "add": "{0} + {1}", "max": BINARY["Max"], "min": BINARY["Min"]}
    made = formula[node.attributes["reduction"]].format(target, value)
    yield from to.nest(index.shape, f"{target} = {made};")


def _reduction(to: Writer, node: Node) -> Lines:
    (out,), (source, along) = node.outputs, node.inputs
    assert source is not None
    axes = [int(axis) for axis in to.value(along)]
    names = [f"i{i}" for i in range(len(source.shape))]
    kept = [name for i, name in enumerate(names) if i not in axes]
    target, value = entry(out, out.shape, kept), entry(source, source.shape)
    first = entry(source, source.shape, ["0" if i in axes else n for i, n in enumerate(names)])
    begin = {"ReduceSum": "0", "ReduceProd": "1"}.get(node.operator, first)
    once = tuple(1 if i in axes else n for i, n in enumerate(source.shape))
    yield from to.nest(once, f"{target} = {begin};")
    made = REDUCTIONS[node.operator].format(target, value)
    yield from to.nest(source.shape, f"{target} = {made};")


def _extreme(to: Writer, node: Node) -> Lines:
    (out,), (source,) = node.outputs, node.inputs
    assert source is not None
    axis, sign = node.attributes["axis"], ">" if node.operator == "ArgMax" else "<"
    names = [f"i{i}" for i in range(len(source.shape))]
    kept = [name for i, name in enumerate(names) if i != axis]
    target, value = entry(out, out.shape, kept), entry(source, source.shape)
    best = entry(source, source.shape, [*names[:axis], target, *names[axis + 1 :]])
    once = tuple(1 if i == axis else n for i, n in enumerate(source.shape))
    yield from to.nest(once, f"{target} = 0;")
    yield from to.nest(source.shape, f"if ({value} {sign} {best}) {target} = {names[axis]};")


def _running_sum(to: Writer, node: Node) -> Lines:
    (out,), (source, along) = node.outputs, node.inputs
    assert source is not None
    axis = int(to.value(along))
    names = [f"i{i}" for i in range(len(out.shape))]
    at, step = names[axis], "- 1"
    if node.attributes["reverse"]:
        at, step = f"({out.shape[axis] - 1} - {names[axis]})", "+ 1"
    here = [*names[:axis], at, *names[axis + 1 :]]
    before = [*names[:axis], f"({at} {step})", *names[axis + 1 :]]
    target, value = (entry(each, out.shape, here) for each in (out, source))
    sum_ = f"{entry(out, out.shape, before)} + {value}"
    yield from to.nest(out.shape, f"{target} = {names[axis]} == 0 ? {value} : {sum_};")


def _product(to: Writer, node: Node) -> Lines:
    (out,), (a, b) = node.outputs, node.inputs
    assert a is not None
    assert b is not None
    *batch, rows, columns = out.shape
    names = [f"i{i}" for i in range(len(batch))]
    r, c, s = (f"i{len(batch) + i}" for i in range(3))
    target = entry(out, out.shape, [*names, r, c])
    left = entry(a, (*batch, rows, a.shape[-1]), [*names, r, s])
    right = entry(b, (*batch, b.shape[-2], columns), [*names, s, c])
    yield from to.nest(out.shape, f"{target} = 0;")
    yield from to.nest((*out.shape, a.shape[-1]), f"{target} += {left} * {right};")


def _loop(to: Writer, node: Node) -> Lines:
    """State is copied in, and out of the body's results after every round."""
    trips, condition, *start = node.inputs
    body: Graph = node.attributes["body"]
    number, _, *state = body.inputs
    rows = node.outputs[len(state) :]
    inner = to.within()
    for inside, outside in zip(state, node.outputs, strict=False):
        assert inside.shape == outside.shape
    for outside, begin in zip(node.outputs, start, strict=False):
        assert begin is not None
        yield from to.nest((out_size(begin),), f"{outside.name}[i0] = {begin.name}[i0];")
    count = number.name
    goes = "true" if condition is None else f"{condition.name}[0]"
    end = "" if trips is None else f" && {count}_at < {trips.name}[0]"
    yield to.line(f"bool {count}_goes = {goes};")
    head = f"int64_t {count}_at = 0; {count}_goes{end}; {count}_at++"
    yield to.line(f"for ({head}) {{")
    yield inner.line(f"const int64_t *{count} = &{count}_at;")
    for inside, outside in zip(state, node.outputs, strict=False):
        yield inner.line(f"const {TYPES[inside.dtype.name]} *{inside.name} = {outside.name};")
    for inside in (number, *state):
        yield inner.line(f"(void){inside.name};")
    yield from inner.nodes(body)
    goes_on, *results = body.outputs
    for outside, result in zip(node.outputs, results[: len(state)], strict=False):
        yield from inner.nest((out_size(result),), f"{outside.name}[i0] = {result.name}[i0];")
    for outside, result in zip(rows, results[len(state) :], strict=True):
        size = out_size(result)
        statement = f"{outside.name}[{count}_at * {size} + i0] = {result.name}[i0];"
        yield from inner.nest((size,), statement)
    yield inner.line(f"{count}_goes = {goes_on.name}[0];")
    yield to.line("}")


def _if(to: Writer, node: Node) -> Lines:
    (condition,) = node.inputs
    assert condition is not None
    inner = to.within()
    yield to.line(f"if ({condition.name}[0]) {{")
    for name, end in (("then_branch", "} else {"), ("else_branch", "}")):
        branch: Graph = node.attributes[name]
        yield from inner.nodes(branch)
        for outside, result in zip(node.outputs, branch.outputs, strict=True):
            size = out_size(result)
            yield from inner.nest((size,), f"{outside.name}[i0] = {result.name}[i0];")
        yield to.line(end)


_EMITTERS: dict[str, Emitter] = {
    "Cast": _cast,
    "Mod": _remainder,
    "Expand": _expand,
    "Transpose": _transpose,
    "Concat": _concat,
    "Slice": _slice,
    "Gather": _gather,
    "ScatterElements": _scatter,
    **dict.fromkeys(REDUCTIONS, _reduction),
    "ArgMax": _extreme,
    "ArgMin": _extreme,
    "CumSum": _running_sum,
    "MatMul": _product,
    "Loop": _loop,
    "If": _if,
}
