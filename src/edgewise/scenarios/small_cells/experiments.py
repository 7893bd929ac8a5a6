"""How many deadlines can be met at all (S13)."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.params import SmallCellsParameters
from edgewise.scenarios.small_cells.schemes.coordinated import Coordinated
from edgewise.scenarios.small_cells.schemes.schedulers import equal_shares
from edgewise.scenarios.small_cells.schemes.settle import Shares, settled

LAYOUTS, SLOTS = 100, 10
LEAST = 1.01
"""Of the least share that must be offloaded, so that rounding misses no deadline."""


def best_share(env: SmallCellsEnv, key: Array) -> Float[Array, " slots"]:
    """On one layout, the share of deadlines met in each of some slots, offloading what the central
    reference does, or the tenth of each task that its deadline needs: whichever meets more."""
    layout_key, slots_key = jax.random.split(key)
    layout = env.reset(layout_key)

    def of_slot(key: Array) -> Float[Array, ""]:
        state = env.restart(key, layout)
        decision, _ = Coordinated().decide(env, key, state, None)
        least = jnp.full_like(state.task_bits, LEAST * (1.0 - env.latency_share))
        sparing = settled(env, state, decision.channel, Shares(least, equal_shares(env)))
        met = [jnp.mean(env.evaluate(state, d).deadline_met) for d in (decision, sparing)]
        return jnp.maximum(*met)

    return jax.lax.map(of_slot, jax.random.split(slots_key, SLOTS))


def reachable(seeds: tuple[int, ...], quick: bool) -> dict[str, Float[np.ndarray, "layouts slots"]]:
    """`apart` and `anywhere`: with and without a least distance between base stations."""
    layouts = 4 if quick else LAYOUTS
    share = eqx.filter_jit(lambda env, keys: jax.lax.map(lambda key: best_share(env, key), keys))
    keys = jax.random.split(jax.random.key(seeds[0]), layouts)
    return {
        name: np.asarray(share(_env(separation_m), keys))
        for name, separation_m in (("apart", 250.0), ("anywhere", 0.0))
    }


def _env(separation_m: float) -> SmallCellsEnv:
    return SmallCellsEnv.from_parameters(SmallCellsParameters(min_separation_m=separation_m))


REACHABLE = Experiment("reachable deadlines", reachable, seeds=1)
