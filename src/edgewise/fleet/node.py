"""A Sparkplug B edge node: birth, data, death, rebirth (Eclipse Sparkplug 3.0.0, sections 5, 6)."""

from collections.abc import Callable, Iterable
from dataclasses import replace

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
from edgewise.fleet.topics import BIRTH, BIRTH_DEATH, COMMAND, DATA, DEATH, REBIRTH, REBOOT, Topic

CONTROLS = (REBIRTH, REBOOT)


class Node:
    """`state` gives every metric that there is, for the births; `told` is called with what a host
    commands, its metrics under their names, and `restart` when it asks for a reboot."""

    def __init__(
        self,
        address: tuple[str, int],
        group: str,
        name: str,
        state: Callable[[], list[Metric]],
        told: Callable[[Payload], None],
        restart: Callable[[], None],
        keepalive_s: int = 10,
    ) -> None:
        self._group, self._name = group, name
        self._state, self._told, self._restart = state, told, restart
        self._births = -1
        self._seq = 0
        self._alias: dict[str, int] = {}
        self._name_of: dict[int | None, str] = {}
        client = f"{group}-{name}"
        self._line = Line(address, client, self._up, self._heard, self._will, keepalive_s)

    def turn(self, wait_s: float) -> None:
        """See `Line.turn`."""
        self._line.turn(wait_s)

    def data(self, metrics: Iterable[Metric]) -> None:
        """Says that these have changed."""
        short = (replace(each, name="", alias=self._alias[each.name]) for each in metrics)
        if self._line.up:
            self._line.send(self._topic(DATA), encoded(short, self._next_seq()))

    def close(self) -> None:
        """Leaves; the broker tells the death."""
        self._line.close(with_will=True)

    def _topic(self, kind: str) -> str:
        return str(Topic(self._group, kind, self._name))

    def _next_seq(self) -> int:
        self._seq = (self._seq + 1) % WHOLE_SEQUENCE
        return self._seq

    def _will(self) -> tuple[str, bytes]:
        """The death of the birth that is to come."""
        self._births = (self._births + 1) % WHOLE_SEQUENCE
        return self._topic(DEATH), encoded([self._birth_death()])

    def _birth_death(self) -> Metric:
        return Metric(BIRTH_DEATH, DataType.INT64, self._births)

    def _up(self) -> None:
        self._line.listen(self._topic(COMMAND))
        self._birth()

    def _birth(self) -> None:
        """All there is to know, with the short names that stand for them from now on."""
        own = [replace(each, alias=alias) for alias, each in enumerate(self._state())]
        self._alias = {each.name: alias for alias, each in enumerate(own)}
        self._name_of = {alias: each.name for alias, each in enumerate(own)}
        controls = [Metric(name, DataType.BOOLEAN, False) for name in CONTROLS]
        self._seq = 0
        content = encoded([self._birth_death(), *controls, *own], self._seq)
        self._line.send(self._topic(BIRTH), content)

    def _heard(self, topic: str, content: bytes) -> None:
        try:
            payload = decoded(content)
        except Unreadable as error:
            LOG.warning("%s: %s", topic, error)
            return
        named = {metric.name: metric for metric in map(self._named, payload.metrics)}
        asked = {name for name in CONTROLS if name in named and named.pop(name).value is True}
        if REBOOT in asked:
            LOG.info("reboot: memory starts anew")
            self._restart()
        if asked:
            self._birth()
        if named:
            self._told(replace(payload, metrics=tuple(named.values())))

    def _named(self, metric: Metric) -> Metric:
        """Under its own name, or that of its alias, or none."""
        return metric if metric.name else replace(metric, name=self._name_of.get(metric.alias, ""))
