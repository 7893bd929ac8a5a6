"""What is served: every agent of an exported folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from edgewise.agent import Agent, contract
from edgewise.agent.contract import AgentContract
from edgewise.core.errors import UserError

DIGITS = 16
"""Of a version."""


@dataclass(frozen=True)
class Deployed:
    """The agents by number; `version` is the beginning of the SHA-256 of their contract, which
    holds that of every policy; `meanings` says what each field is."""

    agents: tuple[Agent, ...]
    version: str
    meanings: dict[str, str]

    @property
    def contract(self) -> AgentContract:
        """What holds for all agents."""
        return self.agents[0].contract

    @property
    def name(self) -> str:
        """The model's: it stays when the policy is swapped for another of the scenario."""
        return self.contract.scenario


def load(folder: Path, seed: int) -> Deployed:
    """All agents, each file checked against the contract; `UserError` where one is not the
    contract's, or where the contract is replaced meanwhile."""
    contract.read(folder, 0)
    path = folder / contract.NAME
    content = path.read_bytes()
    count, meanings = _facts(path, content)
    agents = tuple(Agent(folder, number, seed) for number in range(count))
    if path.read_bytes() != content:
        raise UserError(f"{path} is being written: try again when it is there")
    return Deployed(agents, hashlib.sha256(content).hexdigest()[:DIGITS], meanings)


def _facts(path: Path, content: bytes) -> tuple[int, dict[str, str]]:
    """How many agents there are, and what each field means."""
    try:
        facts = json.loads(content)
        described = (*facts["observation"], *facts["decision"])
        return int(facts["agents"]), {each["name"]: each["meaning"] for each in described}
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged ({error!r}): export the run again") from None
