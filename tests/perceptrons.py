"""What tests of deep learners have in common: a team's experience, and its networks one by one."""

import jax
import numpy as np

from edgewise.core.spaces import Discrete
from edgewise.learners.learner import Transition

AGENTS, FEATURES, ACTIONS, BATCH = 3, 4, 5, 7


def experience(space, seed=0):
    keys = jax.random.split(jax.random.key(seed), 4)
    if isinstance(space, Discrete):
        action = jax.random.randint(keys[0], (BATCH, AGENTS), 0, ACTIONS)
    else:
        action = jax.random.uniform(keys[0], (BATCH, AGENTS, ACTIONS))
    return Transition(
        jax.random.normal(keys[1], (BATCH, AGENTS, FEATURES)),
        action,
        jax.random.normal(keys[2], (BATCH, AGENTS)),
        jax.random.normal(keys[3], (BATCH, AGENTS, FEATURES)),
    )


def mlp(network, agent, x):
    """One agent's network on one input, as a plain loop over layers."""
    *hidden, last = network
    for layer in hidden:
        x = np.maximum(np.asarray(layer.weight[agent]) @ x + np.asarray(layer.bias[agent]), 0)
    return np.asarray(last.weight[agent]) @ x + np.asarray(last.bias[agent])


def scaled(reward):
    """The first batch's rewards on the learners' scale, in plain NumPy: a hundredth of the way
    from mean 0 and deviation 1 to the batch's own."""
    reward = np.asarray(reward, float)
    mean = 0.01 * reward.mean()
    deviation = 0.99 + 0.01 * np.abs(reward - mean).mean()
    return (reward - mean) / deviation
