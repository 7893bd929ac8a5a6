"""Somebody who hears all that is said at a broker, for tests of what agents say."""

import time
from collections.abc import Callable

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 60.0
"""Far more than anything takes; what is waited for ends the wait."""


class Ear:
    """Hears everything, with nothing of the package in between: (topic, payload) in order."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "ear", protocol=mqtt.MQTTv5)
        self._client.on_message = lambda c, d, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        self._client.on_connect = lambda c, d, f, r, p: c.subscribe("spBv1.0/#", qos=1)
        self._client.reconnect_delay_set(1, 1)
        listening: list[int] = []
        self._client.on_subscribe = lambda *subscribed: listening.append(1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self.until(lambda: bool(listening))

    def of(self, kind: str, node: str = "agent-1") -> list[bytes]:
        """The payloads of this kind of message."""
        return [content for topic, content in self.heard if topic.endswith(f"/{kind}/{node}")]

    def say(self, kind: str, content: bytes, node: str = "agent-1") -> None:
        """To a node."""
        self._client.publish(f"spBv1.0/edgewise/{kind}/{node}", content, qos=1)

    def until(self, true: Callable[[], bool]) -> None:
        """Waits."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, [topic for topic, _ in self.heard]
            time.sleep(0.005)

    def close(self) -> None:
        self._client.loop_stop()
        self._client.disconnect()
