"""Loops: a body that is repeated a known number of times, or while a condition holds."""

from collections.abc import Sequence

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.export.elementwise import scalar
from edgewise.deployment.export.equations import Equation, Listing, listing
from edgewise.deployment.export.graph import Graph, Tensor
from edgewise.deployment.export.lowering import Handlers, Lowering, Operand, known_operand, whole
from edgewise.deployment.export.shapes import backwards, cut, joined

HANDLERS = Handlers()
MOST_UNROLLED = 300
"""Equations that a loop of known length may become when it is written out."""


@HANDLERS.of("while")
def _repeated(into: Lowering, equation: Equation, *operands: Operand) -> list[Operand]:
    given = equation.parameters
    num_condition, num_body = given["cond_nconsts"], given["body_nconsts"]
    condition_fixed, rest = operands[:num_condition], operands[num_condition:]
    body_fixed, carry = rest[:num_body], rest[num_body:]
    condition, body = listing(given["cond_jaxpr"]), listing(given["body_jaxpr"])
    first = _holds(into, condition, condition_fixed, carry)
    inner, state = _begin(into, carry)
    following = _call(inner, body, [*body_fixed, *state])
    goes_on = _holds(inner, condition, condition_fixed, following)
    return _loop(into, inner, None, first, goes_on, carry, following)


@HANDLERS.of("scan")
def _scanned(into: Lowering, equation: Equation, *operands: Operand) -> list[Operand]:
    given = equation.parameters
    num_fixed, num_carry, length = given["num_consts"], given["num_carry"], given["length"]
    fixed, rest = list(operands[:num_fixed]), operands[num_fixed:]
    carry, rows = list(rest[:num_carry]), list(rest[num_carry:])
    body = listing(given["jaxpr"])
    order = range(length - 1, -1, -1) if given["reverse"] else range(length)
    if length * _count(body) <= MOST_UNROLLED:
        return _unrolled(into, body, fixed, carry, rows, order)
    inner, state = _begin(into, carry)
    number = whole(inner.graph.inputs[0])
    if given["reverse"]:
        number = inner.apply("Sub", [known_operand(np.array(length - 1)), number])
    here = [_numbered(inner, each, number) for each in rows]
    results = _call(inner, body, [*fixed, *state, *here])
    yes = inner.tensor(known_operand(np.array(True)))
    trips = into.graph.constant(length, np.int64)
    made = _loop(into, inner, trips, None, yes, carry, results)
    columns = made[num_carry:]
    if given["reverse"]:
        columns = [backwards(into, each, 0) for each in columns]
    return [*made[:num_carry], *columns]


def _count(body: Listing) -> int:
    """Its equations, those of loops within counted once."""
    return sum(
        1 + sum(_count(listing(p)) for p in each.parameters.values() if hasattr(p, "jaxpr"))
        for each in body.equations
    )


def _numbered(inner: Lowering, rows: Operand, number: Operand) -> Operand:
    """The row of this number."""
    shape = rows.shape[1:]
    tensor = inner.full(rows)
    return whole(
        inner.graph.add("Gather", [tensor, inner.tensor(number)], tensor.dtype, shape, axis=0)
    )


@HANDLERS.of("cond")
def _either(
    into: Lowering, equation: Equation, which: Operand, *operands: Operand
) -> list[Operand]:
    branches = [listing(branch) for branch in equation.parameters["branches"]]
    return _chosen(into, which, branches, operands)


def _chosen(
    into: Lowering, which: Operand, branches: Sequence[Listing], operands: Sequence[Operand]
) -> list[Operand]:
    """The results of the branch of number `which`, of the last one if there are too few."""
    if len(branches) == 1:
        return _call(into, branches[0], operands)
    first, others = _inside(into), _inside(into)
    yes = _call(first, branches[0], operands)
    lower = into.apply("Sub", [which, scalar(which, 1)])
    no = _chosen(others, lower, branches[1:], operands)
    for inner, results in ((first, yes), (others, no)):
        inner.graph.outputs.extend(inner.graph.copy(inner.full(each)) for each in results)
    is_first = into.apply("LessOrEqual", [which, scalar(which, 0)], bool)
    made = into.graph.add_many(
        "If",
        [into.tensor(is_first)],
        [(each.dtype, each.shape) for each in yes],
        then_branch=first.graph,
        else_branch=others.graph,
    )
    return [whole(tensor) for tensor in made]


def _inside(into: Lowering) -> Lowering:
    return Lowering(Graph(outer=into.graph), {}, into.handlers)


def _call(into: Lowering, body: Listing, arguments: Sequence[Operand]) -> list[Operand]:
    """The body's equations, once more."""
    values = dict(zip(body.inputs, arguments, strict=True))
    return Lowering(into.graph, values, into.handlers).function(body)


def _unrolled(
    into: Lowering,
    body: Listing,
    fixed: list[Operand],
    carry: list[Operand],
    rows: list[Operand],
    order: range,
) -> list[Operand]:
    num_carry = len(carry)
    made: dict[int, list[Operand]] = {}
    for step in order:
        here = [_row(into, each, step) for each in rows]
        results = _call(into, body, [*fixed, *carry, *here])
        carry, made[step] = results[:num_carry], results[num_carry:]
    columns = zip(*(made[step] for step in sorted(made)), strict=True)
    return [*carry, *(_stacked(into, column) for column in columns)]


def _row(into: Lowering, operand: Operand, number: int) -> Operand:
    cuts = (slice(number, number + 1, 1), *(slice(0, n, 1) for n in operand.shape[1:]))
    return into.reshaped(cut(into, operand, cuts), operand.shape[1:])


def _stacked(into: Lowering, rows: Sequence[Operand]) -> Operand:
    return joined(into, [into.reshaped(row, (1, *row.shape)) for row in rows], 0)


def _begin(into: Lowering, carry: Sequence[Operand]) -> tuple[Lowering, list[Operand]]:
    """The graph of a loop's body, and its state as its inputs."""
    inner = _inside(into)
    inner.graph.input(np.int64, ())
    inner.graph.input(bool, ())
    return inner, [whole(inner.graph.input(each.dtype, each.shape)) for each in carry]


def _holds(
    into: Lowering, condition: Listing, fixed: Sequence[Operand], carry: Sequence[Operand]
) -> Tensor:
    """Whether the loop goes on."""
    (holds,) = _call(into, condition, [*fixed, *carry])
    if int(np.prod(holds.shape)) != 1:
        raise UserError("it has a loop that ends at different times for different rows")
    return into.tensor(into.reshaped(holds, ()))


def _loop(
    into: Lowering,
    inner: Lowering,
    trips: Tensor | None,
    first: Tensor | None,
    goes_on: Tensor,
    carry: Sequence[Operand],
    following: Sequence[Operand],
) -> list[Operand]:
    """ONNX: (trips, condition, state) → (state, rows), with a body (trip, condition, state) →
    (condition, state, row); rows, one from each trip, where the number of trips is known."""
    ends = [goes_on, *(inner.full(each) for each in following)]
    inner.graph.outputs.extend(inner.graph.copy(end) for end in ends)
    start = [into.full(each) for each in carry]
    results = [(each.dtype, each.shape) for each in carry]
    if trips is not None:
        count = int(into.graph.value(trips) or 0)
        results += [(each.dtype, (count, *each.shape)) for each in following[len(carry) :]]
    made = into.graph.add_many("Loop", [trips, first, *start], results, body=inner.graph)
    return [whole(tensor) for tensor in made]
