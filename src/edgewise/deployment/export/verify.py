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

from edgewise.core.rollout import next_state
from edgewise.core.seat import Measured, Quantity
from edgewise.deployment.contract import LOTS, Verified
from edgewise.deployment.export.one_agent import DTYPES, OneAgent, memory_names
from edgewise.deployment.export.policies import Distinct
from edgewise.deployment.trained import Trained

OBSERVATIONS = 10_000
TOLERANCE = 1e-5
"""Of the largest difference, as a share of the field's range."""
RUN = 100
"""Slots from one start of a policy's memory to the next."""
SEED = 0


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
    """The worst that was found over all policies."""
    met = measured_in_use(trained, observations // 2)
    worst, unequal, near = 0.0, 0, 0
    for number, policy in enumerate(policies):
        random = np.random.default_rng([SEED, number])
        seen = {name: value[:, policy.agents[0]] for name, value in met.items()}
        asked = _asked(random, policy.agent, seen, observations)
        found = _compared(policy, asked)
        worst, unequal, near = max(worst, found[0]), unequal + found[1], near + found[2]
        report(number)
    return Verified(
        observations=observations,
        largest_difference=worst,
        unequal_choices=unequal,
        near_ties=near,
    )


def measured_in_use(trained: Trained, slots: int) -> dict[str, np.ndarray]:
    """What all agents measure while the run's scheduler decides, `[slots, agents, ...]`."""

    def slot(carry: Any, key: PRNGKeyArray) -> tuple[Any, Measured]:
        state, memory, last = carry
        decide_key, world_key = jax.random.split(key)
        seen = trained.seat.measured(trained.env, state, last)
        decision, memory = trained.scheduler.decide(trained.env, decide_key, state, memory)
        outcome = trained.env.evaluate(state, decision)
        state = next_state(trained.env, world_key, state, outcome, 0, 0)
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


def _asked(
    random: np.random.Generator, agent: OneAgent, met: dict[str, np.ndarray], count: int
) -> Asked:
    """Half of the observations as met in use, a quarter drawn from the ranges, a quarter at their
    ends; what the memory was before each."""
    fields = agent.seat.observation(agent.env)
    half = count // 2
    drawn, extreme = count // 4, count - half - count // 4
    measured = {
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


def _compared(policy: Distinct, asked: Asked) -> tuple[float, int, int]:
    """The largest difference, the number of unequal choices, the number of near ties."""
    agent = policy.agent
    ours = _by_file(policy, asked)
    theirs, following = by_jax(agent, asked)
    exact, _ = by_jax(agent, asked, double=True)
    worst, unequal = 0.0, np.zeros(len(asked.lots), bool)
    near = np.zeros(len(asked.lots), bool)
    for field in agent.seat.decision(agent.env):
        a, b = ours[field.name], theirs[field.name]
        if field.kind == "real":
            worst = max(worst, _difference(a, b, field.high - field.low))
        else:
            unequal |= _rows(a != b)
            near |= _rows(exact[field.name] != b)
    for name, b in zip(memory_names(len(following)), following, strict=True):
        a = ours[f"next_{name}"]
        if b.dtype.kind == "f":
            worst = max(worst, _difference(a, b, float(np.max(np.abs(b), initial=1.0))))
        else:
            unequal |= _rows(a != b)
    return worst, int(unequal.sum()), int(near.sum())


def _difference(a: np.ndarray, b: np.ndarray, span: float) -> float:
    return float(np.max(np.abs(a.astype(float) - b.astype(float)), initial=0.0) / span)


def _rows(differ: np.ndarray) -> np.ndarray:
    return differ.reshape(len(differ), -1).any(axis=1)


def by_jax(
    agent: OneAgent, asked: Asked, double: bool = False
) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """What JAX decides and remembers on each observation, in single or double precision."""
    with jax.enable_x64(double):
        own = _cast(agent) if double else agent
        given = (asked.measured, asked.memory, asked.lots)
        decided, following = _decide_each(own, *(_cast(given) if double else given))
        values = {name: np.asarray(value) for name, value in decided.items()}
        return values, [np.asarray(leaf) for leaf in following]


@eqx.filter_jit
def _decide_each(agent: OneAgent, measured: Any, memory: Any, lots: Any) -> Any:
    return jax.vmap(agent.decide)(measured, memory, lots)


def _cast(tree: Any) -> Any:
    def doubled(leaf: Any) -> Any:
        return jnp.asarray(leaf, jnp.float64) if eqx.is_inexact_array_like(leaf) else leaf

    return jax.tree.map(lambda leaf: doubled(leaf) if eqx.is_array_like(leaf) else leaf, tree)


def _by_file(policy: Distinct, asked: Asked) -> dict[str, np.ndarray]:
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
