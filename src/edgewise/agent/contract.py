"""The part of `contract.json` that one agent needs, read with the standard library alone."""

import hashlib
import json
import re
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from edgewise.core.errors import UserError

SCHEMA = 1
NAME = "contract.json"


@dataclass(frozen=True)
class Field:
    """A tensor in physical units, each entry in [`low`, `high`]; kind real, integer or boolean."""

    name: str
    unit: str
    kind: str
    shape: tuple[int, ...]
    low: float
    high: float

    @property
    def size(self) -> int:
        """How many numbers."""
        return prod(self.shape)


@dataclass(frozen=True)
class Memory:
    """What a policy carries from slot to slot, and its value before the first."""

    name: str
    kind: str
    start: Any


@dataclass(frozen=True)
class AgentContract:
    """See the contract's schema. `model` is the content of the policy's file."""

    scenario: str
    number: int
    observation: tuple[Field, ...]
    decision: tuple[Field, ...]
    valid_s: float
    fallback: dict[str, dict[str, Any]]
    num_lots: int
    shared_lots: bool
    memory: tuple[Memory, ...]
    model: bytes


def read(folder: Path, number: int) -> AgentContract:
    """What agent `number` of the folder does; `UserError` if the folder cannot be used, above all
    if the policy's file is not the one that the contract was written for."""
    path = folder / NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["contract"] != SCHEMA:
            raise UserError(f"{path} has form {facts['contract']}: this version reads {SCHEMA}")
        return _of_agent(folder, facts, number)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read ({error.strerror})") from None
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path} is damaged ({error!r}): export the run again") from None


def _of_agent(folder: Path, facts: dict[str, Any], number: int) -> AgentContract:
    serving = [policy for policy in facts["policies"] if number in policy["agents"]]
    if not serving:
        last = facts["agents"] - 1
        raise UserError(f"agent {number} is out of range: allowed [0, {last}]")
    (policy,) = serving
    return AgentContract(
        scenario=facts["scenario"],
        number=number,
        observation=_fields(facts["observation"]),
        decision=_fields(facts["decision"]),
        valid_s=float(facts["valid_s"]),
        fallback=facts["fallback"],
        num_lots=facts["lots"]["count"],
        shared_lots=facts["lots"]["shared"],
        memory=tuple(Memory(m["name"], m["kind"], m["start"]) for m in policy["memory"]),
        model=_checked(folder, policy["file"], policy["sha256"]),
    )


def _fields(listed: list[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(
        Field(f["name"], f["unit"], f["kind"], tuple(f["shape"]), float(f["low"]), float(f["high"]))
        for f in listed
    )


def _checked(folder: Path, file: str, sha256: str) -> bytes:
    """The content of a file of the folder, if its hash is this."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", file):
        raise UserError(f"{file!r} is no name of a file in {folder}")
    content = (folder / file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise UserError(
            f"{folder / file} is not the file of the contract: its SHA-256 is {found}, "
            f"not {sha256}; copy the whole folder again"
        )
    return content
