"""The searches alone (Fig. 7): the proposed one, the classic one and plain hill climbs, from the
same placements."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.baselines.hill_climb import flips, hill_climb, one_task
from edgewise.baselines.levy import classic_search, levy_search, preference
from edgewise.core.seeding import seed_keys
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv
from edgewise.scenarios.joint_offloading.experiments.setup import env_of
from edgewise.scenarios.joint_offloading.schemes.placing import objective_of, random_placement
from edgewise.scenarios.joint_offloading.schemes.schedulers import Optimum

SEARCHES = (
    "proposed",
    "classic",
    "classic, annealed",
    "one random task",
    "random flips",
    "proposed, (25) read the other way",
)
FLIP_SHARE = 0.1
SEARCH_DEVICES = (30, 100)
SEARCH_EXPONENT = 1.5
SEARCH_SLOTS = 32


def searches(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Mean best objective over `SEARCH_SLOTS` slots after each evaluation, from the same random
    placements: `traces_N` `[seeds, searches, evaluations]`; and `optimum_N` `[seeds]`."""
    evaluations = 100 if quick else 1000
    found: dict[str, np.ndarray] = {}
    for num_devices in SEARCH_DEVICES:
        env = env_of(num_devices=num_devices)
        one = eqx.filter_jit(lambda key, env=env: _traces(env, key, evaluations))
        traces, optimum = zip(*(one(seed_keys(seed).evaluation) for seed in seeds), strict=True)
        found[f"traces_{num_devices}"] = np.array(traces)
        found[f"optimum_{num_devices}"] = np.array(optimum)
    return found


def _traces(env: JointOffloadingEnv, key: PRNGKeyArray, evaluations: int) -> tuple[Array, Array]:
    def of_slot(key: PRNGKeyArray) -> tuple[Array, Array]:
        slot_key, start_key, search_key = jax.random.split(key, 3)
        state = env.reset(slot_key)
        objective, start = objective_of(env, state), random_placement(env, start_key)
        liked, places = preference(state.gain), env.num_servers + 1
        common = (evaluations, SEARCH_EXPONENT)
        proposed, present = (
            levy_search(search_key, start, objective, liked, *common, by_present=by_present)
            for by_present in (False, True)
        )
        classic, annealed = (
            classic_search(search_key, start, objective, places, *common, a) for a in (False, True)
        )
        one, some = (
            hill_climb(search_key, start, objective, propose, places, evaluations)
            for propose in (one_task, flips(FLIP_SHARE))
        )
        best = objective(Optimum().place(env, key, state))
        found = (proposed, classic, annealed, one, some, present)
        return jnp.stack([each.trace for each in found]), best

    traces, best = jax.vmap(of_slot)(jax.random.split(key, SEARCH_SLOTS))
    return jnp.mean(traces, axis=0), jnp.mean(best)
