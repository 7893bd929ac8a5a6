"""The decision that holds where there is none to be had from the policy."""

import math
from typing import Any

import numpy as np

from edgewise.agent.contract import AgentContract
from edgewise.agent.observed import DTYPES, Observed

ROUNDING = 1e-9
"""A share this close below a whole number is that number."""


class Fallback:
    """The contract's rules, field by field."""

    def __init__(self, contract: AgentContract) -> None:
        self._rules = contract.fallback
        self._kinds = {field.name: field.kind for field in contract.decision}
        self._least = {field.name: field.low for field in contract.observation}
        self._observed = Observed(contract.observation)

    def decision(self, observation: Any) -> dict[str, Any]:
        """What holds now; of the observation, only what a share divides is looked at."""
        return {name: self._field(name, observation) for name in self._rules}

    def _field(self, name: str, observation: Any) -> Any:
        rule = self._rules[name]
        if rule["rule"] == "fixed":
            return plain(np.asarray(rule["value"], DTYPES[self._kinds[name]]))
        whole = self._whole(rule["field"], observation)
        shares = [math.floor(part * whole + ROUNDING) for part in rule["parts"]]
        return np.asarray(shares, DTYPES[self._kinds[name]])

    def _whole(self, field: str, observation: Any) -> float:
        """The observed field, or the least that it can be; 0 if the policy does not observe it."""
        if field not in self._least:
            return 0.0
        value = self._observed.usable(observation, field)
        return self._least[field] if value is None else float(value)


def plain(value: np.ndarray) -> Any:
    """A single number as one of Python's, an array as it is."""
    return value.item() if value.shape == () else value
