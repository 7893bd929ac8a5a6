"""What the tables and figures need that is not a training run: imitation alone (Table II) and the
searches alone (Fig. 7)."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.baselines.levy import classic_search, levy_search, preference
from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import Ensemble, Example
from edgewise.learners.imitation import accuracy
from edgewise.learners.networks import batch_last
from edgewise.runs.sweep import Experiment
from edgewise.scenarios.joint_offloading.dirs import Dirs
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.methods import DIRS, SCHEMES
from edgewise.scenarios.joint_offloading.params import JointOffloadingParameters
from edgewise.scenarios.joint_offloading.placing import objective_of, random_placement
from edgewise.scenarios.joint_offloading.schedulers import Optimum
from edgewise.training.program import mean_reward

SIZES = (64, 128, 256, 512)
PENALTIES = (DIRS["l2"], 0.0, 5e-4)
"""The tuned one, none, and a stronger one for comparison."""
TEST_EXAMPLES = 512
BATCH = 256

SEARCHES = ("proposed", "classic", "classic, annealed")
SEARCH_DEVICES = (30, 100)
SEARCH_EXPONENT = 1.5
SEARCH_SLOTS = 32


def env_of(**values: Any) -> JointOffloadingEnv:
    """The environment with these parameters."""
    return JointOffloadingEnv.from_parameters(JointOffloadingParameters(**values))


def program_of(env: JointOffloadingEnv, scheme: str, quick: bool, **changes: Any) -> Any:
    """The training of `scheme` with its published settings, but for `changes`."""
    method = next(method for method in SCHEMES if method.name == scheme)
    if quick and scheme == "dirs":
        changes = {**changes, "demonstration_evaluations": 30}
    return method.training(env, env, 0, mean_reward, method.complete_settings(changes))


def imitation(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Accuracy after pre-training, `[seeds, sizes, penalties]`: on the demonstrations themselves
    (`train`) and on `TEST_EXAMPLES` others of the same layout (`test`). Smaller sets are parts of
    the larger ones, and all start from the same networks."""
    env = env_of()
    found = [_imitation_of_one(env, seed, quick) for seed in seeds]
    return {"train": np.array(found)[..., 0], "test": np.array(found)[..., 1]}


def _imitation_of_one(env: JointOffloadingEnv, seed: int, quick: bool) -> list:
    keys = seed_keys(seed)
    program = program_of(env, "dirs", quick)
    state, count = layout_of(env, keys.layout), SIZES[-1] + TEST_EXAMPLES
    examples = _demonstrated(program, keys.plan, state, count)
    test = jax.tree.map(lambda leaf: leaf[SIZES[-1] :], examples)
    ensembles = [dataclasses.replace(program.ensemble, l2=l2) for l2 in PENALTIES]
    return [
        [
            np.asarray(_accuracies(ensemble, keys.training, shown, test, program.pretraining_steps))
            for ensemble in ensembles
        ]
        for shown in (jax.tree.map(lambda leaf, n=n: leaf[:n], examples) for n in SIZES)
    ]


@eqx.filter_jit
def layout_of(env: JointOffloadingEnv, key: PRNGKeyArray) -> State:
    """A first slot."""
    return env.reset(key)


@eqx.filter_jit
def _demonstrated(program: Dirs, key: PRNGKeyArray, state: State, count: int) -> Example:
    return program.demonstrations(key, state, count)


@eqx.filter_jit
def _accuracies(
    ensemble: Ensemble, key: PRNGKeyArray, shown: Example, test: Example, steps: int
) -> Array:
    """After imitating `shown`: accuracy on it, and on `test`."""
    learned, _ = ensemble.pretrained(key, ensemble.init(key), shown, steps, BATCH)
    return jnp.stack(
        [
            accuracy(learned.network, batch_last(each.observation), ensemble.labels(each.placement))
            for each in (shown, test)
        ]
    )


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
    def one(key: PRNGKeyArray) -> tuple[Array, Array]:
        slot_key, start_key, search_key = jax.random.split(key, 3)
        state = env.reset(slot_key)
        objective, start = objective_of(env, state), random_placement(env, start_key)
        proposed = levy_search(
            search_key, start, objective, preference(state.gain), evaluations, SEARCH_EXPONENT
        )
        classic, annealed = (
            classic_search(
                search_key, start, objective, env.num_servers + 1, evaluations, SEARCH_EXPONENT, a
            )
            for a in (False, True)
        )
        best = objective(Optimum().place(env, key, state))
        return jnp.stack([proposed.trace, classic.trace, annealed.trace]), best

    traces, best = jax.vmap(one)(jax.random.split(key, SEARCH_SLOTS))
    return jnp.mean(traces, axis=0), jnp.mean(best)


SEEDS = 5
IMITATION = Experiment("imitation", imitation, SEEDS)
SEARCH = Experiment("searches", searches, SEEDS)
