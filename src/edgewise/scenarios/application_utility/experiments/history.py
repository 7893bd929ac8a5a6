"""What OQL-Dist's history decides: how often more than one action is in B'' at all, and how often
what is played is not the best action alone."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.learners.history_q import AbstractHistoryQ, HistoryLearned, best_actions
from edgewise.runs.sweep import QUICK_SLOTS
from edgewise.scenarios.application_utility.experiments.living import (
    env_of,
    first_state,
    program_of,
)
from edgewise.scenarios.application_utility.schemes import SLOTS
from edgewise.training.programs import Online

COOPERATIVE = ("oql-dist", "oql-na")
"""With functions, and with tables."""


def choices(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """`tied SCHEME` and `moved SCHEME`, the shares of servers `[seeds, epochs]` with several best
    actions, and with a choice that is not the first of them."""
    total = QUICK_SLOTS if quick else SLOTS
    found: dict[str, np.ndarray] = {}
    for scheme in COOPERATIVE:
        env = env_of()
        program: Any = program_of(env, scheme)
        runs = [_followed(program, *_start(seed), total) for seed in seeds]
        found |= {f"tied {scheme}": np.stack([np.asarray(tied) for tied, _ in runs])}
        found |= {f"moved {scheme}": np.stack([np.asarray(moved) for _, moved in runs])}
    return found


def _start(seed: int) -> tuple[PRNGKeyArray, Any]:
    keys, start = first_state(env_of(), seed)
    return keys.training, start


@eqx.filter_jit
def _followed(
    program: Online, key: PRNGKeyArray, start: Any, total: int
) -> tuple[Float[Array, " epochs"], Float[Array, " epochs"]]:
    learner = program.learner
    assert isinstance(learner, AbstractHistoryQ)

    def epoch(carry: Any, t: Array) -> tuple[Any, tuple[Array, Array]]:
        state, learned = carry
        slot_key = jax.random.fold_in(key, t)
        shares = shares_of(learner, slot_key, learned, program.env.observe(state))
        return program.slot(slot_key, carry, t, t / total)[0], shares

    return jax.lax.scan(epoch, program.init(key, start), jnp.arange(total))[1]


def shares_of(
    learner: AbstractHistoryQ, key: PRNGKeyArray, learned: HistoryLearned, observation: Array
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The shares of agents with several best actions, and with a choice that is not the first of
    them."""
    values = learner.q.values(learned.own, observation)
    tied = jnp.sum(best_actions(values), axis=1) > 1
    moved = learner.choose(key, learned, observation) != jnp.argmax(values, axis=1)
    return jnp.mean(tied), jnp.mean(moved)
