"""What training costs besides reward: bytes between base stations, and operations (21)."""

from dataclasses import dataclass

BYTES_PER_NUMBER = 4


@dataclass(frozen=True)
class Sizes:
    """Of the networks: rows of observation and action, the hidden layer, the agents."""

    observation: int
    action: int
    hidden: int
    agents: int

    @property
    def own(self) -> int:
        """What one agent sees and does: an independent critic's input."""
        return self.observation + self.action

    @property
    def joint(self) -> int:
        """What all agents see and do: a joint critic's input."""
        return self.agents * self.own


def parameters_of(inputs: int, hidden: int, outputs: int) -> int:
    """Weights and biases of a network with one hidden layer.

    >>> parameters_of(2, 3, 1)
    13
    """
    return (inputs + 1) * hidden + (hidden + 1) * outputs


def operations(sizes: Sizes, critic_inputs: int) -> int:
    """(21): M·(2·Σ over the actor's layers + 2·Σ over the critic's) of the printed layer sizes.

    >>> operations(Sizes(observation=2, action=1, hidden=4, agents=3), 3)
    168
    """
    actor = sizes.observation * sizes.hidden + sizes.hidden * sizes.action
    critic = critic_inputs * sizes.hidden + sizes.hidden
    return sizes.agents * (2 * actor + 2 * critic)


def federated_bytes(sizes: Sizes) -> int:
    """What an agent sends up in a round, and as much comes down: both networks, and their slow
    copies."""
    actor = parameters_of(sizes.observation, sizes.hidden, sizes.action)
    critic = parameters_of(sizes.own, sizes.hidden, 1)
    return 2 * (actor + critic) * BYTES_PER_NUMBER


def exchanged_bytes(sizes: Sizes, slots: int) -> tuple[int, int]:
    """What an agent of MA-DRL sends and receives in `slots`: its observation, its action and its
    cell's reward to all others, theirs to it."""
    sent = (sizes.own + 1) * BYTES_PER_NUMBER * slots
    return sent, (sizes.agents - 1) * sent
