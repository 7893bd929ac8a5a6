"""Environments whose agents see nothing, or each what its neighbour should see: the same world, so
that a claim about deciding by what one sees can be asked of agents that cannot."""

from functools import cache
from typing import Any, TypeVar

import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.env import AbstractEnv

Env = TypeVar("Env", bound=AbstractEnv)


def unseeing(env: Env) -> Env:
    """Every observation is zero."""
    return _recast(_blind(type(env)), env)


def swapped(env: Env) -> Env:
    """Each agent has the observation of the one before it."""
    return _recast(_shuffled(type(env)), env)


@cache
def _blind(kind: type[Env]) -> type[Env]:
    def observe(self: Any, state: Any) -> Array:
        return jnp.zeros_like(kind.observe(self, state))

    return type(f"Blind{kind.__name__}", (kind,), {"observe": observe, "__doc__": kind.__doc__})


@cache
def _shuffled(kind: type[Env]) -> type[Env]:
    def observe(self: Any, state: Any) -> Array:
        return jnp.roll(kind.observe(self, state), 1, axis=0)

    return type(f"Shuffled{kind.__name__}", (kind,), {"observe": observe, "__doc__": kind.__doc__})


def _recast(kind: type[Env], env: Env) -> Env:
    """The same fields in an object of another class, which adds none."""
    made = object.__new__(kind)
    for name, value in vars(env).items():
        object.__setattr__(made, name, value)
    return made
