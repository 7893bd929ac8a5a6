"""A scheme made of whatever somebody has written: a scheduler, a policy of one agent, a learner, a
program of training, or a function that makes one of them."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised, Knowledge
from edgewise.learners.learner import AbstractLearner
from edgewise.runs.scheme import Plan, Scheme
from edgewise.training.program import AbstractProgram
from edgewise.training.programs import Replay

SLOTS = 3000
"""Of training, where nobody says how long."""
Example = Callable[[], AbstractEnv]
"""An environment to try a function on."""
FORMS = (
    "a scheduler, a policy, a learner or a program of training (a class or, but for the last two, "
    "an object), a function (env, key, state) that plans, a function (env, **settings) that makes "
    "one of them, or a Scheme"
)


def scheme_of(thing: Any, name: str, source: str, example: Example, slots: int = SLOTS) -> Scheme:
    """The scheme `name` that follows `thing`; `UserError` where that is nothing that decides.

    What it knows is `central` unless `thing` says otherwise by its `KNOWLEDGE`, is the policy of
    one agent, or learns such; what learns does so for its `SLOTS`, else for `slots`, fed by its
    `LOOP`, else from replay.
    """
    if isinstance(thing, Scheme):
        return replace(thing, name=name, brought=thing.brought or _way(thing))
    facts = {
        "name": name,
        "title": getattr(thing, "__name__", type(thing).__name__),
        "knowledge": _knowledge(thing),
        "source": source,
        "brought": thing,
    }
    return Scheme(**{**facts, **_ways(thing, example, slots)})


def _ways(thing: Any, example: Example, slots: int) -> dict[str, Any]:
    """How the scheme is given, as fields of it."""
    if isinstance(thing, AbstractScheduler):
        return {"scheduler": thing}
    if isinstance(thing, AbstractPolicy):
        return {"plan": everywhere(thing)}
    if isinstance(thing, type):
        return _ways_of_class(thing, example, slots)
    if callable(thing):
        return _ways_of_function(thing, example, slots)
    raise UserError(f"it is of type {type(thing).__name__}: name {FORMS}")


def _ways_of_class(kind: type, example: Example, slots: int) -> dict[str, Any]:
    if issubclass(kind, AbstractScheduler | AbstractPolicy):
        return _ways(_made(kind), example, slots)
    if issubclass(kind, AbstractLearner):
        return _learning(kind, getattr(kind, "of", kind)(example()), slots)
    if issubclass(kind, AbstractProgram):
        return {"program": kind, "slots": _slots(kind, slots)}
    raise UserError(f"the class {kind.__name__} is none that decides or learns: name {FORMS}")


def _ways_of_function(function: Callable, example: Example, slots: int) -> dict[str, Any]:
    if len(_positional(function)) == len(("env", "key", "state")):
        return {"plan": function}
    made = function(example())
    if isinstance(made, AbstractLearner):
        return _learning(function, made, slots)
    if isinstance(made, AbstractScheduler | AbstractPolicy):
        return {"plan": _planned_by(function), "knowledge": _knowledge(made)}
    raise UserError(f"{function.__name__}(env) gives {type(made).__name__}: name {FORMS}")


def everywhere(policy: AbstractPolicy) -> Plan:
    """Every agent follows the same policy."""

    def plan(env: Any, key: Any, state: Any) -> AbstractScheduler:
        def for_all(leaf: Any) -> Any:
            return jnp.broadcast_to(leaf, (env.num_agents, *jnp.shape(leaf)))

        arrays, fixed = eqx.partition(policy, eqx.is_array)
        return Decentralised(eqx.combine(jax.tree.map(for_all, arrays), fixed))

    return plan


def _planned_by(function: Callable) -> Plan:
    def plan(env: Any, key: Any, state: Any) -> AbstractScheduler:
        made = function(env)
        return everywhere(made)(env, key, state) if isinstance(made, AbstractPolicy) else made

    return plan


def _learning(maker: Any, learner: AbstractLearner, slots: int) -> dict[str, Any]:
    return {
        "learner": maker,
        "loop": getattr(learner, "LOOP", Replay),
        "slots": _slots(learner, slots),
        "knowledge": _learned_knowledge(learner),
    }


def _learned_knowledge(learner: AbstractLearner) -> Knowledge:
    """What it says, or else what the agents know that follow what it learns."""
    said: Knowledge | None = getattr(learner, "KNOWLEDGE", None)
    if said is not None:
        return said
    follows = eqx.filter_eval_shape(
        lambda key: learner.scheduler(learner.init(key)), jax.random.key(0)
    )
    return "local" if isinstance(follows, Decentralised) else "central"


def _slots(learner: Any, slots: int) -> int:
    return int(getattr(learner, "SLOTS", slots))


def _made(kind: type) -> Any:
    needed = [name for name, each in _positional(kind).items() if each is inspect.Parameter.empty]
    if needed:
        raise UserError(
            f"{kind.__name__} takes {', '.join(needed)}: name an object, as in "
            f"mine = {kind.__name__}({needed[0]}=...), or a function (env, key, state) that "
            "returns one"
        )
    return kind()


def _positional(function: Callable) -> dict[str, Any]:
    """The arguments that it takes by position, with their defaults."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {
        name: each.default
        for name, each in inspect.signature(function).parameters.items()
        if each.kind in kinds
    }


def _knowledge(thing: Any) -> Knowledge:
    """What it says that it knows; else one agent's policy its own row, and others everything."""
    kind = thing if isinstance(thing, type) else type(thing)
    said: Knowledge = getattr(kind, "KNOWLEDGE", None) or (
        "local" if issubclass(kind, AbstractPolicy) else "central"
    )
    return said


def _way(scheme: Scheme) -> Any:
    ways = (scheme.scheduler, scheme.plan, scheme.learner, scheme.program)
    return next(way for way in ways if way is not None)
