"""Primitives that work entry by entry."""

from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.export.equations import Equation
from edgewise.deployment.export.lowering import (
    Handlers,
    Lowering,
    Operand,
    known_operand,
    stored,
)

HANDLERS = Handlers()
SAME_TYPE = {
    "add": "Add", "add_any": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "max": "Max",
    "min": "Min", "pow": "Pow", "neg": "Neg", "abs": "Abs", "sign": "Sign", "floor": "Floor",
    "ceil": "Ceil", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "tanh": "Tanh", "sin": "Sin",
    "cos": "Cos", "erf": "Erf", "logistic": "Sigmoid",
}  # fmt: skip
COMPARISONS = {
    "eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual",
    "lt_to": "Less", "le_to": "LessOrEqual",
}  # fmt: skip
LOGICAL = {"and": "And", "or": "Or", "xor": "Xor", "not": "Not"}
UNCHANGED = ("stop_gradient", "copy", "copy_p", "optimization_barrier", "reduce_precision")


@HANDLERS.of(*SAME_TYPE)
def _same_type(into: Lowering, equation: Equation, *operands: Operand) -> Operand:
    return into.apply(SAME_TYPE[equation.name], operands)


@HANDLERS.of(*COMPARISONS)
def _comparison(into: Lowering, equation: Equation, a: Operand, b: Operand) -> Operand:
    return into.apply(COMPARISONS[equation.name], [a, b], bool)


@HANDLERS.of("ne")
def _different(into: Lowering, equation: Equation, a: Operand, b: Operand) -> Operand:
    return into.apply("Not", [into.apply("Equal", [a, b], bool)])


@HANDLERS.of(*LOGICAL)
def _logical(into: Lowering, equation: Equation, *operands: Operand) -> Operand:
    if operands[0].dtype != bool:
        raise UserError(f"it uses '{equation.name}' on the bits of numbers")
    return into.apply(LOGICAL[equation.name], operands)


@HANDLERS.of(*UNCHANGED)
def _unchanged(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    return operand


@HANDLERS.of("convert_element_type")
def _converted(into: Lowering, equation: Equation, operand: Operand) -> Operand:
    return converted(into, operand, stored(equation.parameters["new_dtype"]))


def converted(into: Lowering, operand: Operand, dtype: Any) -> Operand:
    """The operand in another type; reals become integers by cutting off what is behind the
    point."""
    if operand.dtype == dtype:
        return operand
    if operand.known:
        return known_operand(operand.array().astype(dtype))
    return into.apply("Cast", [operand], dtype, to=np.dtype(dtype).name)


@HANDLERS.of("select_n")
def _selected(into: Lowering, equation: Equation, which: Operand, *cases: Operand) -> Operand:
    if which.dtype != bool or len(cases) != 2:
        raise UserError("it chooses among more than two cases at once")
    return where(into, which, cases[1], cases[0])


def where(into: Lowering, condition: Operand, yes: Operand, no: Operand) -> Operand:
    """`yes` where the condition holds, else `no`."""
    if isinstance(condition.held, np.ndarray) and condition.held.size == 1:
        chosen = yes if bool(condition.held.flat[0]) else no
        return Operand(chosen.held, np.broadcast_shapes(condition.shape, chosen.shape))
    if yes.held is no.held:
        return yes
    if yes.dtype == bool:
        # ONNX Runtime chooses among numbers only.
        either = into.apply("And", [condition, yes])
        other = into.apply("And", [into.apply("Not", [condition]), no])
        return into.apply("Or", [either, other])
    return into.apply("Where", [condition, yes, no], yes.dtype)


@HANDLERS.of("clamp")
def _clamp(into: Lowering, equation: Equation, low: Operand, x: Operand, high: Operand) -> Operand:
    return into.apply("Min", [into.apply("Max", [x, _as_rank(low, x)]), _as_rank(high, x)])


def _as_rank(bound: Operand, x: Operand) -> Operand:
    """A scalar bound as a value that fits `x`."""
    if bound.shape == x.shape:
        return bound
    assert isinstance(bound.held, np.ndarray)
    return Operand(bound.held.reshape((1,) * len(x.shape)), x.shape)


@HANDLERS.of("integer_pow")
def _integer_power(into: Lowering, equation: Equation, x: Operand) -> Operand:
    power = equation.parameters["y"]
    if power == 2:
        return into.apply("Mul", [x, x])
    return into.apply("Pow", [x, scalar(x, power)])


@HANDLERS.of("square")
def _square(into: Lowering, equation: Equation, x: Operand) -> Operand:
    return into.apply("Mul", [x, x])


@HANDLERS.of("rsqrt")
def _inverse_root(into: Lowering, equation: Equation, x: Operand) -> Operand:
    return into.apply("Div", [scalar(x, 1), into.apply("Sqrt", [x])])


@HANDLERS.of("exp2")
def _power_of_two(into: Lowering, equation: Equation, x: Operand) -> Operand:
    return into.apply("Pow", [scalar(x, 2), x])


@HANDLERS.of("rem")
def _remainder(into: Lowering, equation: Equation, a: Operand, b: Operand) -> Operand:
    return into.apply("Mod", [a, b], fmod=1)


@HANDLERS.of("round")
def _rounded(into: Lowering, equation: Equation, x: Operand) -> Operand:
    if equation.parameters["rounding_method"].name != "TO_NEAREST_EVEN":
        raise UserError("it rounds halves away from zero")
    return into.apply("Round", [x])


@HANDLERS.of("is_finite")
def _is_finite(into: Lowering, equation: Equation, x: Operand) -> Operand:
    # Only of a finite number is the difference to itself 0.
    return into.apply("Equal", [into.apply("Sub", [x, x]), scalar(x, 0)], bool)


@HANDLERS.of("log1p")
def _log_of_one_and(into: Lowering, equation: Equation, x: Operand) -> Operand:
    """log(1 + x) for finite x ≥ -1, to the last digits: the rounding of u = 1 + x is undone by
    x/(u - 1) (Higham 2002, 1.14.1)."""
    one = scalar(x, 1)
    u = into.apply("Add", [x, one])
    scaled = into.apply("Div", [x, into.apply("Sub", [u, one])])
    product = into.apply("Mul", [into.apply("Log", [u]), scaled])
    return where(into, into.apply("Equal", [u, one], bool), x, product)


@HANDLERS.of("expm1")
def _exp_less_one(into: Lowering, equation: Equation, x: Operand) -> Operand:
    """exp(x) - 1 for finite exp(x), to the last digits: with u = exp(x), (u - 1) x/log(u)
    (Higham 2002, 1.14.1); near u = 0 it is u - 1."""
    one = scalar(x, 1)
    u = into.apply("Exp", [x])
    less = into.apply("Sub", [u, one])
    product = into.apply("Div", [into.apply("Mul", [less, x]), into.apply("Log", [u])])
    far = into.apply("Less", [x, scalar(x, -1)], bool)
    near = into.apply("Equal", [u, one], bool)
    return where(into, near, x, where(into, far, less, product))


def scalar(like: Operand, value: float) -> Operand:
    """A number as a value of the type and shape of another."""
    held = np.full((1,) * len(like.shape), value, like.dtype)
    return Operand(held, like.shape)
