"""An ensemble of binary experts trained together: each sees its own part of the state and says,
task by task, whether the task is for it (Jiang et al., Section V-C); or each has a task of its own,
and says place by place whether it belongs there."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.policy import Decentralised
from edgewise.core.spaces import Box, Discrete
from edgewise.learners.imitation import cross_entropy, imitate, squared_norm
from edgewise.learners.maddpg import GreedyActor
from edgewise.learners.networks import (
    Network,
    adam_start,
    adam_step,
    batch_last,
    forward,
    init_network,
)


class Example(eqx.Module):
    """A state as the agents saw it and the placement they should have chosen (with an agent at
    every place but one, 0: no agent). A batch has a leading axis."""

    observation: Float[Array, "*batch agents features"]
    placement: Int[Array, "*batch tasks"]


class EnsembleLearned(eqx.Module):
    """The agents' networks and their optimiser's moments."""

    network: Network
    moments: optax.OptState


class Ensemble(eqx.Module):
    """One network per agent, features-80-60-tasks in the paper, with sigmoid outputs: one for each
    task where there is an agent `at` every place 1, 2, ..., one for each place 0, 1, ... where
    there is one at every task."""

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    num_outputs: int = eqx.field(static=True)
    at: Literal["place", "task"] = eqx.field(static=True, default="place")
    hidden: tuple[int, ...] = eqx.field(static=True, default=(80, 60))
    rate: float = eqx.field(static=True, default=1e-3)
    l2: float = eqx.field(static=True, default=5e-3)

    def init(self, key: PRNGKeyArray) -> EnsembleLearned:
        """Networks that know nothing."""
        sizes = (self.observation_size, *self.hidden, self.num_outputs)
        network = init_network(key, self.num_agents, sizes)
        return EnsembleLearned(network, adam_start(network))

    def wishes(
        self, learned: EnsembleLearned, observation: Float[Array, "agents features"]
    ) -> Float[Array, "agents outputs"]:
        """How much each agent wants each task, or each place for its task; 0..1."""
        return jax.nn.sigmoid(forward(learned.network, observation[:, :, None])[:, :, 0])

    def labels(self, placement: Int[Array, "batch tasks"]) -> Float[Array, "agents outputs batch"]:
        """What each agent should have said: 1 where the task was placed at it, or where its own
        task was placed."""
        if self.at == "task":
            each = jnp.arange(self.num_outputs)[None, :, None]
            return (placement.T[:, None] == each).astype(float)
        own = jnp.arange(1, self.num_agents + 1)[:, None, None]
        return (placement.T[None] == own).astype(float)

    def pretrained(
        self,
        key: PRNGKeyArray,
        learned: EnsembleLearned,
        shown: Example,
        steps: int,
        batch_size: int,
    ) -> tuple[EnsembleLearned, Float[Array, "steps agents"]]:
        """After imitating the demonstrations `shown`, by (15). The moments start afresh."""
        seen, label = batch_last(shown.observation), self.labels(shown.placement)
        network, losses = imitate(
            key, learned.network, seen, label, steps, batch_size, self.rate, self.l2
        )
        return EnsembleLearned(network, adam_start(network)), losses

    def update(
        self, learned: EnsembleLearned, batch: Example, is_demonstration: Bool[Array, " batch"]
    ) -> tuple[EnsembleLearned, Float[Array, " agents"], Float[Array, " batch"]]:
        """After one step of Adam on (17); each agent's loss before it; and how the loss of each
        example changed, mean over agents."""
        seen, label = batch_last(batch.observation), self.labels(batch.placement)
        weight = _share(is_demonstration) + _share(~is_demonstration)

        def loss(network: Network) -> tuple[Array, tuple[Array, Array]]:
            entropy = cross_entropy(forward(network, seen), label)
            each = entropy @ weight + self.l2 * squared_norm(network)
            return jnp.sum(each), (each, entropy)

        slope, (losses, before) = jax.grad(loss, has_aux=True)(learned.network)
        network, moments = adam_step(learned.network, slope, learned.moments, self.rate)
        after = cross_entropy(forward(network, seen), label)
        return EnsembleLearned(network, moments), losses, jnp.mean(after - before, axis=0)

    def scheduler(self, learned: EnsembleLearned) -> Decentralised:
        """Every agent from its own row: to its task's most wanted place, or what it wants of each
        task, on which the environment takes the vote."""
        network = tuple((layer.weight, layer.bias) for layer in learned.network)
        size = self.num_outputs
        space = Box(size) if self.at == "place" else Discrete(size)
        return Decentralised(GreedyActor(network, space))


def _share(member: Bool[Array, " batch"]) -> Float[Array, " batch"]:
    """Weights that average over the members; all 0 if there are none."""
    return member / jnp.maximum(jnp.sum(member), 1)
