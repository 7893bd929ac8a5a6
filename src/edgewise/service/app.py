"""The paths of one deployed folder, and their OpenAPI, which its contract makes exact."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from edgewise.service import decide
from edgewise.service.access import OPEN
from edgewise.service.deployed import Deployed
from edgewise.service.inference import Inference
from edgewise.service.limits import Limits
from edgewise.service.metrics import Metrics
from edgewise.service.protocol import LENGTH, InferRequest, InferResponse
from edgewise.service.refusal import INPUT, Refusal, Refused
from edgewise.version import VERSION

SCHEMAS = "#/components/schemas/"
JSON, BYTES, TEXT = "application/json", "application/octet-stream", "text/plain"
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": told}
    for status, told in {
        400: "the body could not be read",
        408: "the body did not come in time",
        413: "the body is too large",
        415: "the body is encoded",
        422: "the field named cannot be used",
        503: "too many requests at once, or not done in time: try again later",
    }.items()
}
UNUSABLE: dict[int | str, dict[str, Any]] = {
    409: {"model": Refusal, "description": "the folder cannot be used"}
}


def application(
    deployed: Deployed,
    limits: Limits,
    metrics: Metrics,
    reload: Callable[[], Awaitable[None]],
    secured: bool,
) -> FastAPI:
    """All that is answered about this folder."""
    app = FastAPI(
        title="edgewise", version=VERSION, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.include_router(decide.router(deployed, metrics), responses=REFUSALS)
    app.include_router(_server(deployed, metrics, reload))
    inference = Inference(deployed, limits.batch, metrics)
    path = f"/v2/models/{deployed.name}"
    app.include_router(_model(deployed, inference, path))
    app.include_router(
        _model(deployed, inference, f"{path}/versions/{{version}}"),
        dependencies=[_only(deployed)],
        include_in_schema=False,
    )
    _add_refusals(app, deployed)
    app.openapi = lambda: _described(app, secured)  # type: ignore[method-assign]
    return app


def _server(
    deployed: Deployed, metrics: Metrics, reload: Callable[[], Awaitable[None]]
) -> APIRouter:
    """What is asked of the server, whatever its model."""
    routes = APIRouter()
    about = {"name": "edgewise", "version": VERSION, "extensions": ["binary_tensor_data"]}
    _add_fact(routes, "/v2", "What this server is", about)
    for word in ("live", "ready"):
        _add_fact(routes, f"{OPEN}{word}", f"Whether it is {word}", {word: True})

    @routes.get("/metrics", response_class=Response, responses={200: {"content": {TEXT: {}}}})
    async def counted() -> Response:
        """What was counted, for Prometheus."""
        return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)

    @routes.post(
        f"/v2/repository/models/{deployed.name}/load",
        responses={**REFUSALS, **UNUSABLE},
        openapi_extra=_body({JSON: {"type": "object", "maxProperties": 0}}, required=False),
    )
    async def load(request: Request) -> dict[str, str]:
        """Reads the folder again. Where it cannot be used, what was served before goes on."""
        if b"".join((await request.body()).split()) not in (b"", b"{}"):
            raise Refused(INPUT, "unknown", "body: allowed is none, or {}", "body")
        await reload()
        return {"name": deployed.name}

    return routes


def _model(deployed: Deployed, inference: Inference, path: str) -> APIRouter:
    """What is asked of the model."""
    routes = APIRouter()
    _add_fact(routes, path, "The model's inputs and outputs", inference.metadata())
    ready = {"name": deployed.name, "ready": True}
    _add_fact(routes, f"{path}/ready", "Whether the model is ready", ready)
    asked = {
        JSON: {"$ref": f"{SCHEMAS}{InferRequest.__name__}"},
        BYTES: {"type": "string", "contentMediaType": BYTES},
    }

    @routes.post(
        f"{path}/infer",
        response_model=InferResponse,
        responses=REFUSALS,
        openapi_extra=_body(asked),
    )
    async def infer(request: Request) -> Response:
        """Decisions of many agents, one a row: the inputs `age_s` and `slot` may be left out.
        Tensors may stand as bytes behind the JSON. With `/versions/VERSION` after the model's name
        the answer is of this version, or there is none."""
        return await inference.infer(await request.body(), request.headers.get(LENGTH))

    return routes


def _only(deployed: Deployed) -> Any:
    """Refuses other versions than the one that is served."""

    def served(version: str) -> None:
        if version != deployed.version:
            line = f"version {version} is not served: {deployed.version} is"
            raise Refused(404, "version", line)

    return Depends(served)


def _add_fact(routes: APIRouter, path: str, summary: str, fact: dict[str, Any]) -> None:
    """A path whose answer stays the same."""

    @routes.get(path, summary=summary)
    async def answered() -> dict[str, Any]:
        return fact


def _add_refusals(app: FastAPI, deployed: Deployed) -> None:
    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        request.state.refused = error  # For the log.
        return error.response()

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return refused(request, decide.refusal(deployed, error.errors()))

    def no_path(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reason = {404: "path", 405: "method"}.get(error.status_code, "malformed")
        line = f"{error.detail}: see /openapi.json; the model is {deployed.name}"
        request.state.refused = Refused(error.status_code, reason, line)
        return request.state.refused.response(error.headers)

    def fault(request: Request, error: Exception) -> Response:
        line = f"a fault of the service: trace {request.state.trace.trace_id} of its log says more"
        return refused(request, Refused(500, "fault", line))

    app.add_exception_handler(Exception, fault)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, no_path)


def _body(schemas: dict[str, dict[str, Any]], required: bool = True) -> dict[str, Any]:
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    return {"requestBody": {"required": required, "content": content}}


def _described(app: FastAPI, secured: bool) -> dict[str, Any]:
    """The OpenAPI, with what an inference holds, and the token."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schema = InferRequest.model_json_schema(ref_template=f"{SCHEMAS}{{model}}")
        schemas = made["components"]["schemas"]
        schemas |= {**schema.pop("$defs"), InferRequest.__name__: schema}
        if secured:
            _secure(made)
        app.openapi_schema = made
    return app.openapi_schema


def _secure(made: dict[str, Any]) -> None:
    """All but health needs the token."""
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    refusal = {JSON: {"schema": {"$ref": f"{SCHEMAS}{Refusal.__name__}"}}}
    for path, methods in made["paths"].items():
        for each in methods.values() if not path.startswith(OPEN) else ():
            each["security"] = [{"token": []}]
            each["responses"]["401"] = {"description": "no token", "content": refusal}
