"""What a request that cannot be answered is told."""

from collections.abc import Mapping

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from edgewise.agent import REASONS
from edgewise.agent.contract import Field as Quantity

INPUT, TOO_LATE, TOO_LARGE, ENCODED, BUSY = 422, 408, 413, 415, 503
RETRY_AFTER_S = "1"
LONGEST = 500
"""Characters of what is told."""
REASON_OF = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "finite_number": "not_finite",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "too_long": "shape",
    "too_short": "shape",
    "list_type": "shape",
    "literal_error": "unit",
    "json_invalid": "malformed",
}
"""Pydantic's kinds of errors in the agent's words; every other one is a "type"."""


class Refusal(BaseModel):
    """Why there is no answer."""

    error: str = Field(description="one line: what was wrong, and what is allowed")
    reason: str = Field(description="the word under which /metrics counts it")
    field: str = Field(description="the field to blame, or ''")


class Refused(Exception):
    """A request that is answered with `status` and a `Refusal`."""

    def __init__(self, status: int, reason: str, line: str, field: str = "") -> None:
        super().__init__(line)
        self.status, self.reason = status, reason
        self.line, self.field = _shown(line), _shown(field)

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """As it is sent."""
        told = {"error": self.line, "reason": self.reason, "field": self.field}
        own = {BUSY: {"retry-after": RETRY_AFTER_S}, 401: {"www-authenticate": "Bearer"}}
        return JSONResponse(told, self.status, {**own.get(self.status, {}), **(headers or {})})


def _shown(text: str) -> str:
    """What a client may have made up: not too long, and without what UTF-8 cannot hold."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def unusable(quantity: Quantity, reason: str, where: str = "") -> Refused:
    """A field of the contract that is not as the contract says; `reason` is one of the agent's."""
    shape = f" of shape {list(quantity.shape)}" if quantity.shape else ""
    allowed = f"{quantity.kind}{shape} in [{quantity.low:g}, {quantity.high:g}] {quantity.unit}"
    line = f"{where}{quantity.name}: {REASONS[reason]}; allowed: {allowed}"
    return Refused(INPUT, reason, line, quantity.name)
