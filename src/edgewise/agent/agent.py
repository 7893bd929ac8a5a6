"""One agent: an exported policy that decides, slot by slot, on what is measured."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from edgewise.agent import contract
from edgewise.agent.contract import Field
from edgewise.agent.fallback import Fallback, plain
from edgewise.agent.lots import Lots
from edgewise.agent.observed import DTYPES, SLACK, Observed
from edgewise.agent.reasons import Unusable

NUMBER = (int, float, np.integer, np.floating)
SILENT = 4
"""ONNX Runtime's log level at which it prints nothing: what fails is counted instead."""


@dataclass(frozen=True)
class Decision:
    """The decision's fields by name, in physical units. `reason` says why it is the fallback
    ('' if it is the policy's), `field` which field of the observation is to blame."""

    values: dict[str, Any] = field(hash=False)
    reason: str = ""
    field: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def by_policy(self) -> bool:
        """Whether the policy made it."""
        return not self.reason


class Agent:
    """Agent `number` of an exported folder. Raises `UserError` if the folder cannot be used: above
    all if a file is not the one that the contract names. Afterwards nothing raises: what cannot
    be decided on gives the contract's fallback, and is counted in `counts` under its reason.

    An agent is not to be shared among threads; it holds buffers, and the policy's memory.
    """

    def __init__(self, folder: str | Path, number: int = 0, seed: int = 0) -> None:
        self.contract = contract.read(Path(folder), number)
        self.counts: Counter[str] = Counter()
        whose = 0 if self.contract.shared_lots else number + 1
        self._lots = Lots(self.contract.num_lots, (seed, whose))
        self._session = _session(self.contract.model)
        self._observed = Observed(self.contract.observation)
        self._fallback = Fallback(self.contract)
        self._outputs = [each.name for each in self.contract.decision]
        self._ranges = [_range(each) for each in self.contract.decision]
        self._next = [f"next_{memory.name}" for memory in self.contract.memory]
        wanted = {each.name for each in self._session.get_inputs()}
        self._feed = {n: value for n, value in self._observed.feed.items() if n in wanted}
        self._takes_lots = "lots" in wanted
        self.restart()

    def restart(self) -> None:
        """Back to before the first slot: the policy's memory and the lots, not the counts."""
        self._slot = 0
        for memory in self.contract.memory:
            self._feed[memory.name] = np.asarray(memory.start, DTYPES[memory.kind])

    def decide(self, observation: Any, age_s: Any = 0.0, slot: int | None = None) -> Decision:
        """The decision on this observation, a mapping of the contract's fields, measured `age_s`
        ago. Whatever else is given is answered by the fallback.

        A policy that draws takes its lots from the seed and the number of the slot: `slot`, or
        else how many decisions there were before this one.
        """
        try:
            number = self._slot if slot is None else slot
            self._slot = number + 1
            decision = Decision(self._decided(observation, age_s, number))
        except Unusable as error:
            decision = self._fall_back(observation, error.reason, error.field)
        except Exception:
            decision = self._fall_back(observation, "failed", "")
        self.counts[decision.reason or "policy"] += 1
        return decision

    def _decided(self, observation: Any, age_s: Any, slot: int) -> dict[str, Any]:
        if not (isinstance(age_s, NUMBER) and 0.0 <= age_s <= self.contract.valid_s):
            raise Unusable("stale")
        self._observed.fill(observation)
        if self._takes_lots:
            self._feed["lots"] = self._lots.of(slot)
        made = self._session.run(self._outputs + self._next, self._feed)
        values = {}
        for (name, low, high), value in zip(self._ranges, made, strict=False):
            values[name] = plain(value)
            if not _inside(values[name], low, high):
                raise Unusable("failed", name)
        for memory, value in zip(self.contract.memory, made[len(values) :], strict=True):
            self._feed[memory.name] = value
        return values

    def _fall_back(self, observation: Any, reason: str, field: str) -> Decision:
        try:
            values = self._fallback.decision(observation)
        except Exception:
            values = self._fallback.decision({})
        return Decision(values, reason, field)


def _inside(value: Any, low: float, high: float) -> bool:
    """Whether every entry is in the range; NaN is in none."""
    if not isinstance(value, np.ndarray):
        return bool(low <= value <= high)
    return bool(low <= np.minimum.reduce(value, None) and np.maximum.reduce(value, None) <= high)


def _range(field: Field) -> tuple[str, float, float]:
    slack = SLACK * max(abs(field.low), abs(field.high))
    return field.name, field.low - slack, field.high + slack


def _session(model: bytes) -> onnxruntime.InferenceSession:
    """On one core, for a single decision at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = SILENT
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
