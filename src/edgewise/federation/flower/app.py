"""The Flower app of a run, written where `flwr run` reads it, and the questions put to `flwr`."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomli_w

from edgewise.core.errors import UserError
from edgewise.federation.flower.processes import Processes, flower

APP = "edgewise_app"
NAME = "here"


def write_connection(home: Path, address: str) -> None:
    """Where `flwr` finds the SuperLink, in its home of this run."""
    home.mkdir(exist_ok=True)
    superlink = {"default": NAME, NAME: {"address": address, "insecure": True}}
    (home / "config.toml").write_text(tomli_w.dumps({"superlink": superlink}))


def write(folder: Path, config: dict[str, Any]) -> None:
    """A Flower app whose parts are this package's."""
    home = folder / APP
    home.mkdir(parents=True, exist_ok=True)
    (home / "__init__.py").write_text("")
    for part in ("client", "server"):
        (home / f"{part}.py").write_text(
            f"from edgewise.federation.flower import {part}\n\napp = {part}.app\n"
        )
    components = {"serverapp": f"{APP}.server:app", "clientapp": f"{APP}.client:app"}
    app = {"publisher": "edgewise", "components": components, "config": config}
    project: dict[str, Any] = {"name": "federation", "version": "1.0.0", "dependencies": []}
    project["license"] = "Apache-2.0"
    told = {"project": project, "tool": {"flwr": {"app": app}}}
    (folder / "pyproject.toml").write_text(tomli_w.dumps(told))


def asked_of_flower(started: Processes, *words: str) -> dict[str, Any]:
    """An answer of Flower's command line; `UserError` if it is a refusal."""
    command = [flower("flwr"), *words, "--format", "json"]
    done = subprocess.run(
        command, env=started.environment, capture_output=True, text=True, check=False
    )
    answer: dict[str, Any] = {}
    with suppress(ValueError):
        answer = json.loads(done.stdout)
    if not answer.get("success"):
        said = answer.get("error-message") or done.stderr or done.stdout
        raise UserError(f"flwr {words[0]}: {' '.join(said.split())}")
    return answer
