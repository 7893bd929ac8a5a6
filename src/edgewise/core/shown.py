"""Environments whose agents are shown what they are given, in place of what the state says."""

from typing import Any, TypeVar

from jaxtyping import Array, Float

from edgewise.core.env import AbstractEnv

Env = TypeVar("Env", bound=AbstractEnv)


def shown(env: Env, observation: Float[Array, "agents features"]) -> Env:
    """The same environment, where `observe` gives this."""
    return _recast(env, observe=lambda self, state: observation)


def undecoded(env: Env, observation: Float[Array, "agents features"]) -> Env:
    """The same, where a decision is the joint action itself: whoever acts on observations alone
    needs no state."""
    return _recast(
        env,
        observe=lambda self, state: observation,
        decode=lambda self, state, action: action,
    )


def _recast(env: Env, **methods: Any) -> Env:
    """The same fields in an object of a class of its own, whose methods hold the observation."""
    kind = type(env)
    made: Env = object.__new__(type(kind.__name__, (kind,), {**methods, "__doc__": kind.__doc__}))
    for name, value in vars(env).items():
        object.__setattr__(made, name, value)
    return made
