"""`contract.json`: what a deployed agent may be asked, what it answers, and what holds instead.

The folder that `edgewise export` writes has one ONNX file for each distinct policy and this
contract. Every observation field is an input of that name in the files, and every decision field
an output, all in physical units and without a batch axis: reals are float32, integers int32,
booleans bool. This module needs no JAX.
"""

from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edgewise.core.errors import UserError

SCHEMA: Literal[1] = 1
"""Goes up when a contract of the old form can no longer be read."""
NAME = "contract.json"
LOTS = "lots"
"""The input that a policy which draws takes its draws from."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Kind = Literal["real", "integer", "boolean"]
Number = bool | int | float
Values = Number | list[Any]
"""A number, or lists of them in the field's shape."""


class Part(BaseModel):
    """Base of all parts: unknown keys, NaN and infinities are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Quantity(Part):
    """A named tensor in physical units. Every entry lies in [`low`, `high`]; of a boolean these
    are 0 and 1. The shape [] is a single number."""

    name: Name
    unit: str
    kind: Kind
    shape: list[Annotated[int, Field(ge=1)]]
    low: float
    high: float
    meaning: str

    @property
    def size(self) -> int:
        """How many numbers."""
        return prod(self.shape)

    @model_validator(mode="after")
    def _range_is_one(self) -> "Quantity":
        if self.low > self.high:
            raise ValueError(f"{self.name}: low {self.low:g} is above high {self.high:g}")
        return self


class Fixed(Part):
    """A field of the fallback decision that is always the same."""

    rule: Literal["fixed"] = "fixed"
    value: Values


class Share(Part):
    """A field of the fallback decision that divides an observed whole: entry i is
    floor(parts[i] · whole), the whole being the observation's `field`, or the least that it can
    be where that one is missing or unusable itself."""

    rule: Literal["share"] = "share"
    field: Name
    parts: list[Annotated[float, Field(ge=0, le=1)]]


FallbackField = Annotated[Fixed | Share, Field(discriminator="rule")]


class Scheme(Part):
    """Which scheme decides, as `edgewise show` names it."""

    name: str
    title: str
    knowledge: str
    source: str


class Run(Part):
    """The run that it comes from; `slots` of training, 0 for a rule."""

    digest: str
    seed: int
    slots: int


class Lots(Part):
    """A policy that draws has one more input, `lots`: so many numbers, uniform in [0, 1), new for
    every slot. Where `shared`, all agents take the same ones in a slot."""

    count: Annotated[int, Field(ge=0)] = 0
    shared: bool = False


class Memory(Part):
    """What a policy carries from slot to slot: an input `name`, and an output `next_<name>` that
    is the input of the next slot. A slot decided by the fallback leaves it as it is."""

    name: Name
    kind: Kind
    shape: list[Annotated[int, Field(ge=1)]]
    start: Values


class File(Part):
    """A file of the folder."""

    file: FileName
    bytes: int
    sha256: Sha256


class Policy(File):
    """An ONNX file and the agents that it decides for, by number from 0."""

    agents: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    memory: list[Memory] = []


class Versions(Part):
    """What wrote the folder."""

    edgewise: str
    jax: str
    onnx: str
    opset: int


class Verified(Part):
    """What `--verify` found on so many observations of every file, the extremes among them: the
    largest difference to JAX, as a share of the field's range, and on how many of all an unequal
    choice was made. Apart from these are near ties, where JAX itself chooses otherwise in double
    precision, or for an observation that is the same but for a hundred-thousandth; and how many
    of them were decided unequally."""

    observations: int
    largest_difference: float
    unequal_choices: int
    near_ties: int
    unequal_near_ties: int


class Contract(Part):
    """See the module. `valid_s`: so long after an observation was measured may it be decided on,
    and so long does the decision hold; afterwards the fallback holds until there is a new one.
    `together` says how the decisions of all agents become one."""

    contract: Literal[1] = SCHEMA
    scenario: str
    scheme: Scheme
    run: Run
    parameters: dict[str, Any]
    agents: Annotated[int, Field(ge=1)]
    observation: list[Quantity]
    decision: Annotated[list[Quantity], Field(min_length=1)]
    valid_s: Annotated[float, Field(gt=0)]
    fallback: dict[Name, FallbackField]
    together: str
    lots: Lots = Lots()
    policies: Annotated[list[Policy], Field(min_length=1)]
    sources: list[Policy] = []
    versions: Versions
    licence: str
    verified: Verified | None = None

    def policy_of(self, agent: int) -> Policy:
        """The file that decides for agent number `agent`."""
        for policy in self.policies:
            if agent in policy.agents:
                return policy
        raise UserError(f"agent {agent} is out of range: allowed [0, {self.agents - 1}]")

    @model_validator(mode="after")
    def _consistent(self) -> "Contract":
        served = sorted(agent for policy in self.policies for agent in policy.agents)
        if served != list(range(self.agents)):
            raise ValueError(f"the policies do not serve each of the {self.agents} agents once")
        if set(self.fallback) != {field.name for field in self.decision}:
            raise ValueError("the fallback does not give each field of the decision")
        names = [field.name for field in (*self.observation, *self.decision)]
        if len(set(names)) < len(names):
            raise ValueError("two fields have the same name")
        return self


def read(folder: Path) -> Contract:
    """The contract in `folder`; `UserError`, one line, if it cannot be used. The files' hashes
    are checked by whoever opens them."""
    path = folder / NAME
    try:
        return Contract.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}): give a folder that edgewise export wrote"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "it"
        message = str(first["msg"]).removeprefix("Value error, ")
        raise UserError(f"{path}: {where}: {message}; export the run again") from None


def as_json(contract: Contract) -> bytes:
    """As it is written: the same contract gives the same bytes."""
    return (contract.model_dump_json(indent=1) + "\n").encode()
