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
    (`train`) and on `TEST_EXAMPLES` others of the same layout (`test`); and, with all observations
    zero in both, on the others (`blind`). Smaller sets are parts of the larger ones, and all start
    from the same networks."""
    env = env_of()
    found = np.array([_imitation_of_one(env, seed, quick) for seed in seeds])
    return {name: found[..., k] for k, name in enumerate(("train", "test", "blind"))}


def _imitation_of_one(env: JointOffloadingEnv, seed: int, quick: bool) -> list:
    keys = seed_keys(seed)
    program = dirs_of(env, quick)
    state, count = layout_of(env, keys.layout), SIZES[-1] + TEST_EXAMPLES
    examples = _demonstrated(program, keys.plan, state, count)
    test = jax.tree.map(lambda leaf: leaf[SIZES[-1] :], examples)
    ensembles = [dataclasses.replace(program.ensemble, l2=l2) for l2 in PENALTIES]

    def accuracies(ensemble: Ensemble, shown: Example) -> np.ndarray:
        steps = program.pretraining_steps
        seen = _accuracies(ensemble, keys.training, shown, test, steps)
        unseen = _accuracies(ensemble, keys.training, _hidden(shown), _hidden(test), steps)
        return np.append(np.asarray(seen), np.asarray(unseen)[1])

    sets = [jax.tree.map(lambda leaf, n=n: leaf[:n], examples) for n in SIZES]
    return [[accuracies(ensemble, shown) for ensemble in ensembles] for shown in sets]


def _hidden(examples: Example) -> Example:
    """The same with nothing to see."""
    return Example(jnp.zeros_like(examples.observation), examples.placement)


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
