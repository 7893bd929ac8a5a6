"""One agent: an exported policy that decides, slot by slot, on what is measured."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from edgewise.agent import contract
from edgewise.agent.fallback import Fallback, plain
from edgewise.agent.observed import DTYPES, SLACK, Observed
from edgewise.agent.reasons import Unusable

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
        self._seed = seed
        self._session = _session(self.contract.model)
        self._observed = Observed(self.contract.observation)
        self._fallback = Fallback(self.contract)
        self._outputs = [each.name for each in self.contract.decision]
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

    def decide(
        self, observation: Mapping[str, Any], age_s: float = 0.0, slot: int | None = None
    ) -> Decision:
        """The decision on this observation, measured `age_s` ago.

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

    def _decided(self, observation: Mapping[str, Any], age_s: float, slot: int) -> dict[str, Any]:
        if not 0.0 <= age_s <= self.contract.valid_s:
            raise Unusable("stale")
        self._observed.fill(observation)
        if self._takes_lots:
            self._feed["lots"] = self._lots(slot)
        made = self._session.run(self._outputs + self._next, self._feed)
        values = dict(zip(self._outputs, made, strict=False))
        for each in self.contract.decision:
            value = values[each.name]
            slack = SLACK * max(abs(each.low), abs(each.high))
            if not (each.low - slack <= value.min() and value.max() <= each.high + slack):
                raise Unusable("failed", each.name)
        for memory, value in zip(self.contract.memory, made[len(values) :], strict=True):
            self._feed[memory.name] = value
        return {name: plain(value) for name, value in values.items()}

    def _fall_back(self, observation: Mapping[str, Any], reason: str, field: str) -> Decision:
        try:
            values = self._fallback.decision(observation)
        except Exception:
            values = self._fallback.decision({})
        return Decision(values, reason, field)

    def _lots(self, slot: int) -> np.ndarray:
        """Uniform in [0, 1): of the seed and the slot, and of the agent unless all share them."""
        whose = 0 if self.contract.shared_lots else self.contract.number + 1
        bits = np.random.Philox(counter=[0, 0, 0, slot], key=[self._seed, whose])
        return np.random.Generator(bits).random(self.contract.num_lots, np.float32)


def _session(model: bytes) -> onnxruntime.InferenceSession:
    """On one core, for a single decision at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = SILENT
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
