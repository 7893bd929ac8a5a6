"""A policy as one C99 file without dependencies beyond <math.h>: for a device without ONNX Runtime.

It holds the whole agent: the observation is checked, and what cannot be decided on gives the
contract's fallback decision and a reason, as `edgewise.agent` does.
"""

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.contract import LOTS, Contract, Fixed, Policy, Quantity
from edgewise.deployment.export.c_nodes import TYPES, Writer, out_size
from edgewise.deployment.export.graph import Graph, Tensor

MOST_NUMBERS = 250_000
"""Constants of a policy that is written as C: a megabyte of them."""
KINDS = {"real": "float", "integer": "int32_t", "boolean": "bool"}
SLACK = 1e-6

HEAD = """\
/* {title}
 *
 * {scenario}, scheme {scheme}, run {digest} of seed {seed}; agents {agents}.
 * Written by edgewise {version}. Licence: {licence}.
 *
 * Fill an edgewise_observation (every entry in its unit and range), call edgewise_decide once a
 * slot, and do what the edgewise_decision says for {valid_s:g} s. If it does not return 0 the
 * decision is the fallback; so is what edgewise_fall_back gives, for an observation that is older
 * than {valid_s:g} s or has not come.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum {{ EDGEWISE_POLICY = 0, EDGEWISE_NOT_FINITE, EDGEWISE_OUT_OF_RANGE, EDGEWISE_FAILED }};
"""


def c_source(graph: Graph, contract: Contract, policy: Policy) -> bytes:
    """The file; `UserError` if the policy is too large for it."""
    count = sum(value.size for value in graph.constants.values())
    if count > MOST_NUMBERS:
        raise UserError(
            f"{policy.file} holds {count} numbers, too many for C: allowed [0, {MOST_NUMBERS}]; "
            "leave out --c, or train a smaller network"
        )
    return "\n".join([*_lines(graph, contract, policy), ""]).encode()


def _lines(graph: Graph, contract: Contract, policy: Policy) -> Iterator[str]:
    yield HEAD.format(
        title="One agent of a network, as exported",
        scenario=contract.scenario,
        scheme=contract.scheme.name,
        digest=contract.run.digest,
        seed=contract.run.seed,
        agents=", ".join(map(str, policy.agents)),
        version=contract.versions.edgewise,
        licence=contract.licence,
        valid_s=contract.valid_s,
    )
    lots = [_lots(contract)] if contract.lots.count else []
    yield from _struct("observation", [*contract.observation, *lots])
    yield from _struct("decision", contract.decision)
    yield from _memory(policy)
    body = list(_policy(graph, policy))
    # Shapes and axes are constants of the graph; in C they have gone into the loops.
    used = set(re.findall(r"\bk_\d+", "\n".join(body)))
    for name in (name for name in graph.constants if name in used):
        value = graph.constants[name]
        yield f"static const {TYPES[value.dtype.name]} {name}[] = {{{_numbers(value)}}};"
    yield ""
    yield from body
    yield from _fallback(contract)
    yield from _decide(contract)


def _lots(contract: Contract) -> Quantity:
    whose = "the same for all agents" if contract.lots.shared else "of this agent alone"
    return Quantity(
        name=LOTS,
        unit="1",
        kind="real",
        shape=[contract.lots.count],
        low=0.0,
        high=1.0,
        meaning=f"new random numbers, uniform in [0, 1), in every slot, {whose}",
    )


def _struct(name: str, fields: Sequence[Quantity]) -> Iterator[str]:
    yield "typedef struct {"
    for field in fields:
        sizes = "".join(f"[{n}]" for n in field.shape)
        yield f"  /* {field.meaning} [{field.unit}], {field.low:g} to {field.high:g} */"
        yield f"  {KINDS[field.kind]} {field.name}{sizes};"
    if not fields:
        yield "  char nothing; /* this policy looks at nothing */"
    yield f"}} edgewise_{name};"
    yield ""


def _memory(policy: Policy) -> Iterator[str]:
    """What is carried from slot to slot, and how it begins."""
    yield "typedef struct {"
    for each in policy.memory:
        sizes = "".join(f"[{n}]" for n in each.shape)
        yield f"  {KINDS[each.kind]} {each.name}{sizes};"
    if not policy.memory:
        yield "  char nothing; /* this policy remembers nothing */"
    yield "} edgewise_memory;"
    yield ""
    yield "/* The memory before the first slot. */"
    yield "void edgewise_start(edgewise_memory *memory) {"
    for each in policy.memory:
        start = np.asarray(each.start, {"real": "f4", "integer": "i4", "boolean": "?"}[each.kind])
        target = _flat(KINDS[each.kind], f"memory->{each.name}", start.size, bool(each.shape))
        yield from (f"  {target.format(i)} = {_number(v)};" for i, v in enumerate(start.flat))
    if not policy.memory:
        yield "  memory->nothing = 0;"
    yield "}"
    yield ""


def _flat(kind: str, name: str, size: int, is_array: bool) -> str:
    """The entry {} of a member, whatever its shape."""
    return f"(({kind} *){name})[{{}}]" if is_array else name


def _policy(graph: Graph, policy: Policy) -> Iterator[str]:
    """The graph itself."""
    remembered = {each.name for each in policy.memory}
    yield "static void policy(const edgewise_observation *given, edgewise_memory *memory,"
    yield "                   edgewise_decision *decision) {"
    yield "  (void)given, (void)memory;"
    for tensor in graph.inputs:
        owner = "memory" if tensor.name in remembered else "given"
        kind = TYPES[tensor.dtype.name]
        yield f"  const {kind} *{tensor.name} = (const {kind} *)&{owner}->{tensor.name};"
    yield from Writer(graph.constants).nodes(graph)
    for tensor in graph.outputs:
        yield from _stored(tensor)
    yield "}"
    yield ""


def _stored(tensor: Tensor) -> Iterator[str]:
    name = tensor.name.removeprefix("next_")
    owner = "decision" if name == tensor.name else "memory"
    kind, size = TYPES[tensor.dtype.name], out_size(tensor)
    statement = f"(({kind} *)&{owner}->{name})[i] = {tensor.name}[i];"
    yield f"  for (int i = 0; i < {size}; i++) {statement}"


def _fallback(contract: Contract) -> Iterator[str]:
    yield "/* The decision that holds where there is none of the policy's. */"
    yield "void edgewise_fall_back(const edgewise_observation *given,"
    yield "                        edgewise_decision *decision) {"
    yield "  (void)given;"
    fields = {field.name: field for field in contract.decision}
    for name, rule in contract.fallback.items():
        kind, shape = KINDS[fields[name].kind], fields[name].shape
        target = _flat(kind, f"decision->{name}", fields[name].size, bool(shape))
        if isinstance(rule, Fixed):
            values = np.asarray(rule.value).flat
            yield from (f"  {target.format(i)} = {_number(v)};" for i, v in enumerate(values))
            continue
        observed = next((f for f in contract.observation if f.name == rule.field), None)
        yield f"  const double whole_{name} = {_whole(observed)};"
        for i, part in enumerate(rule.parts):
            share = f"floor({part!r} * whole_{name} + 1e-9)"
            yield f"  {target.format(i)} = ({kind}){share};"
    yield "}"
    yield ""


def _whole(field: Quantity | None) -> str:
    """What is shared: the observed field if it is in its range, else the least of it."""
    if field is None:
        return "0.0"
    low, high = _ends(field)
    value = f"given->{field.name}"
    return f"{value} >= {low} && {value} <= {high} ? (double){value} : {field.low!r}"


def _decide(contract: Contract) -> Iterator[str]:
    yield "/* 0 if the decision is the policy's, else why it is the fallback. */"
    yield "int edgewise_decide(const edgewise_observation *given, edgewise_memory *memory,"
    yield "                    edgewise_decision *decision) {"
    yield "  int reason = EDGEWISE_POLICY;"
    yield "  const edgewise_memory before = *memory;"
    for field in contract.observation:
        if field.kind == "boolean":
            continue
        yield from _checked(field, "given", "EDGEWISE_NOT_FINITE", "EDGEWISE_OUT_OF_RANGE")
    yield "  if (!reason) {"
    yield "    policy(given, memory, decision);"
    for field in contract.decision:
        yield from _checked(field, "decision", "EDGEWISE_FAILED", "EDGEWISE_FAILED", "    ")
    yield "  }"
    yield "  if (reason) {"
    yield "    *memory = before;"
    yield "    edgewise_fall_back(given, decision);"
    yield "  }"
    yield "  return reason;"
    yield "}"


def _checked(
    field: Quantity, owner: str, broken: str, outside: str, indent: str = "  "
) -> Iterator[str]:
    """Every entry against the range."""
    kind, (low, high) = KINDS[field.kind], _ends(field)
    yield f"{indent}for (int i = 0; i < {max(1, field.size)} && !reason; i++) {{"
    yield f"{indent}  const {kind} x = ((const {kind} *)&{owner}->{field.name})[i];"
    if field.kind == "real":
        yield f"{indent}  if (!isfinite(x)) reason = {broken};"
        yield f"{indent}  else if (x < {low} || x > {high}) reason = {outside};"
    else:
        yield f"{indent}  if (x < {low} || x > {high}) reason = {outside};"
    yield f"{indent}}}"


def _ends(field: Quantity) -> tuple[str, str]:
    slack = SLACK * max(abs(field.low), abs(field.high))
    return f"({field.low - slack!r})", f"({field.high + slack!r})"


def _numbers(value: np.ndarray) -> str:
    return ", ".join(_number(entry) for entry in value.flat) if value.size else "0"


def _number(value: object) -> str:
    """As C reads it back to the same bits."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return "NAN"
    if math.isinf(number):
        return "INFINITY" if number > 0 else "-INFINITY"
    text = f"{np.float32(number):.9g}"
    return text + ("f" if any(mark in text for mark in ".e") else ".0f")
