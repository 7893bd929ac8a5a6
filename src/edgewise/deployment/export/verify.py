"""Whether the files decide what JAX decides: on observations that are met, drawn and extreme."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
from jaxtyping import PRNGKeyArray

from edgewise.core.seat import Measured, Quantity
from edgewise.deployment.contract import LOTS, Verified
from edgewise.deployment.export.one_agent import DTYPES, OneAgent, memory_names
from edgewise.deployment.export.policies import Distinct
from edgewise.deployment.trained import Trained

OBSERVATIONS = 10_000
TOLERANCE = 1e-5
"""Of the largest difference, as a share of the field's range; and, relative, of an observation
that counts as the same."""
RUN = 100
"""Slots from one start of a policy's memory to the next."""
SEED = 0


TRIES = 64
"""Observations beside one that is decided unequally, each entry within `TOLERANCE` of it."""

Made = dict[str, np.ndarray]
"""Fields of decisions, and of the memory after them, with a leading axis of slots."""


@dataclass(frozen=True)
class Asked:
    """Observations, lots and memories, each with a leading axis of slots."""

    measured: dict[str, np.ndarray]
    lots: np.ndarray
    memory: list[np.ndarray]


def verify(
    trained: Trained,
    policies: list[Distinct],
    observations: int = OBSERVATIONS,
    report: Callable[[int], None] = lambda policy: None,
) -> Verified:
    """What was found over all policies, on so many observations of each."""
    met = measured_in_use(trained, observations // 2)
    found = []
    for number, policy in enumerate(policies):
        random = np.random.default_rng([SEED, number])
        seen = {name: value[:, policy.agents[0]] for name, value in met.items()}
        asked = asked_of(random, policy.agent, seen, observations)
        found.append(compared(policy, asked, random))
        report(number)
    return Verified(
        observations=observations,
        largest_difference=max(each.difference for each in found),
        unequal_choices=sum(int((each.unequal & ~each.near).sum()) for each in found),
        near_ties=sum(int(each.near.sum()) for each in found),
        unequal_near_ties=sum(int((each.unequal & each.near).sum()) for each in found),
    )


def measured_in_use(trained: Trained, slots: int) -> dict[str, np.ndarray]:
    """What all agents measure while the run's scheduler decides, `[slots, agents, ...]`."""

    def slot(carry: Any, key: PRNGKeyArray) -> tuple[Any, Measured]:
        state, memory, last = carry
        decide_key, world_key = jax.random.split(key)
        seen = trained.seat.measured(trained.env, state, last)
        decision, memory = trained.scheduler.decide(trained.env, decide_key, state, memory)
        outcome = trained.env.evaluate(state, decision)
        state = trained.env.advance(world_key, state, outcome)
        return (state, memory, outcome), seen

    @eqx.filter_jit
    def lived(keys: Any) -> Measured:
        memory = trained.scheduler.start(trained.env)
        shapes = eqx.filter_eval_shape(
            lambda state: trained.env.evaluate(
                state, trained.scheduler.decide(trained.env, keys[0], state, memory)[0]
            ),
            trained.state,
        )
        nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
        return jax.lax.scan(slot, (trained.state, memory, nothing), keys)[1]

    keys = jax.random.split(jax.random.key(SEED), slots)
    return {name: np.asarray(value) for name, value in lived(keys).items()}


def asked_of(
    random: np.random.Generator,
    agent: OneAgent,
    met: dict[str, np.ndarray],
    count: int,
    extremes: bool = True,
) -> Asked:
    """Half of the observations as met in use, half drawn from the ranges, of these, with
    `extremes`, half at their ends; what the memory was before each."""
    fields = agent.seat.observation(agent.env)
    half = count // 2
    extreme = count // 4 if extremes else 0
    drawn = count - half - extreme
    measured: dict[str, np.ndarray] = {
        field.name: np.concatenate(
            [
                met[field.name][:half],
                _between(random, field, drawn),
                _at_ends(random, field, extreme),
            ]
        ).astype(DTYPES[field.kind])
        for field in fields
    }
    lots = random.random((count, agent.num_lots), np.float32)
    return Asked(measured, lots, _memories(agent, measured, lots))


def _between(random: np.random.Generator, field: Quantity, count: int) -> np.ndarray:
    """Uniform in the range; where it spans decades, half of them uniform in the logarithm."""
    shape = (count, *field.shape)
    if field.kind != "real":
        return random.integers(int(field.low), int(field.high) + 1, shape)
    even = random.uniform(field.low, field.high, shape)
    least = max(field.low, 1e-12 * field.high)
    if field.low < 0 or least <= 0 or field.high / least < 100:
        return even
    spread = np.exp(random.uniform(np.log(least), np.log(field.high), shape))
    return np.where(random.random((count,) + (1,) * len(field.shape)) < 0.5, even, spread)


def _at_ends(random: np.random.Generator, field: Quantity, count: int) -> np.ndarray:
    """All entries at one end, the first few times; then each at an end of its own."""
    ends = np.array([field.low, field.high])
    each = random.integers(0, 2, (count, *field.shape))
    together = random.integers(0, 2, (count,) + (1,) * len(field.shape))
    alike = (np.arange(count) < count // 2).reshape(together.shape)
    return ends[np.where(alike, together, each)]


def _memories(
    agent: OneAgent, measured: dict[str, np.ndarray], lots: np.ndarray
) -> list[np.ndarray]:
    """What JAX remembers before each slot, starting anew every `RUN` slots."""
    start = [jnp.asarray(leaf) for leaf in agent.start()]
    if not start:
        return []
    held = _lived_through(agent, start, (jnp.arange(len(lots)), measured, lots))
    return [np.asarray(leaf) for leaf in held]


@eqx.filter_jit
def _lived_through(agent: OneAgent, start: list[Any], rows: Any) -> list[Any]:
    def slot(memory: list[Any], row: Any) -> tuple[list[Any], list[Any]]:
        t, seen, lot = row
        fresh = t % RUN == 0
        memory = [jnp.where(fresh, a, b) for a, b in zip(start, memory, strict=True)]
        return agent.decide(seen, memory, lot)[1], memory

    return jax.lax.scan(slot, start, rows)[1]


@dataclass(frozen=True)
class Compared:
    """The largest difference where choices are equal; for each observation, whether a choice is
    not, and whether one is a near tie."""

    difference: float
    unequal: np.ndarray
    near: np.ndarray


def compared(policy: Distinct, asked: Asked, random: np.random.Generator) -> Compared:
    """The file against JAX. A choice is a near tie if JAX itself chooses otherwise in double
    precision; or, where file and JAX differ, on an observation that is the same but for
    `TOLERANCE`."""
    agent, ours = policy.agent, by_file(policy, asked)
    theirs = by_jax(agent, asked)
    near = _choices_differ(agent, theirs, by_jax(agent, asked, double=True))
    unequal = _choices_differ(agent, theirs, ours)
    for row in np.flatnonzero(unequal & ~near):
        near[row] = _hangs_on_little(agent, asked, int(row), random)
    differences = (
        _difference(ours[name][~unequal], theirs[name][~unequal], span)
        for name, span in _spans(agent, theirs).items()
    )
    worst = max(differences, default=0.0)
    return Compared(worst, unequal, near)


def _choices_differ(agent: OneAgent, a: Made, b: Made) -> np.ndarray:
    """For each observation, whether any field that is not real differs."""
    kinds = {name: value.dtype.kind for name, value in a.items()}
    rows = [_rows(a[name] != b[name]) for name, kind in kinds.items() if kind != "f"]
    return np.any(rows, axis=0) if rows else np.zeros(len(next(iter(a.values()))), bool)


def _spans(agent: OneAgent, made: Made) -> dict[str, float]:
    """The width of the range of every real field; of memory, its largest size."""
    ranges = {field.name: field.high - field.low for field in agent.seat.decision(agent.env)}
    return {
        name: ranges.get(name) or float(np.max(np.abs(value), initial=1.0))
        for name, value in made.items()
        if value.dtype.kind == "f"
    }


def _hangs_on_little(agent: OneAgent, asked: Asked, row: int, random: np.random.Generator) -> bool:
    """Whether JAX chooses otherwise for some observation next to this one."""

    def shaken(value: np.ndarray) -> np.ndarray:
        many = np.repeat(value[row : row + 1], TRIES, axis=0)
        if value.dtype.kind != "f":
            return many
        change = random.uniform(-TOLERANCE, TOLERANCE, many.shape)
        change[0] = 0.0
        return (many * (1.0 + change)).astype(value.dtype)

    tries = Asked(
        {name: shaken(value) for name, value in asked.measured.items()},
        shaken(asked.lots),
        [shaken(value) for value in asked.memory],
    )
    made = by_jax(agent, tries)
    first = {name: np.repeat(value[:1], TRIES, axis=0) for name, value in made.items()}
    return bool(_choices_differ(agent, first, made).any())


def _difference(a: np.ndarray, b: np.ndarray, span: float) -> float:
    return float(np.max(np.abs(a.astype(float) - b.astype(float)), initial=0.0) / span)


def _rows(differ: np.ndarray) -> np.ndarray:
    return np.asarray(differ.reshape(len(differ), -1).any(axis=1))


def by_jax(agent: OneAgent, asked: Asked, double: bool = False) -> Made:
    """What JAX decides and remembers on each observation, in single or double precision."""
    with jax.enable_x64(double):
        own = _cast(agent) if double else agent
        given = (asked.measured, asked.memory, asked.lots)
        decided, following = _decide_each(own, *(_cast(given) if double else given))
        names = (f"next_{name}" for name in memory_names(len(following)))
        made = {**decided, **dict(zip(names, following, strict=True))}
        return {name: np.asarray(value) for name, value in made.items()}


@eqx.filter_jit
def _decide_each(agent: OneAgent, measured: Any, memory: Any, lots: Any) -> Any:
    return jax.vmap(agent.decide)(measured, memory, lots)


def _cast(tree: Any) -> Any:
    def doubled(leaf: Any) -> Any:
        return jnp.asarray(leaf, jnp.float64) if eqx.is_inexact_array_like(leaf) else leaf

    return jax.tree.map(lambda leaf: doubled(leaf) if eqx.is_array_like(leaf) else leaf, tree)


def by_file(policy: Distinct, asked: Asked) -> Made:
    """What ONNX Runtime makes of each observation."""
    session = onnxruntime.InferenceSession(policy.model, providers=["CPUExecutionProvider"])
    rows = {**asked.measured, LOTS: asked.lots}
    rows |= dict(zip(memory_names(len(asked.memory)), asked.memory, strict=True))
    rows = {each.name: rows[each.name] for each in session.get_inputs()}
    names = [each.name for each in session.get_outputs()]
    made = [
        session.run(names, {name: np.asarray(value[t]) for name, value in rows.items()})
        for t in range(len(asked.lots))
    ]
    return {name: np.stack([row[i] for row in made]) for i, name in enumerate(names)}
