"""Imitation alone (Table II): pre-training on more or fewer demonstrations, with and without a
penalty."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import Ensemble, Example
from edgewise.learners.imitation import accuracy
from edgewise.learners.networks import batch_last
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.experiments.setup import dirs_of, env_of, layout_of
from edgewise.scenarios.joint_offloading.schemes.dirs import Dirs

SIZES = (64, 128, 256, 512)
PENALTIES = (Dirs.l2, 0.0, 5e-4)
"""The tuned one, none, and a stronger one for comparison."""
TEST_EXAMPLES = 512
BATCH = 256


def imitation(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Accuracy after pre-training, `[seeds, sizes, penalties]`: on the demonstrations themselves
    (`train`) and on `TEST_EXAMPLES` others of the same layout (`test`). Smaller sets are parts of
    the larger ones, and all start from the same networks."""
    env = env_of()
    found = [_imitation_of_one(env, seed, quick) for seed in seeds]
    return {"train": np.array(found)[..., 0], "test": np.array(found)[..., 1]}


def _imitation_of_one(env: JointOffloadingEnv, seed: int, quick: bool) -> list:
    keys = seed_keys(seed)
    program = dirs_of(env, quick)
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
def _demonstrated(program: Dirs, key: PRNGKeyArray, state: State, count: int) -> Example:
    return program.examples(key, state, count)


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
