"""`/decide`: one decision of one agent, its fields by name and in the contract's units."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, create_model

from edgewise.agent import Decision
from edgewise.service.deployed import Deployed
from edgewise.service.fields import Real, record, units, whole_number
from edgewise.service.metrics import Metrics
from edgewise.service.refusal import INPUT, REASON_OF, Refused, unusable

LATEST_SLOT = 2**53 - 1
"""The largest whole number that every JSON reader keeps."""
Age = Annotated[Real, Field(ge=0, description="how long ago it was measured [s]")]
SLOT = "for policies that draw: the number of the slot, or else the one after the last"


def router(deployed: Deployed, metrics: Metrics) -> APIRouter:
    """The path, typed by the contract."""
    asked, answered = _asked(deployed), _answered(deployed)
    routes = APIRouter()

    @routes.post("/decide", response_model=answered)
    async def decide(body: asked) -> JSONResponse:  # type: ignore[valid-type]
        """One decision of one agent, in physical units."""
        given: Any = body
        agent = deployed.agents[given.agent]
        decision = agent.decide(given.observation, given.age_s, given.slot)
        metrics.decided(decision)
        return JSONResponse(_told(deployed, given.agent, decision))

    return routes


def refusal(deployed: Deployed, errors: Sequence[Any]) -> Refused:
    """What is told of a body that does not fit, by the first of Pydantic's errors."""
    first = errors[0]
    path = [str(step) for step in first["loc"][1:]]
    reason = REASON_OF.get(first["type"], "type")
    quantities = {each.name: each for each in deployed.contract.observation}
    match path:
        case ["observation", name, *_] if name in quantities:
            return unusable(quantities[name], reason)
        case ["observation" | "units", name, *_] | [name, *_] if reason != "malformed":
            return Refused(INPUT, reason, f"{'.'.join(path)}: {first['msg']}", name)
    return Refused(INPUT, reason, f"the body is no JSON object that can be read: {first['msg']}")


def _asked(deployed: Deployed) -> type[BaseModel]:
    observed, last = deployed.contract.observation, len(deployed.agents) - 1
    observation = record("Observation", observed, deployed.meanings)
    fields: dict[str, Any] = {
        "agent": (whole_number(0, last, "which agent decides"), ...),
        "observation": (observation, ...),
        "age_s": (Age, 0.0),
        "slot": (whole_number(0, LATEST_SLOT) | None, Field(None, description=SLOT)),
        "units": (units("Units", observed, total=False), Field({}, description="to be checked")),
    }
    return create_model("Asked", __config__=ConfigDict(extra="forbid"), **fields)


def _answered(deployed: Deployed) -> type[BaseModel]:
    decided = deployed.contract.decision
    fields: dict[str, Any] = {
        "agent": (int, ...),
        "decision": (record("Decision", decided, deployed.meanings), ...),
        "units": (units("DecisionUnits", decided), ...),
        "by": (Literal["policy", "fallback"], ...),
        "reason": (str, Field(description="why it is the fallback: stale or failed; else ''")),
        "valid_s": (float, Field(description="it holds so long after the measurement [s]")),
        "version": (str, Field(description="of the contract")),
    }
    return create_model("Answered", __config__=ConfigDict(extra="forbid"), **fields)


def _told(deployed: Deployed, number: int, decision: Decision) -> dict[str, Any]:
    return {
        "agent": number,
        "decision": {name: _plain(value) for name, value in decision.values.items()},
        "units": {each.name: each.unit for each in deployed.contract.decision},
        "by": "policy" if decision.by_policy else "fallback",
        "reason": decision.reason,
        "valid_s": deployed.contract.valid_s,
        "version": deployed.version,
    }


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
