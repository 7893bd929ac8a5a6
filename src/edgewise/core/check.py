"""The conformance kit: what every environment must keep, checked on any environment."""

import dataclasses
import typing
from collections.abc import Callable
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv

Tree = TypeVar("Tree", bound=eqx.Module)


class ConformanceError(AssertionError):
    """An environment broke a rule of the contract; the text says which, and where."""


def check_env(env: AbstractEnv, seed: int = 0, slots: int = 3) -> None:
    """Check `env` against the contract; raises `ConformanceError` at the first breach.

    Checked along `slots` slots of uniform actions: methods are pure and repeat bit for bit; jit
    changes nothing; vmap equals a loop; observations have the declared shape; any action, inside
    the space or far outside it, decodes to a decision with a finite outcome; float32 and float64
    agree; relabelling the members of `env.exchangeable` relabels the outcome and nothing else.
    """
    key = jax.random.key(seed)
    state = _reset(env, key)
    _check_equal("reset with the same key", state, _reset(env, key))
    _check_close("reset inside and outside jit", env.reset(key), state)
    for slot in range(slots):
        keys = jax.random.split(jax.random.fold_in(key, slot), 3)
        action = _actions(env, keys[0])
        _check_observation(env, state)
        _check_purity(env, state, action, keys[1])
        _check_any_action(env, state, action)
        _check_precision(env, state, action)
        _check_relabelling(env, state, action, keys[2])
        state, _ = _step(env, keys[1], state, action)
    before, action = state, _actions(env, key)
    _check_close(
        "step inside and outside jit",
        env.step(key, before, action),
        _step(env, key, before, action),
    )
    _check_same_shapes("restart", state, eqx.filter_jit(env.restart)(key, state))
    _check_vmap(env, key)


# Compiled once for each environment: op by op, the checks would take minutes.


@eqx.filter_jit
def _reset(env: AbstractEnv, key: PRNGKeyArray) -> Any:
    return env.reset(key)


@eqx.filter_jit
def _actions(env: AbstractEnv, key: PRNGKeyArray) -> Array:
    return env.sample_actions(key)


@eqx.filter_jit
def _decode(env: AbstractEnv, state: Any, action: Array) -> Any:
    return env.decode(state, action)


@eqx.filter_jit
def _evaluate(env: AbstractEnv, state: Any, decision: Any) -> Any:
    return env.evaluate(state, decision)


@eqx.filter_jit
def _step(env: AbstractEnv, key: PRNGKeyArray, state: Any, action: Array) -> Any:
    return env.step(key, state, action)


def _check_observation(env: AbstractEnv, state: Any) -> None:
    observation = eqx.filter_jit(env.observe)(state)
    expected = (env.num_agents, env.observation_size)
    if observation.shape != expected:
        raise ConformanceError(f"observe: shape {observation.shape}, declared {expected}")
    _check_finite("observe", observation)


def _check_purity(env: AbstractEnv, state: Any, action: Array, key: PRNGKeyArray) -> None:
    before = jax.tree.map(np.array, state)
    stepped = _step(env, key, state, action)
    _check_equal("a state after a step from it", before, state)
    _check_equal("step with the same key", stepped, _step(env, key, state, action))
    _check_same_shapes("step", state, stepped[0])


def _check_any_action(env: AbstractEnv, state: Any, action: Array) -> None:
    integer = jnp.issubdtype(action.dtype, jnp.integer)
    extremes = (-7, 10_000) if integer else (-3.0, 0.0, 1.0, 50.0)
    for attempt in (action, *(jnp.full_like(action, value) for value in extremes)):
        outcome = _evaluate(env, state, _decode(env, state, attempt))
        _check_finite("the outcome of any action", outcome)


def _check_precision(env: AbstractEnv, state: Any, action: Array) -> None:
    decision = _decode(env, state, action)
    single = _evaluate(env, state, decision)
    with jax.enable_x64(True):
        double = _evaluate(*_cast((env, state, decision), jnp.float64))
        for leaf in jax.tree.leaves(eqx.filter(double, eqx.is_inexact_array)):
            if leaf.dtype != jnp.float64:
                raise ConformanceError("evaluate: a float64 state gives a float32 outcome")
        double = jax.tree.map(np.asarray, double)
    _check_close("evaluate in float32 and float64", single, double, tolerance=1e-3)


def _check_relabelling(env: AbstractEnv, state: Any, action: Array, key: PRNGKeyArray) -> None:
    decision = _decode(env, state, action)
    order = jax.random.permutation(key, _length(state, env.exchangeable))
    other = [relabelled(tree, env.exchangeable, order) for tree in (env, state, decision)]
    expected = relabelled(_evaluate(env, state, decision), env.exchangeable, order)
    _check_close("relabelling " + env.exchangeable, _evaluate(*other), expected)


def _check_vmap(env: AbstractEnv, key: PRNGKeyArray) -> None:
    def first_slot(env: AbstractEnv, key: PRNGKeyArray) -> Any:
        return env.step(key, env.reset(key), env.sample_actions(key))

    keys = jax.random.split(key, 3)
    together = eqx.filter_jit(eqx.filter_vmap(first_slot, in_axes=(None, 0)))(env, keys)
    for i in range(3):
        alone = eqx.filter_jit(first_slot)(env, keys[i])
        _check_close("vmap and a loop", jax.tree.map(lambda leaf, i=i: leaf[i], together), alone)


def relabelled(tree: Tree, dimension: str, order: Array) -> Tree:
    """`tree` with the members of `dimension` reordered, wherever an annotation names it.

    A module may define `relabel(dimension, order)` where an index that it holds refers to that
    dimension.
    """
    own: Callable | None = getattr(tree, "relabel", None)
    if own is not None:
        return own(dimension, order)
    changes = {}
    for name, axes in _axes(type(tree), dimension).items():
        value = getattr(tree, name)
        for axis in axes:
            value = jnp.take(value, order, axis=axis)
        changes[name] = value
    return dataclasses.replace(tree, **changes)


def _axes(kind: type, dimension: str) -> dict[str, list[int]]:
    """Field name → the axes that its annotation calls `dimension`."""
    found = {}
    for name, annotation in typing.get_type_hints(kind).items():
        dims = str(getattr(annotation, "dim_str", "")).split()
        if dimension in dims:
            found[name] = [axis for axis, dim in enumerate(dims) if dim == dimension]
    return found


def _length(tree: Any, dimension: str) -> int:
    for name, axes in _axes(type(tree), dimension).items():
        return int(getattr(tree, name).shape[axes[0]])
    raise ConformanceError(
        f"exchangeable: no field of {type(tree).__name__} has a dimension '{dimension}': annotate "
        f'its arrays, as in Float[Array, " {dimension}"], or name another dimension'
    )


def _cast(tree: Any, dtype: Any) -> Any:
    return jax.tree.map(lambda x: x.astype(dtype) if eqx.is_inexact_array(x) else x, tree)


def _named_leaves(tree: Any) -> list[tuple[str, np.ndarray]]:
    arrays = eqx.filter(tree, eqx.is_array_like)
    flat, _ = jax.tree_util.tree_flatten_with_path(arrays)
    return [(jax.tree_util.keystr(path), np.asarray(leaf)) for path, leaf in flat]


def _check_finite(what: str, tree: Any) -> None:
    for name, leaf in _named_leaves(tree):
        if not np.all(np.isfinite(leaf)):
            raise ConformanceError(f"{what}: {name} is not finite")


def _check_equal(what: str, first: Any, second: Any) -> None:
    for (name, a), (_, b) in zip(_named_leaves(first), _named_leaves(second), strict=True):
        if not np.array_equal(a, b, equal_nan=True):
            raise ConformanceError(f"{what}: {name} differs")


def _check_close(what: str, first: Any, second: Any, tolerance: float = 2e-4) -> None:
    for (name, a), (_, b) in zip(_named_leaves(first), _named_leaves(second), strict=True):
        scale = max(float(np.max(np.abs(b), initial=0.0)), 1e-30)
        if not np.allclose(a, b, rtol=tolerance, atol=tolerance * scale):
            raise ConformanceError(f"{what}: {name} is {a}, and {b} the other way")


def _check_same_shapes(what: str, before: Any, after: Any) -> None:
    for (name, a), (_, b) in zip(_named_leaves(before), _named_leaves(after), strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            raise ConformanceError(
                f"{what}: {name} was {a.dtype}{a.shape} and is {b.dtype}{b.shape}"
            )
