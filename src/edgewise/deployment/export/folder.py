"""The folder that is deployed: policies in files, and the contract about them."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jax
import numpy as np
import onnx

from edgewise.core.errors import UserError
from edgewise.core.seat import Fixed, Quantity
from edgewise.deployment import contract
from edgewise.deployment.contract import Contract, Kind, Lots, Memory, Policy, Verified, Versions
from edgewise.deployment.export.c_file import c_source
from edgewise.deployment.export.one_agent import memory_names, used_fields
from edgewise.deployment.export.onnx_file import OPSET
from edgewise.deployment.export.policies import Distinct
from edgewise.deployment.trained import Trained
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

LICENCE = "Apache-2.0"
KINDS: dict[str, Kind] = {"f": "real", "i": "integer", "b": "boolean"}


def check_target(folder: Path) -> None:
    """`UserError` unless the folder is new, empty, or one that was exported before."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file: give a folder with --out")
    if folder.exists() and any(folder.iterdir()) and not (folder / contract.NAME).exists():
        raise UserError(
            f"{folder} is not empty and has no {contract.NAME}: give another folder with --out"
        )


def write(
    folder: Path,
    trained: Trained,
    policies: list[Distinct],
    as_c: bool = False,
    valid_s: float | None = None,
    licence: str = LICENCE,
    verified: Verified | None = None,
) -> Contract:
    """Writes the policies, `as_c` also as C, and last the contract."""
    check_target(folder)
    files = _described("onnx", policies, [each.model for each in policies])
    made = contract_of(trained, policies, files, valid_s, licence, verified)
    contents = {file.file: each.model for file, each in zip(files, policies, strict=True)}
    if as_c:
        sources = [c_source(p.graph, made, f) for p, f in zip(policies, files, strict=True)]
        named = _described("c", policies, sources)
        made = made.model_copy(update={"sources": named})
        contents |= {file.file: source for file, source in zip(named, sources, strict=True)}
    _remove_earlier(folder)
    for name, content in contents.items():
        write_atomically(folder / name, content)
    write_atomically(folder / contract.NAME, contract.as_json(made))
    return made


def contract_of(
    trained: Trained,
    policies: list[Distinct],
    files: list[Policy],
    valid_s: float | None,
    licence: str,
    verified: Verified | None,
) -> Contract:
    """What holds of the policies in `files`."""
    seat, env, first = trained.seat, trained.env, policies[0]
    observed = used_fields(seat.observation(env), first.graph)
    return Contract(
        scenario=trained.scenario,
        scheme=trained.scheme,
        run=trained.run,
        parameters=trained.parameters,
        agents=env.num_agents,
        observation=[_quantity(field) for field in observed],
        decision=[_quantity(field) for field in seat.decision(env)],
        valid_s=seat.valid_s(env) if valid_s is None else valid_s,
        fallback={
            name: contract.Fixed(value=rule.value)
            if isinstance(rule, Fixed)
            else contract.Share(field=rule.field, parts=list(rule.parts))
            for name, rule in seat.fallback(env).items()
        },
        together=seat.together,
        lots=Lots(count=first.agent.num_lots, shared=first.agent.shared_lots),
        policies=files,
        versions=Versions(
            edgewise=VERSION, jax=jax.__version__, onnx=onnx.__version__, opset=OPSET
        ),
        licence=licence,
        verified=verified,
    )


def _quantity(field: Quantity) -> contract.Quantity:
    return contract.Quantity(**{**asdict(field), "shape": list(field.shape)})


def _described(kind: str, policies: list[Distinct], contents: list[bytes]) -> list[Policy]:
    """What the contract says of each content, in a file of its own."""
    return [
        Policy(
            file=f"policy-{number}.{kind}",
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            agents=list(policy.agents),
            memory=_memory(policy.agent.start()),
        )
        for number, (policy, content) in enumerate(zip(policies, contents, strict=True))
    ]


def _memory(start: list[np.ndarray]) -> list[Memory]:
    return [
        Memory(name=name, kind=KINDS[leaf.dtype.kind], shape=list(leaf.shape), start=leaf.tolist())
        for name, leaf in zip(memory_names(len(start)), start, strict=True)
    ]


def _remove_earlier(folder: Path) -> None:
    """Removes the files of an earlier export: its contract first, so that nobody trusts it."""
    path = folder / contract.NAME
    if not path.exists():
        return
    facts: dict[str, Any] = json.loads(path.read_bytes())
    path.unlink()
    for each in (*facts.get("policies", ()), *facts.get("sources", ())):
        (folder / Path(each["file"]).name).unlink(missing_ok=True)
