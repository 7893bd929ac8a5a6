"""A connection to a broker, MQTT 5, that comes back by itself. One thread: whoever holds it calls
`turn` again and again."""

import logging
import random
import socket
import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from edgewise.core.errors import UserError

FIRST_DELAY_S, LONGEST_DELAY_S = 0.1, 30.0
"""Before the first try to connect again, and at most; it doubles from try to try."""
CONNECT_S = 5.0
LOG = logging.getLogger("edgewise.fleet")


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT; `UserError` if it is none.

    >>> address_of("localhost:1883"), address_of("[::1]:1883")
    (('localhost', 1883), ('::1', 1883))
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise UserError(f"{text!r} is no broker: write HOST:PORT, the port in [1, 65535]")
    return host, int(port)


class Line:
    """`up` is called after every connection, `heard` with the topic and content of every message;
    `will` gives, before every request for one, the message that the broker sends if it breaks."""

    def __init__(
        self,
        address: tuple[str, int],
        name: str,
        up: Callable[[], None],
        heard: Callable[[str, bytes], None],
        will: Callable[[], tuple[str, bytes]] | None = None,
        keepalive_s: int = 10,
    ) -> None:
        self.up, self._up, self._heard, self._will = False, up, heard, will
        self._where = f"{address[0]}:{address[1]}"
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5)
        self._client.connect_timeout = CONNECT_S
        self._client.connect_async(*address, keepalive=keepalive_s, clean_start=True)
        self._client.on_socket_open = self._opened
        self._client.on_connect = self._connected
        self._client.on_message = lambda client, data, message: heard(
            message.topic, bytes(message.payload)
        )
        self._delay_s, self._try_at = FIRST_DELAY_S, 0.0

    def turn(self, wait_s: float) -> None:
        """Does what there is to do; if there is nothing, waits for it, at most so long."""
        if self._client.socket() is None and not self.up:
            self._connect(wait_s)
        elif self._client.loop(wait_s) != mqtt.MQTT_ERR_SUCCESS:
            self._lost("the connection is lost")

    def send(self, topic: str, content: bytes) -> None:
        """Once, or not at all while there is no connection."""
        if self.up:
            self._client.publish(topic, content, qos=0)

    def listen(self, topic: str) -> None:
        """Messages of this topic are `heard` from now on."""
        self._client.subscribe(topic, qos=1)

    def close(self, with_will: bool) -> None:
        """Ends the connection; `with_will` the broker sends the last will all the same."""
        if self.up:
            how = "Disconnect with will message" if with_will else "Normal disconnection"
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, how))
        self.up = False

    def _connect(self, wait_s: float) -> None:
        early_s = self._try_at - time.monotonic()
        if early_s > 0:
            time.sleep(min(early_s, wait_s))
            return
        try:
            self._client.reconnect()
        except OSError as error:
            self._lost(f"no connection ({error.strerror or error})")

    def _opened(self, client: Any, data: Any, opened: Any) -> None:
        """Before each request for a connection. Small messages do not wait for one another."""
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._will is not None:
            topic, content = self._will()
            self._client.will_set(topic, content, qos=1)

    def _connected(self, client: Any, data: Any, flags: Any, reason: ReasonCode, more: Any) -> None:
        if reason.is_failure:
            LOG.warning("%s: the broker refuses the connection: %s", self._where, reason)
            return
        LOG.info("%s: connected", self._where)
        self.up, self._delay_s = True, FIRST_DELAY_S
        self._up()

    def _lost(self, why: str) -> None:
        """Tries again, later from time to time, and not all agents at once."""
        self.up = False
        wait_s = self._delay_s * random.uniform(0.5, 1.0)
        LOG.warning("%s: %s; again in %.1f s", self._where, why, wait_s)
        self._try_at = time.monotonic() + wait_s
        self._delay_s = min(2.0 * self._delay_s, LONGEST_DELAY_S)
