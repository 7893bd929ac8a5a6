"""The other end of the line: a host that sees the nodes of a group, and commands them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from edgewise.fleet.line import LOG, Line
from edgewise.fleet.sparkplug import (
    WHOLE_SEQUENCE,
    DataType,
    Metric,
    Payload,
    Unreadable,
    decoded,
    encoded,
)
from edgewise.fleet.topics import BIRTH, BIRTH_DEATH, COMMAND, DATA, DEATH, REBIRTH, Topic


@dataclass
class Seen:
    """What is known of a node: every metric's last value; whether it lives, how often it came to
    life, and how often it was born, in its life too."""

    alive: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    lives: int = 0
    births: int = 0
    seq: int = 0
    names: dict[int | None, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)


class Host:
    """`said` is called with a node's name when its data are in `nodes`. Births are not kept by the
    broker: those of `known` nodes, which may have come before, are asked for."""

    def __init__(
        self,
        address: tuple[str, int],
        group: str,
        said: Callable[[str], None] = lambda node: None,
        known: Iterable[str] = (),
    ) -> None:
        self.nodes = {name: Seen() for name in known}
        self._group, self._said = group, said
        self._line = Line(address, f"{group}-host", self._up, self._heard)

    @property
    def up(self) -> bool:
        """Whether there is a broker."""
        return self._line.up

    def turn(self, wait_s: float) -> None:
        """See `Line.turn`. Without a broker nobody is known to live."""
        self._line.turn(wait_s)
        if not self._line.up:
            for seen in self.nodes.values():
                seen.alive = False

    def command(self, node: str, metrics: Iterable[Metric], at_ms: int | None = None) -> None:
        """Tells a node these, by their short names if it has given them."""
        aliases = self.nodes[node].aliases if node in self.nodes else {}
        short = (
            replace(each, name="", alias=aliases[each.name]) if each.name in aliases else each
            for each in metrics
        )
        self._line.send(str(Topic(self._group, COMMAND, node)), encoded(short, at_ms=at_ms))

    def control(self, node: str, name: str = REBIRTH) -> None:
        """Asks a node for a new birth, or whatever the control's name is."""
        self.command(node, [Metric(name, DataType.BOOLEAN, True)])

    def close(self) -> None:
        """Leaves."""
        self._line.close(with_will=False)

    def _up(self) -> None:
        for kind in (BIRTH, DATA, DEATH):
            self._line.listen(str(Topic(self._group, kind, "+")))
        for node in self.nodes:
            self.control(node)

    def _heard(self, text: str, content: bytes) -> None:
        topic = Topic.of(text)
        try:
            payload = decoded(content)
        except Unreadable as error:
            LOG.warning("%s: %s", text, error)
            return
        if topic is not None:
            seen = self.nodes.setdefault(topic.node, Seen())
            {BIRTH: self._birth, DATA: self._data, DEATH: self._death}[topic.kind](
                topic.node, seen, payload
            )

    def _birth(self, node: str, seen: Seen, payload: Payload) -> None:
        with_alias = [each for each in payload.metrics if each.alias is not None]
        seen.names = {each.alias: each.name for each in with_alias}
        seen.aliases = {name: alias for alias, name in seen.names.items() if alias is not None}
        seen.values = {each.name: each.value for each in payload.metrics}
        seen.lives += not seen.alive
        seen.births += 1
        seen.alive, seen.seq = True, payload.seq or 0

    def _data(self, node: str, seen: Seen, payload: Payload) -> None:
        """After a gap, or without a birth, short names may mean anything: a birth is asked for."""
        expected = (seen.seq + 1) % WHOLE_SEQUENCE
        if not seen.alive or payload.seq != expected:
            seen.alive = False
            self.control(node)
            return
        seen.seq = expected
        for each in payload.metrics:
            seen.values[each.name or seen.names.get(each.alias, "")] = each.value
        self._said(node)

    def _death(self, node: str, seen: Seen, payload: Payload) -> None:
        """Of an earlier birth than the last it says nothing."""
        numbers = [each.value for each in payload.metrics if each.name == BIRTH_DEATH]
        if numbers == [seen.values.get(BIRTH_DEATH)]:
            seen.alive = False
