"""Section IV of Huang et al. 2021: what training costs besides reward, in bytes between base
stations and in operations (21)."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.evaluation.comparison import MAIN
from edgewise.scenarios.small_cells.params import SmallCellsParameters
from edgewise.scenarios.small_cells.schemes import HIDDEN, ROUND_SLOTS
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled
from edgewise.study.parts import less
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

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
    """What an agent sends up in a round by Algorithm 2, line 19, and as much comes down: both
    networks. We average their slow copies too: twice that."""
    actor = parameters_of(sizes.observation, sizes.hidden, sizes.action)
    critic = parameters_of(sizes.own, sizes.hidden, 1)
    return (actor + critic) * BYTES_PER_NUMBER


def exchanged_bytes(sizes: Sizes, slots: int) -> tuple[int, int]:
    """What an agent of MA-DRL sends and receives in `slots`: its observation, its action and its
    cell's reward to all others, theirs to it."""
    sent = (sizes.own + 1) * BYTES_PER_NUMBER * slots
    return sent, (sizes.agents - 1) * sent


def main_sizes() -> Sizes:
    """The networks of the main runs."""
    env = SmallCellsEnv.from_parameters(SmallCellsParameters())
    return Sizes(env.observation_size, env.action_space.size, HIDDEN, env.num_agents)


@figure("C", needs=(MAIN,))
def bytes_exchanged(results: Results, canvas: Canvas) -> Rows:
    """Bytes exchanged while training"""
    axes, sizes = canvas.subplots(), main_sizes()
    model = federated_bytes(sizes)
    exchanged = {
        "ma-drl": exchanged_bytes(sizes, ROUND_SLOTS),
        "f-drl": (model, model),
        "f-drl, with slow copies": (2 * model, 2 * model),
        "il-drl": (0, 0),
    }
    places = np.arange(len(exchanged))
    for k, name in enumerate(("sent", "received")):
        megabytes = [pair[k] / 1e6 for pair in exchanged.values()]
        axes.bar(places + 0.4 * k - 0.2, megabytes, width=0.4, label=name)
    axes.set_xticks(places, list(exchanged))
    labelled(axes, f"by a base station in a round of {ROUND_SLOTS} slots", "MB")
    return [
        {"scheme": scheme, "sent_bytes": up, "received_bytes": down}
        for scheme, (up, down) in exchanged.items()
    ]


@claim(
    "S14",
    figure="IV",
    criterion="(21) with the printed layers; bytes between base stations as Algorithm 2 sends them",
    needs=(MAIN,),
)
def cheaper_training(results: Results) -> Verdict:
    """F-DRL costs less than MA-DRL, in operations and in exchange"""
    sizes, runs = main_sizes(), results.of(MAIN)
    train_s = {name: runs.cost(name)["train_s"] for name in ("ma-drl", "f-drl")}
    central, federated = operations(sizes, sizes.joint), operations(sizes, sizes.own)
    sent, received = exchanged_bytes(sizes, ROUND_SLOTS)
    model, every = federated_bytes(sizes), np.ones_like(train_s["f-drl"])
    parts = [
        less("(21), f-drl - ma-drl", federated * every, central * every),
        less("bytes a round, f-drl - ma-drl", 2 * model * every, (sent + received) * every),
    ]
    numbers: Numbers = {
        "(21), ma-drl": float(central),
        "(21), f-drl": float(federated),
        "(21), ratio": central / federated,
        "bytes a round, ma-drl, sent": float(sent),
        "bytes a round, ma-drl, received": float(received),
        "bytes a round, f-drl, sent": float(model),
        "bytes a round, f-drl, received": float(model),
        "bytes a round, f-drl, sent with slow copies": 2.0 * model,
        "training, ma-drl/f-drl": mean_interval(train_s["ma-drl"] / train_s["f-drl"]),
    }
    note = (
        f"a base station's bytes in a round of {ROUND_SLOTS} slots; sizes of networks decide, "
        "whatever has been learned: untrained ones cost the same"
    )
    return Verdict(parts, {"untrained": parts}, numbers, note)
