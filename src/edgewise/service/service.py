"""The whole of the service: what is behind every path, on every request."""

import asyncio
from pathlib import Path
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgewise.core.errors import UserError
from edgewise.service.access import Guarded
from edgewise.service.app import application
from edgewise.service.deployed import Deployed, load
from edgewise.service.limits import Limited, Limits
from edgewise.service.logs import LOG
from edgewise.service.metrics import Metrics
from edgewise.service.refusal import Refused
from edgewise.service.trace import Trace, trace_of

LONGEST = 200
"""Characters of a path in the log."""


class Served:
    """The application of a folder, made again at each reload: requests that have begun end in the
    one in which they began. `UserError` if the folder cannot be used."""

    def __init__(
        self, folder: Path, seed: int, limits: Limits, metrics: Metrics, secured: bool
    ) -> None:
        self._folder, self._seed, self._limits = folder, seed, limits
        self._metrics, self._secured = metrics, secured
        self._one_at_a_time = asyncio.Lock()
        self._serve(*self._read())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await self._app(scope, receive, send)

    async def reload(self) -> None:
        """Reads the folder again; raises `Refused` if it cannot be used, and goes on as before."""
        async with self._one_at_a_time:
            try:
                self._serve(*await asyncio.to_thread(self._read))
            except (UserError, OSError) as error:
                self._metrics.reloads.labels("refused").inc()
                LOG.error("not reloaded", extra={"facts": {"error": str(error)}})
                raise Refused(409, "reload", str(error)) from None
            self._metrics.reloads.labels("done").inc()

    def _read(self) -> tuple[Deployed, ASGIApp]:
        deployed = load(self._folder, self._seed)
        args = deployed, self._limits, self._metrics, self.reload, self._secured
        return deployed, application(*args)

    def _serve(self, deployed: Deployed, app: ASGIApp) -> None:
        self._app = app
        facts = {"scenario": deployed.contract.scenario, "version": deployed.version}
        self._metrics.serving(**facts)
        LOG.info("serving", extra={"facts": {**facts, "agents": len(deployed.agents)}})


class Recorded:
    """The application, every request of which is measured and logged; `Refused` is answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        begun, status = perf_counter(), 0
        trace = trace_of(Headers(scope=scope).getlist("traceparent"))
        scope.setdefault("state", {})["trace"] = trace

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["traceresponse"] = trace.traceresponse
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Refused as error:
            scope["state"]["refused"] = error
            if not status:
                await error.response()(scope, receive, sending)
        except Exception:  # It has been answered.
            LOG.exception("failed", extra={"facts": {"trace_id": trace.trace_id}})
        self._record(scope, status, trace, perf_counter() - begun)

    def _record(self, scope: Scope, status: int, trace: Trace, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.seconds.labels(route).observe(seconds)
        facts: dict[str, Any] = {
            "trace_id": trace.trace_id,
            "parent_id": trace.parent_id,
            "span_id": trace.span_id,
            "method": scope["method"],
            "path": scope["path"][:LONGEST],
            "status": status,
            "seconds": round(seconds, 6),
        }
        if refused := scope["state"].get("refused"):
            self._metrics.refused.labels(refused.reason).inc()
            facts |= {"reason": refused.reason, "error": refused.line}
        LOG.info("request", extra={"facts": facts})


def service(folder: Path, seed: int, limits: Limits, token: str | None) -> tuple[ASGIApp, Served]:
    """The whole, and the part of it that can be reloaded."""
    metrics = Metrics()
    served = Served(folder, seed, limits, metrics, secured=token is not None)
    limited = Limited(served, limits)
    return Recorded(limited if token is None else Guarded(limited, token), metrics), served
