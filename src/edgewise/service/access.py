"""Who may ask: everybody on this machine, or else who knows the token."""

import hmac
import ipaddress
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from edgewise.core.errors import UserError
from edgewise.service.refusal import Refused

SHORTEST = 16
"""Characters of a token."""
OPEN = "/v2/health/"
"""What says nothing but that the service is there."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "edge-3")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def token_in(path: Path) -> str:
    """The token that a file holds; `UserError` unless it is printable ASCII of `SHORTEST` or more
    characters, without spaces."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        token = ""
    if len(token) < SHORTEST or not token.isprintable() or " " in token:
        raise UserError(f"{path} holds no token: allowed {SHORTEST} or more letters and digits")
    return token


class Guarded:
    """The application, for those who send `authorization: Bearer TOKEN`; raises `Refused`."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._expected = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        sent = Headers(scope=scope).get("authorization", "").encode("latin-1")
        # In constant time: how long it takes does not tell how much of it is right.
        if not (hmac.compare_digest(sent, self._expected) or scope["path"].startswith(OPEN)):
            raise Refused(401, "token", "send the token: authorization: Bearer TOKEN")
        await self._app(scope, receive, send)
