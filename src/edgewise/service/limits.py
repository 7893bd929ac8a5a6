"""How much one client may ask for: bytes, rows, requests at once, and seconds."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgewise.service.refusal import BUSY, ENCODED, TOO_LARGE, TOO_LATE, Refused


@dataclass(frozen=True)
class Limits:
    """Of a request's body in bytes, of the rows of one inference, of requests that are answered at
    the same time, and of the seconds that one may take from its first byte on."""

    body_bytes: int = 1 << 20
    batch: int = 256
    concurrent: int = 64
    seconds: float = 5.0


class Limited:
    """The application, behind the limits; raises `Refused`. What brings no body (health, metrics)
    is answered however many requests there are."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if self._answering >= self._limits.concurrent:
            most = self._limits.concurrent
            raise Refused(BUSY, "busy", f"{most} requests are being answered: try again later")
        self._answering += 1
        try:
            await self._in_time(scope, receive, send)
        finally:
            self._answering -= 1

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = None
        try:
            async with asyncio.timeout(self._limits.seconds):
                body = await self._read(scope, receive)
                await self._app(scope, _given(body, receive), send)
        except TimeoutError:
            line = f"not done in {self._limits.seconds:g} s"
            status = TOO_LATE if body is None else BUSY
            raise Refused(status, "time", line) from None

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        """The body, whole."""
        headers = Headers(scope=scope)
        if (encoding := headers.get("content-encoding", "identity")) != "identity":
            raise Refused(ENCODED, "encoding", f"content-encoding {encoding}: send it plain")
        self._check(int(headers.get("content-length", "0")))
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refused(400, "disconnected", "the client has gone")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            self._check(len(body))
        return body

    def _check(self, size: int) -> None:
        most = self._limits.body_bytes
        if size > most:
            raise Refused(TOO_LARGE, "body", f"the body is too large: allowed {most} bytes")


def _given(body: bytes, receive: Receive) -> Receive:
    """`receive` of a request whose body has been read."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received
