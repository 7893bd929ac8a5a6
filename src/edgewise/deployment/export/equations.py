"""A traced function as a plain list of equations: calls opened, what nobody uses removed, and what
no input reaches computed once, by JAX itself.

JAX traces a function into a jaxpr, equations `outputs = primitive(inputs, parameters)` that may
call other jaxprs. Calls (`jit`, `custom_jvp_call` and their like) are replaced by what they call;
loops keep their bodies, which are flattened when they are lowered.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.extend import core

CALLED = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "checkpoint": "jaxpr",
}
"""Primitives that only call, and the parameter that holds what they call."""

Atom = Any
"""A variable or a literal of a jaxpr."""
Known = dict[Any, np.ndarray]
"""Variables whose values are computed already."""
Instead = Mapping[str, Callable[..., Any]]
"""The name of a jitted function of one instance → what is written in its place."""


@dataclass(frozen=True)
class Equation:
    """outputs = primitive(inputs)."""

    primitive: Any
    parameters: Mapping[str, Any]
    inputs: tuple[Atom, ...]
    outputs: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The primitive's."""
        return str(self.primitive.name)


@dataclass(frozen=True)
class Listing:
    """A function of `inputs`: equations in order, then its `outputs`. `constants` are values that
    the trace closed over."""

    inputs: tuple[Any, ...]
    outputs: tuple[Atom, ...]
    equations: tuple[Equation, ...]
    constants: Known


def listing(closed: Any, instead: Instead | None = None) -> Listing:
    """The jaxpr without calls, and without what its outputs do not need."""
    constants = dict(zip(closed.jaxpr.constvars, closed.consts, strict=True))
    names: dict[Any, Atom] = {}
    opened = list(_opened(closed.jaxpr, names, constants, instead or {}))
    outputs = tuple(_named(names, atom) for atom in closed.jaxpr.outvars)
    needed = _needed(opened, outputs)
    used = {name for name in constants if any(name in each.inputs for each in needed)}
    used |= {name for name in constants if name in outputs}
    return Listing(
        inputs=tuple(closed.jaxpr.invars),
        outputs=outputs,
        equations=tuple(needed),
        constants={name: constants[name] for name in used},
    )


def _opened(
    jaxpr: Any, names: dict[Any, Atom], constants: Known, instead: Instead
) -> Iterator[Equation]:
    """Its equations, those of every call in place of the call; `names` collects what the inner
    variables are called outside. A jaxpr that is called twice is opened with fresh variables."""
    for equation in jaxpr.eqns:
        inputs = tuple(_named(names, atom) for atom in equation.invars)
        called = CALLED.get(equation.primitive.name)
        if called is None:
            outputs = tuple(_fresh(variable) for variable in equation.outvars)
            names.update(zip(equation.outvars, outputs, strict=True))
            yield Equation(equation.primitive, equation.params, inputs, outputs)
            continue
        inner, values = _open(_replaced(equation, instead) or equation.params[called])
        names.update(zip(inner.invars, inputs, strict=True))
        for variable, value in zip(inner.constvars, values, strict=True):
            constants[variable] = value
        yield from _opened(inner, names, constants, instead)
        for outer, atom in zip(equation.outvars, inner.outvars, strict=True):
            names[outer] = _named(names, atom)


def _replaced(equation: Any, instead: Instead) -> Any:
    """What is written in place of a call, if anything; a batch has to be a batch of one."""
    function = instead.get(str(equation.params.get("name")))
    if function is None:
        return None
    (given,), (wanted,) = equation.invars, equation.outvars
    inner = given.aval.shape[-2:]
    if given.aval.size != math.prod(inner):
        return None
    return jax.make_jaxpr(lambda x: function(x.reshape(inner)).reshape(wanted.aval.shape))(
        jax.ShapeDtypeStruct(given.aval.shape, given.aval.dtype)
    )


def _open(called: Any) -> tuple[Any, Sequence[Any]]:
    return (called.jaxpr, called.consts) if hasattr(called, "consts") else (called, ())


def _fresh(variable: Any) -> Any:
    return core.Var(variable.aval)


def _named(names: Mapping[Any, Atom], atom: Atom) -> Atom:
    return atom if isinstance(atom, core.Literal) else names.get(atom, atom)


def _needed(equations: Sequence[Equation], outputs: Sequence[Atom]) -> list[Equation]:
    """Those that the outputs depend on."""
    wanted = {atom for atom in outputs if not isinstance(atom, core.Literal)}
    kept = []
    for equation in reversed(equations):
        if not wanted.isdisjoint(equation.outputs):
            kept.append(equation)
            wanted |= {atom for atom in equation.inputs if not isinstance(atom, core.Literal)}
    return kept[::-1]


@dataclass(frozen=True)
class Split:
    """A listing in two: what depends on its first `num_known` inputs alone, as a compiled function
    of them; and the `rest`, which begins from the variables `passed` that this function gives."""

    rest: Listing
    passed: tuple[Any, ...]
    known: Any

    def values(self, arguments: Sequence[Any]) -> Known:
        """The variables whose values follow from the known inputs."""
        computed = self.known(*arguments)
        return {
            variable: np.asarray(value)
            for variable, value in zip(self.passed, computed, strict=True)
        }


def split(whole: Listing, num_known: int) -> Split:
    """Taken apart by what the first `num_known` inputs decide."""
    known = {*whole.inputs[:num_known], *whole.constants}
    first, rest = [], []
    for equation in whole.equations:
        if all(isinstance(atom, core.Literal) or atom in known for atom in equation.inputs):
            first.append(equation)
            known |= set(equation.outputs)
        else:
            rest.append(equation)
    used = {atom for each in rest for atom in each.inputs if not isinstance(atom, core.Literal)}
    used |= {atom for atom in whole.outputs if not isinstance(atom, core.Literal)}
    passed = tuple(sorted(used & known, key=id))
    needed = _needed(first, passed)
    begin = Listing(whole.inputs[:num_known], passed, tuple(needed), whole.constants)
    after = Listing(whole.inputs[num_known:], whole.outputs, tuple(rest), {})
    return Split(after, passed, jax.jit(lambda *arguments: run(begin, arguments)))


def run(function: Listing, arguments: Sequence[Any]) -> list[Any]:
    """The outputs for these arguments, by JAX."""
    values = {**function.constants, **dict(zip(function.inputs, arguments, strict=True))}

    def value(atom: Atom) -> Any:
        return atom.val if isinstance(atom, core.Literal) else values[atom]

    for equation in function.equations:
        results = evaluated(equation, [value(atom) for atom in equation.inputs])
        values.update(zip(equation.outputs, results, strict=True))
    return [value(atom) for atom in function.outputs]


def evaluated(equation: Equation, inputs: Sequence[Any]) -> Sequence[Any]:
    """The outputs of one equation, by JAX."""
    result = equation.primitive.bind(*inputs, **equation.parameters)
    return result if equation.primitive.multiple_results else [result]
