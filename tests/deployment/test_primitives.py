"""Every primitive that is written as ONNX does there what it does in JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
import pytest
from jax import lax

from edgewise.core.errors import UserError
from edgewise.deployment.export import loops
from edgewise.deployment.export.convert import HANDLERS, graph_of
from edgewise.deployment.export.equations import listing
from edgewise.deployment.export.onnx_file import model_bytes

random = np.random.default_rng(0)


def real(*shape, low=-2.0, high=2.0):
    return random.uniform(low, high, shape).astype(np.float32)


def integer(*shape, low=-3, high=4):
    return random.integers(low, high, shape).astype(np.int32)


def boolean(*shape):
    return random.random(shape) < 0.5


def by_onnx(function, *arguments):
    traced = listing(jax.make_jaxpr(function)(*arguments))
    names = [f"x{i}" for i in range(len(arguments))]
    graph = graph_of(traced, names, [f"y{i}" for i in range(len(traced.outputs))], {})
    model = model_bytes(graph, "test")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    given = dict(zip(names, map(np.asarray, arguments), strict=True))
    return session.run(None, {each.name: given[each.name] for each in graph.inputs})


def index(x, i, **mode):
    return x.at[i].get(**mode)


def doubled_until(x):
    return lax.while_loop(lambda c: jnp.sum(c[0]) < 100, lambda c: (c[0] * 2, c[1] + 1), (x, 0))


def summed_rows(x, rows):
    return lax.scan(lambda c, row: (c + row, c * row), x, rows)


def long_loop(x):
    return lax.fori_loop(0, 400, lambda i, c: jnp.cos(c) + 1e-3 * i, x)


BOUNDS = (jnp.maximum, jnp.minimum, jnp.less, jnp.greater_equal, jnp.equal)
JOINED = (jnp.logical_and, jnp.logical_or, jnp.logical_xor)
CASES = {
    "add sub mul div": (lambda x, y: (x + y) * (x - y) / (y + 5), real(3, 4), real(3, 4)),
    "integers": (lambda x, y: (x + y) * x - lax.div(y, x * x + 1), integer(5), integer(5)),
    "known beforehand: whole numbers": (
        lambda x: [f(jnp.argmax(x, axis=1), n) for n in (-1, 2, 9) for f in BOUNDS],
        real(6, 5),
    ),
    "known beforehand: truth values": (
        lambda x: [f(x, np.full(4, value)) for value in (True, False) for f in JOINED],
        boolean(4),
    ),
    "remainders": (lambda x, y: (x % 3, lax.rem(y, 1.5)), integer(6), real(6)),
    "max min neg abs sign": (
        lambda x, y: (jnp.maximum(x, y), jnp.minimum(-x, jnp.abs(y)), jnp.sign(x)),
        real(5),
        real(5),
    ),
    "exp log sqrt tanh sigmoid": (
        lambda x: (jnp.exp(x), jnp.log(x), jnp.sqrt(x), jnp.tanh(x), jax.nn.sigmoid(x)),
        real(7, low=0.1),
    ),
    "sin cos erf": (lambda x: (jnp.sin(x), jnp.cos(x), lax.erf(x)), real(7)),
    "rsqrt square exp2 powers": (
        lambda x: (lax.rsqrt(x), jnp.square(x), jnp.exp2(x), x**3, x**2, x**1.7),
        real(5, low=0.1),
    ),
    "floor ceil round": (
        lambda x: (jnp.floor(x), jnp.ceil(x), jnp.round(x), jnp.round(x, 1)),
        np.float32([-1.5, -0.5, 0.5, 1.5, 0.31, 2.5]),
    ),
    "log1p near 0 and far": (
        jnp.log1p,
        np.float32([0, 1e-30, 1e-9, -1e-9, 1e-4, 0.5, -0.99, 3, 1e8, 1e30]),
    ),
    "expm1 near 0 and far": (
        jnp.expm1,
        np.float32([0, 1e-30, 1e-9, -1e-9, 1e-4, 0.5, -1, -30, -200, 3, 40]),
    ),
    "is_finite": (jnp.isfinite, np.float32([0, 1, np.inf, -np.inf, np.nan])),
    "comparisons": (
        lambda x, y: (x < y, x <= y, x > y, x >= y, x == y, x != y),
        integer(9),
        integer(9),
    ),
    "logic": (lambda x, y: (x & y, x | y, x ^ y, ~x), boolean(9), boolean(9)),
    "select": (
        lambda c, x, y: (jnp.where(c, x, y), jnp.where(c, x > 0, y > 0), jnp.where(c, x, 1.0)),
        boolean(6),
        real(6),
        real(6),
    ),
    "clamp": (lambda x: (jnp.clip(x, -1, 1), lax.clamp(0.0, x, 0.5)), real(6)),
    "types": (
        lambda x, i, b: (x.astype(int), i.astype(float), b.astype(int), i.astype(bool)),
        real(6, low=-9, high=9),
        integer(6),
        boolean(6),
    ),
    "broadcasts": (
        lambda x, y: (
            x[:, None] + y[None, :],
            jnp.broadcast_to(x, (2, 3)),
            jnp.sum(jnp.broadcast_to(x, (2, 3)), axis=0),
            jnp.broadcast_to(y[0], (3,)),
        ),
        real(3),
        real(4),
    ),
    "reshape transpose": (
        lambda x: (x.reshape(6, 4), x.T, jnp.transpose(x, (1, 0, 2)), x[:, :1].reshape(2, 4)),
        real(2, 3, 4),
    ),
    "squeeze of a broadcast": (
        lambda x: jnp.broadcast_to(x[:, None], (3, 5))[:, :1][:, 0],
        real(3),
    ),
    "concatenate stack split": (
        lambda x, y: (
            jnp.concatenate([x, y], axis=1),
            jnp.stack([x, x + 1]),
            *jnp.split(jnp.concatenate([x, y], axis=1), [1, 4], axis=1),
        ),
        real(2, 3),
        real(2, 3),
    ),
    "slices of what was joined": (
        lambda x, y: (
            jnp.concatenate([x, y, x], 1)[:, 2:5],
            jnp.concatenate([x, y, x], 1)[1:, 1:8:3],
            jnp.concatenate([x, y], 0)[1:, 1:],
        ),
        real(2, 3),
        real(2, 3),
    ),
    "slices": (
        lambda x: (x[1:, ::2], x[:, -1], x[::-1], jnp.broadcast_to(x[0, 0], (4,))[1:3]),
        real(3, 4),
    ),
    "pad": (lambda x: jnp.pad(x, ((1, 0), (0, 2)), constant_values=7.0), real(2, 3)),
    "iota": (
        lambda x: x + jnp.arange(5)[None] + lax.broadcasted_iota(int, (2, 5), 0),
        integer(2, 5),
    ),
    "sums and extremes": (
        lambda x: (x.sum(), x.sum(0), x.max(1), x.min((0, 1)), x.prod(1), x.mean(1)),
        real(3, 4),
    ),
    "all any": (lambda x: (x.all(0), x.any(1), x[:1].all(0)), boolean(3, 4)),
    "argmax argmin": (
        lambda x: (jnp.argmax(x, 1), jnp.argmin(x, 0), jnp.argmax(x > 1), jnp.argmax(x[:, :1], 1)),
        integer(5, 4),
    ),
    "cumsum": (
        lambda x: (jnp.cumsum(x, 1), jnp.cumsum(x, 0), lax.cumsum(x, 1, reverse=True)),
        real(3, 4),
    ),
    "products": (
        lambda m, x, y: (m @ x, x @ m.T, m @ m.T, jnp.tensordot(m, x, 1), jnp.outer(x, y)),
        real(3, 4),
        real(4),
        real(2),
    ),
    "products of stacks": (
        lambda a, b: (a @ b, jnp.einsum("aij,akj->aik", a, a), jnp.einsum("aij,aij->a", a, a)),
        real(2, 3, 4),
        real(2, 4, 5),
    ),
    "gather": (
        lambda x, i: (x[i], x[:, i], x[i, i], x[i[0]], jnp.take_along_axis(x, i[None], axis=0)),
        real(4, 4),
        integer(4, low=-4, high=4),
    ),
    "gather outside": (
        lambda x, i: (
            index(x, i, mode="fill", fill_value=7.0),
            index(x, i, mode="clip"),
            index(x, (i, i), mode="fill", fill_value=-1.0),
        ),
        real(4, 4),
        integer(6, low=0, high=9),
    ),
    "gather of each": (
        lambda x, i: jax.vmap(lambda row, j: row[j])(x, i),
        real(3, 4),
        integer(3, low=0, high=4),
    ),
    "gather from constants": (
        lambda i: jnp.arange(20.0).reshape(5, 4)[i] + jnp.ones((5, 4))[i],
        integer(3, low=0, high=5),
    ),
    "scatter": (
        lambda x, i, y: (
            x.at[i[0]].set(y[0]),
            x.at[i].add(y),
            x.at[i].max(y),
            x.at[i].min(y),
            x.at[:, 1].set(y[:4, 0]),
            x.at[i[0], i[1]].set(3.0),
        ),
        real(4, 3),
        integer(5, low=0, high=4),
        real(5, 3),
    ),
    "scatter outside": (
        lambda x, i, y: (x.at[i].add(y, mode="drop"), x.at[i].add(y, mode="clip")),
        real(4),
        integer(6, low=-2, high=9),
        real(6),
    ),
    "scatter in each": (
        lambda x, i: jax.vmap(lambda row, j: row.at[j].set(9.0))(x, i),
        real(3, 4),
        integer(3, low=0, high=4),
    ),
    "segments": (lambda x, i: jax.ops.segment_sum(x, i, 3), real(6), integer(6, low=0, high=3)),
    "dynamic slices": (
        lambda x, i: (
            lax.dynamic_slice(x, (i[0], i[1]), (2, 2)),
            lax.dynamic_update_slice(x, jnp.ones((2, 1)), (i[1], i[0])),
        ),
        real(4, 5),
        np.int32([1, 9]),
    ),
    "sort with ties": (
        lambda x: (jnp.sort(x), jnp.argsort(x), jnp.argsort(-x), jnp.sort(x, axis=0)),
        integer(4, 6, low=0, high=3),
    ),
    "sort of reals": (lambda x: (jnp.sort(x, 1), jnp.argsort(x, 0)), real(4, 6)),
    "lexsort": (
        lambda x, y: jnp.lexsort((y, x), axis=0),
        integer(5, 3, low=0, high=2),
        integer(5, 3, low=0, high=2),
    ),
    "top_k": (lambda x: lax.top_k(x, 3), integer(4, 6, low=0, high=3)),
    "searchsorted": (
        lambda x: (
            jnp.searchsorted(jnp.array([0.0, 0.5, 1.0]), x),
            jnp.searchsorted(jnp.array([0.0, 0.5, 1.0]), x, side="right"),
        ),
        np.float32([-1, 0, 0.2, 0.5, 0.7, 1, 2]),
    ),
    "while": (doubled_until, real(3, low=0.1)),
    "while, no round": (doubled_until, real(3, low=100, high=101)),
    "scan over rows": (summed_rows, real(3), real(4, 3)),
    "scan backwards": (
        lambda x, rows: lax.scan(lambda c, r: (c * r, c), x, rows, reverse=True),
        real(3),
        real(4, 3),
    ),
    "a long loop": (long_loop, real(2)),
    "a loop in a loop": (
        lambda x: lax.fori_loop(0, 200, lambda i, c: jnp.sqrt(doubled_until(c)[0]), x),
        real(3, low=0.1),
    ),
    "cond": (
        lambda i, x: (
            lax.cond(i > 0, lambda x: x + 1, lambda x: x * 2, x),
            lax.switch(i, [lambda x: x, lambda x: -x, lambda x: x * 7], x),
        ),
        np.int32(2),
        real(3),
    ),
    "custom derivatives": (lambda x: (jax.nn.relu(x), jnp.logaddexp(x, 0.3 * x)), real(6)),
    "softmax": (lambda x: jax.nn.softmax(x, axis=-1), real(3, 4)),
    "constants alone": (lambda x: (jnp.arange(3.0) * 2, x), real(2)),
}


@pytest.mark.parametrize("name", CASES)
def test_onnx_does_what_jax_does(name):
    function, *arguments = CASES[name]
    expected = jax.tree.leaves(jax.jit(function)(*map(jnp.asarray, arguments)))
    found = by_onnx(function, *arguments)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["scan over rows", "scan backwards", "searchsorted"])
def test_a_loop_that_is_not_written_out_does_the_same(name, monkeypatch):
    monkeypatch.setattr(loops, "MOST_UNROLLED", 0)
    test_onnx_does_what_jax_does(name)


def test_what_cannot_be_written_is_told():
    with pytest.raises(UserError, match="it uses 'erf_inv', which cannot be written"):
        by_onnx(lax.erf_inv, real(3))


def test_every_primitive_has_a_case():
    """All that can be written, but for other names of what has one."""
    seen = set()
    for function, *arguments in CASES.values():
        _collect(jax.make_jaxpr(function)(*arguments).jaxpr, seen)
    aliases = {"add_any", "copy", "copy_p", "optimization_barrier", "reduce_precision"}
    assert set(HANDLERS) - seen - aliases == set()


def _collect(jaxpr, seen):
    for equation in jaxpr.eqns:
        seen.add(equation.primitive.name)
        for value in equation.params.values():
            for inner in value if isinstance(value, tuple) else (value,):
                if hasattr(inner, "eqns"):
                    _collect(inner, seen)
                elif hasattr(inner, "jaxpr"):
                    _collect(inner.jaxpr, seen)
