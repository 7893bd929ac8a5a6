"""How a finished run is called: SCHEME@SEED of a results folder, with :DIGEST where there are
several (other parameters, settings or lengths)."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edgewise.core.errors import UserError, unknown_name
from edgewise.runs.guest_file import file_name
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store, read_description

NAME = re.compile(r"(?P<scheme>[^@:]+)@(?P<seed>\d+)(:(?P<digest>[0-9a-f]*))?")
SHORT = 6
"""Digits of a digest that are written; any beginning that is unique is read."""


def run_name(store: Store, spec: RunSpec, seed: int) -> str:
    """The shortest name of the run."""
    scheme = file_name(spec.scheme)
    name = str(store.folder / f"{scheme}@{seed}")
    alone = len(_candidates(store.folder, scheme, seed)) == 1
    return name if alone else f"{name}:{spec.digest[:SHORT]}"


def find_run(path: Path) -> Path:
    """The folder of the run that is named, or that is its folder; `UserError` if there is none,
    or if there are several."""
    if (path / "result.json").exists():
        return path
    asked = NAME.fullmatch(path.name)
    if asked is None or not path.parent.is_dir():
        raise UserError(
            f"{path} is no finished run: give FOLDER/SCHEME@SEED, as edgewise train prints it"
        )
    Store(path.parent)  # Whether it is a results folder, and whole.
    return _one(path.parent, asked["scheme"], int(asked["seed"]), asked["digest"] or "")


def _one(folder: Path, scheme: str, seed: int, digest: str) -> Path:
    every = _candidates(folder, scheme, seed)
    found = [each for each in every if each.name.startswith(digest)]
    if not every:
        raise _not_there(folder, scheme, seed)
    if len(found) != 1:
        choices = "; ".join(_choices(every))
        raise UserError(f"{len(found) or 'no'} runs are called that in {folder}: choose {choices}")
    return found[0]


def _candidates(folder: Path, scheme: str, seed: int) -> list[Path]:
    found = (folder / "runs" / scheme).glob(f"*-{seed}/result.json")
    return sorted(path.parent for path in found)


def _not_there(folder: Path, scheme: str, seed: int) -> UserError:
    made = {path.parents[1].name for path in folder.glob("runs/*/*/result.json")}
    if scheme not in made:
        return unknown_name(f"scheme in {folder}", scheme, made)
    seeds = {path.name.rpartition("-")[2] for path in (folder / "runs" / scheme).iterdir()}
    return UserError(
        f"{folder} has no run of {scheme} with seed {seed}: it has {', '.join(sorted(seeds))}"
    )


def _choices(runs: Sequence[Path]) -> list[str]:
    """The names of the runs, each with what tells it from the others."""
    described = [read_description(run) for run in runs]
    flat = [_flat(asdict(spec)) for spec, _ in described]
    differing = [
        name
        for name in sorted({name for facts in flat for name in facts})
        if len({json.dumps(facts.get(name)) for facts in flat}) > 1
    ]
    return [
        f"{file_name(spec.scheme)}@{seed}:{spec.digest[:SHORT]} ({_told(facts, differing)})"
        for (spec, seed), facts in zip(described, flat, strict=True)
    ]


def _told(facts: dict[str, Any], names: Sequence[str]) -> str:
    told = [f"{name} {json.dumps(facts.get(name))}" for name in names[:3]]
    return ", ".join(told) + (", ..." if len(names) > 3 else "")


def _flat(facts: dict[str, Any]) -> dict[str, Any]:
    """Parameters and settings by their own names."""
    nested = [value for value in facts.values() if isinstance(value, dict)]
    own = {name: value for name, value in facts.items() if not isinstance(value, dict)}
    return {name: value for each in [*nested, own] for name, value in each.items()}
