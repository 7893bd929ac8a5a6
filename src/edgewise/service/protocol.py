"""Requests and answers of the Open Inference Protocol v2, as they are written."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgewise.service.refusal import INPUT, REASON_OF, Refused

LENGTH = "inference-header-content-length"
"""The header that says how many bytes the JSON has, if there are others behind it."""


class Part(BaseModel):
    """Base of what a request is made of: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class InputParameters(Part):
    """Of an input: its bytes, if it stands behind the JSON."""

    binary_data_size: int | None = Field(default=None, ge=0)


class Input(Part):
    """A tensor, in row-major order; the first axis is the batch."""

    name: str
    shape: list[int]
    datatype: str
    parameters: InputParameters = InputParameters()
    data: list[Any] | None = None


class OutputParameters(Part):
    """Of an output: whether it is to stand behind the JSON."""

    binary_data: bool | None = None


class Output(Part):
    """An output that is wanted."""

    name: str
    parameters: OutputParameters = OutputParameters()


class RequestParameters(Part):
    """Of a request: how outputs are written that do not say it themselves."""

    binary_data_output: bool = False


class InferRequest(Part):
    """One inference; all tensors have the same number of rows."""

    id: str = ""
    parameters: RequestParameters = RequestParameters()
    inputs: list[Input] = Field(min_length=1)
    outputs: list[Output] = []


class OutputTensor(BaseModel):
    """An output; flat, in row-major order."""

    name: str
    datatype: str
    shape: list[int]
    parameters: dict[str, int] = {}
    data: list[Any] = []


class InferResponse(BaseModel):
    """The decisions, row by row."""

    model_name: str
    model_version: str
    id: str = ""
    outputs: list[OutputTensor]


def read(body: bytes, json_length: str | None) -> tuple[InferRequest, bytes]:
    """The request and the bytes behind its JSON, whose length the header LENGTH gives if there are
    any. Raises `Refused`."""
    length = len(body) if json_length is None else _length(json_length)
    if not 0 <= length <= len(body):
        raise Refused(INPUT, "binary", f"{LENGTH}: allowed [0, {len(body)}]")
    try:
        return InferRequest.model_validate_json(body[:length]), body[length:]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(step) for step in first["loc"])
        reason = REASON_OF.get(first["type"], "type")
        raise Refused(INPUT, reason, f"{path or 'the body'}: {first['msg']}", path) from None


def _length(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
