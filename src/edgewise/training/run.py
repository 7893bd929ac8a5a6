"""The training loop: compiled chunks of slots, with progress and checkpoints in between.

A slot's key depends on the run's key and the slot's number alone, and the number of slots in a
chunk is an argument of the compiled loop, not a part of it. So where a run was cut, by a
checkpoint or by `kill -9`, leaves no trace in its result.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key, PRNGKeyArray

from edgewise.core import memory
from edgewise.core.errors import UserError
from edgewise.training import checkpoint
from edgewise.training.program import AbstractProgram, Carry

CHUNK_SLOTS = 1000
"""Most slots in a chunk: the length of the compiled loop's log."""
FIRST_CHUNK_SLOTS = 16
CHUNK_S = 1.0
"""Wall time a chunk is sized for, so that progress is live at any speed."""
CHECKPOINT_S = 5.0
"""Training time between checkpoints."""


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    slot: int
    num_slots: int
    slots_per_s: float
    score: float


@dataclass(frozen=True)
class Trained(Generic[Carry]):
    """A finished run. Leaves of `carry` and arrays of `log` have a leading axis of seeds."""

    carry: Carry
    log: dict[str, np.ndarray]
    compile_s: float
    train_s: float


class TrainingError(UserError):
    """A run that cannot go on: something stopped being a finite number."""


def train(
    program: AbstractProgram[Carry],
    keys: Key[Array, " seeds"],
    states: Any,
    num_slots: int,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Trained[Carry]:
    """Train `program` for `num_slots` on every seed at once, resuming what `folder` holds.

    `keys` `[seeds]` and `states` (leaves `[seeds, ...]`) are each seed's training key and layout.
    With one seed nothing is mapped: a `vmap` over one costs time on a CPU. `report` is called
    after every chunk; the checkpoint in `folder` lets the same call continue after any
    interruption and end with the same bits.
    """
    path = folder / "checkpoint.npz"
    begun = time.perf_counter()
    carry = _init(program, keys, states)
    names = _log_names(program, keys, carry)
    log = {name: np.full((len(keys), num_slots), np.nan, np.float32) for name in names}
    slots, train_s = 0, 0.0
    if path.exists():
        (carry, log), facts = checkpoint.load(path, (carry, log))
        log = {name: np.array(series) for name, series in log.items()}
        slots, train_s = _reached(path, facts, log, num_slots)
    # A chunk of no slots compiles the loop and changes nothing.
    carry, _ = jax.block_until_ready(_chunk(program, keys, carry, slots, 0, num_slots, names))
    compile_s = time.perf_counter() - begun

    count, unsaved_s = FIRST_CHUNK_SLOTS, 0.0
    while slots < num_slots:
        count = min(count, num_slots - slots)
        begun = time.perf_counter()
        carry, chunk = _chunk(program, keys, carry, slots, count, num_slots, names)
        for name in names:
            log[name][:, slots : slots + count] = np.asarray(chunk[name])[:, :count]
        elapsed = time.perf_counter() - begun
        _check_finite(log, slots, count, path)
        slots, train_s, unsaved_s = slots + count, train_s + elapsed, unsaved_s + elapsed
        if unsaved_s > CHECKPOINT_S and slots < num_slots:
            checkpoint.save(path, (carry, log), slots=slots, train_s=train_s)
            unsaved_s = 0.0
        recent = float(np.mean(log["score"][:, slots - count : slots]))
        report(Progress(slots, num_slots, count / elapsed, recent))
        count = int(np.clip(CHUNK_S * count / elapsed, FIRST_CHUNK_SLOTS, CHUNK_SLOTS))
    return Trained(carry, log, compile_s, train_s)


def needs(
    program: AbstractProgram[Carry], keys: Key[Array, " seeds"], states: Any, num_slots: int
) -> tuple[Carry, int]:
    """The shapes of the carry, and about how many bytes training takes: the carry, what one slot
    computes at its peak, and the log."""
    carry = jax.eval_shape(_init, program, keys, states)
    t = jnp.zeros((), int)
    slot = over_seeds(lambda key, carry: program.slot(key, carry, t, t / 1))
    traced, (_, log) = jax.make_jaxpr(slot, return_shape=True)(keys, carry)
    logged = 4 * len(log) * len(keys) * num_slots
    return carry, memory.tree_bytes(carry) + memory.peak_bytes(traced.jaxpr) + logged


def _reached(
    path: Path, facts: dict[str, Any], log: dict[str, np.ndarray], num_slots: int
) -> tuple[int, float]:
    """How many slots a checkpoint has behind it, and the time they took [s]; `UserError` if its
    facts are not those of such a run."""
    slots, train_s = facts.get("slots"), facts.get("train_s")
    whole = isinstance(slots, int) and isinstance(train_s, float) and 0 <= slots < num_slots
    if not whole or not all(np.isfinite(series[:, :slots]).all() for series in log.values()):
        raise UserError(
            f"damaged: {path}: it says {slots} of {num_slots} slots, and its log holds others; "
            "delete it to start afresh"
        )
    return slots, train_s  # type: ignore[return-value]


def forget(folder: Path) -> None:
    """Remove the checkpoint of a run whose result has been written."""
    (folder / "checkpoint.npz").unlink(missing_ok=True)


def over_seeds(function: Callable) -> Callable:
    """`function` mapped over the leading axis of its arguments; where that axis has one entry,
    without a `vmap`, which costs time on a CPU."""

    def mapped(*arguments: Any) -> Any:
        if jax.tree.leaves(arguments)[0].shape[0] > 1:
            return jax.vmap(function)(*arguments)
        result = function(*jax.tree.map(lambda leaf: leaf[0], arguments))
        return jax.tree.map(lambda leaf: leaf[None], result)

    return mapped


@jax.jit
def _init(program: AbstractProgram[Carry], keys: Key[Array, " seeds"], states: Any) -> Carry:
    return over_seeds(program.init)(keys, states)


@partial(jax.jit, static_argnames="names", donate_argnames="carry")
def _chunk(
    program: AbstractProgram[Carry],
    keys: Key[Array, " seeds"],
    carry: Carry,
    first: int | Array,
    count: int | Array,
    num_slots: int | Array,
    names: tuple[str, ...],
) -> tuple[Carry, dict[str, Array]]:
    """Slots `first`..`first + count - 1` of every seed; the log has room for CHUNK_SLOTS."""

    def one_seed(key: PRNGKeyArray, carry: Carry) -> tuple[Carry, dict[str, Array]]:
        def body(i: Array, held: tuple[Carry, dict[str, Array]]) -> tuple[Carry, dict[str, Array]]:
            carry, log = held
            t = first + i
            carry, entry = program.slot(jax.random.fold_in(key, t), carry, t, t / num_slots)
            return carry, {name: log[name].at[i].set(entry[name]) for name in names}

        empty = {name: jnp.zeros(CHUNK_SLOTS, jnp.float32) for name in names}
        return jax.lax.fori_loop(0, count, body, (carry, empty))

    return over_seeds(one_seed)(keys, carry)


def _log_names(
    program: AbstractProgram[Carry], keys: Key[Array, " seeds"], carry: Carry
) -> tuple[str, ...]:
    one = jax.eval_shape(lambda tree: jax.tree.map(lambda leaf: leaf[0], tree), carry)
    t = jnp.zeros((), int)
    _, log = jax.eval_shape(program.slot, keys[0], one, t, t / 1)
    return tuple(sorted(log))


def _check_finite(log: dict[str, np.ndarray], first: int, count: int, path: Path) -> None:
    for name, series in log.items():
        bad = ~np.isfinite(series[:, first : first + count]).all(axis=0)
        if bad.any():
            good = f"the last good checkpoint is {path}" if path.exists() else "no checkpoint yet"
            raise TrainingError(
                f"training stopped: {name} is not finite at slot {first + int(bad.argmax())}; "
                f"{good}; lower the learning rate or check the parameters"
            )
