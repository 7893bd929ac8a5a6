"""Flower's strategies, and what they are given: only replies that a mean can be taken of.

A strategy of Flower takes what it is sent. One NaN makes the mean NaN, one wrong shape ends the
run, and the order in which replies arrive decides the last bit of a sum. So replies are looked at
first, and handed on in the order of the sites.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid, strategy
from flwr.serverapp.strategy import FedAvg

from edgewise.federation.names import check_strategy


@dataclass
class Round:
    """What became of a round: who counted, and why others did not, by site or node."""

    number: int
    counted: list[int] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    exchanged: list[tuple[Message, Message]] = field(default_factory=list)


class Guard:
    """To be mixed into a strategy. `weights` are the sites' in the mean."""

    weights: tuple[float, ...]
    rounds: list[Round]
    expected: dict[str, tuple[int, ...]]
    asked: dict[int, Message]

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """The strategy's own messages, which are remembered."""
        self.expected = {name: tuple(array.shape) for name, array in arrays.items()}
        messages: list[Message] = list(
            super().configure_train(server_round, arrays, config, grid)  # type: ignore[misc]
        )
        self.asked = {message.metadata.dst_node_id: message for message in messages}
        return messages

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """The strategy's own aggregate, of the replies that can be used."""
        happened = Round(server_round)
        sound: dict[int, Message] = {}
        for reply in replies:
            node = reply.metadata.src_node_id
            reason = self.fault(server_round, reply, sound)
            if reason is None:
                sound[_site(reply)] = reply
            else:
                happened.refused[str(node)] = reason
            if node in self.asked:
                happened.exchanged.append((self.asked[node], reply))
        happened.counted = sorted(sound)
        self.rounds.append(happened)
        aggregate: Any = super().aggregate_train  # type: ignore[misc]
        arrays, metrics = aggregate(server_round, [sound[site] for site in happened.counted])
        return arrays, metrics

    def fault(self, server_round: int, reply: Message, others: dict[int, Message]) -> str | None:
        """Why a reply cannot be used; None if it can."""
        if reply.has_error():
            return f"error: {reply.error.reason}"
        content = reply.content
        if set(content.array_records) != {"arrays"} or set(content.metric_records) != {"metrics"}:
            return "not one record of arrays and one of metrics"
        arrays, facts = content["arrays"], content["metrics"]
        if set(facts) != {"num-examples", "site", "round"}:
            return "not the metrics that were agreed on"
        site = facts["site"]
        if not isinstance(site, int) or not 0 <= site < len(self.weights):
            return f"no site {site}"
        if site in others:
            return f"a second reply of site {site}"
        if facts["round"] != server_round:
            return f"late: of round {facts['round']}"
        if facts["num-examples"] != self.weights[site]:
            return f"a weight of {facts['num-examples']}, not {self.weights[site]}"
        return self._fault_of_arrays(arrays)

    def _fault_of_arrays(self, arrays: ArrayRecord) -> str | None:
        if set(arrays) != set(self.expected):
            return "other arrays than were sent"
        for name, shape in self.expected.items():
            array = arrays[name]
            if tuple(array.shape) != shape or array.dtype != "float32":
                return f"array {name}: {array.dtype}{tuple(array.shape)}, not float32{shape}"
            if not np.isfinite(array.numpy()).all():
                return f"array {name}: not a finite number"
        return None


def guarded(name: str, weights: tuple[float, ...]) -> Any:
    """The strategy of Flower of this name, behind a guard. A round waits for no minimum of nodes,
    as nodes may die; it is over when its time is."""
    check_strategy(name)
    base: type[FedAvg] = getattr(strategy, name)
    made = type(name, (Guard, base), {})
    guard = made(fraction_evaluate=0.0, min_train_nodes=1, min_available_nodes=1)
    guard.weights, guard.rounds = weights, []
    return guard


def _site(reply: Message) -> int:
    number: int = reply.content["metrics"]["site"]
    return number
