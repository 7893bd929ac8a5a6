"""The Open Inference Protocol v2: one model, whose rows are agents, each with its observation.

Inputs are the fields of the contract and `agent`; `age_s` and `slot` may be left out. Outputs are
the fields of the decision and `reason`, which is empty where the policy decided.
https://github.com/kserve/open-inference-protocol, with Triton's binary tensor data extension.
"""

import asyncio
import json
from typing import Any

import numpy as np
from starlette.responses import Response

from edgewise.agent import Decision
from edgewise.agent.contract import AgentContract
from edgewise.agent.observed import Observed
from edgewise.agent.reasons import Unusable
from edgewise.core.errors import UserError
from edgewise.service.deployed import Deployed
from edgewise.service.metrics import Metrics
from edgewise.service.protocol import LENGTH, InferRequest, read
from edgewise.service.refusal import INPUT, Refused, unusable
from edgewise.service.tensors import TEXT, Column, column, contents, listed, packed

PLATFORM = "onnxruntime_onnx"
AGENT = Column("agent", "INT32")
AGE = Column("age_s", "FP32", needed=False)
SLOT = Column("slot", "INT64", needed=False)
REASON = Column("reason", TEXT)


class Inference:
    """The model of a deployed folder. `UserError` if a field of its contract has a name of the
    service's own."""

    def __init__(self, deployed: Deployed, most_rows: int, metrics: Metrics) -> None:
        self._deployed, self._most, self._metrics = deployed, most_rows, metrics
        seen, made = deployed.contract.observation, deployed.contract.decision
        self._inputs = [AGENT, AGE, SLOT, *map(column, seen)]
        self._outputs = [*map(column, made), REASON]
        self._quantities = {each.name: each for each in seen}
        self._observed = Observed(seen)
        _check_names(deployed.contract)

    def metadata(self) -> dict[str, Any]:
        """What the model takes and gives."""
        return {
            "name": self._deployed.name,
            "versions": [self._deployed.version],
            "platform": PLATFORM,
            "inputs": [each.described() for each in self._inputs],
            "outputs": [each.described() for each in self._outputs],
        }

    async def infer(self, body: bytes, json_length: str | None) -> Response:
        """The answer to a request. Nothing is decided unless all of it can be."""
        request, behind = read(body, json_length)
        wanted = self._wanted(request)
        columns = self._columns(request, behind)
        rows = self._rows(columns)
        decisions = []
        for number, observation, age_s, slot in rows:
            decisions.append(self._deployed.agents[number].decide(observation, age_s, slot))
            self._metrics.decided(decisions[-1])
            await asyncio.sleep(0)  # Others are answered in between.
        return self._answer(request, wanted, decisions)

    def _wanted(self, request: InferRequest) -> list[tuple[Column, bool]]:
        """Each output, and whether it stands behind the JSON."""
        known = {each.name: each for each in self._outputs}
        default = request.parameters.binary_data_output
        if not request.outputs:
            return [(each, default) for each in self._outputs]
        for each in request.outputs:
            if each.name not in known:
                raise Refused(INPUT, "unknown", f"{each.name}: no such output", each.name)
        asked = [(each.name, each.parameters.binary_data) for each in request.outputs]
        return [(known[name], default if binary is None else binary) for name, binary in asked]

    def _columns(self, request: InferRequest, behind: bytes) -> dict[str, np.ndarray]:
        known = {each.name: each for each in self._inputs}
        given = contents(request.inputs, behind)
        for name in given:
            if name not in known:
                raise Refused(INPUT, "unknown", f"{name}: no such input", name)
        for name, each in known.items():
            if each.needed and name not in given:
                raise Refused(INPUT, "missing", f"{name}: missing", name)
        made = {
            each.name: known[each.name].array(each, given[each.name], self._most)
            for each in request.inputs
        }
        for name, array in made.items():
            if len(array) != len(made["agent"]):
                line = f"{name}: {len(array)} rows, and agent has {len(made['agent'])}"
                raise Refused(INPUT, "shape", line, name)
        return made

    def _rows(self, columns: dict[str, np.ndarray]) -> list[tuple[int, dict[str, Any], float, Any]]:
        """The agent, its observation, its age and its slot, row by row, all checked."""
        last = len(self._deployed.agents) - 1
        agents = _within(columns.pop("agent"), "agent", last)
        count = len(agents)
        ages = _within(columns.pop("age_s", np.zeros(count)), "age_s", float(np.finfo("f4").max))
        slots = columns.pop("slot", None)
        numbers = [None] * count if slots is None else _within(slots, "slot", 2**63 - 1).tolist()
        seen = [{name: array[row] for name, array in columns.items()} for row in range(count)]
        for row, observation in enumerate(seen):
            self._check(row, observation)
        return list(zip(agents.tolist(), seen, ages.tolist(), numbers, strict=True))

    def _check(self, row: int, observation: dict[str, Any]) -> None:
        try:
            self._observed.fill(observation)
        except Unusable as error:
            where = f"row {row}: "
            raise unusable(self._quantities[error.field], error.reason, where) from None

    def _answer(
        self, request: InferRequest, wanted: list[tuple[Column, bool]], decisions: list[Decision]
    ) -> Response:
        outputs, behind = [], b""
        for each, binary in wanted:
            rows = [d.reason if each is REASON else d[each.name] for d in decisions]
            output = {**each.described(), "shape": [len(rows), *each.shape]}
            if binary:
                content = packed(rows, each.datatype)
                output["parameters"] = {"binary_data_size": len(content)}
                behind += content
            else:
                output["data"] = listed(rows, each.datatype)
            outputs.append(output)
        told = {"model_name": self._deployed.name, "model_version": self._deployed.version}
        head = json.dumps({**told, "id": request.id, "outputs": outputs}).encode()
        if not any(binary for _, binary in wanted):
            return Response(head, media_type="application/json")
        headers = {LENGTH: str(len(head))}
        return Response(head + behind, headers=headers, media_type="application/octet-stream")


def _within(array: np.ndarray, name: str, high: float) -> np.ndarray:
    """The numbers, if each is in [0, high]."""
    if not np.isfinite(array).all():
        raise Refused(INPUT, "not_finite", f"{name}: NaN or infinite", name)
    if array.min() < 0 or array.max() > high:
        raise Refused(INPUT, "out_of_range", f"{name}: allowed [0, {high:g}]", name)
    return array


def _check_names(contract: AgentContract) -> None:
    own = {each.name for each in (AGENT, AGE, SLOT, REASON)}
    for field in (*contract.observation, *contract.decision):
        if field.name in own:
            raise UserError(
                f"a field of the contract is called {field.name}, as one of the service"
            )
