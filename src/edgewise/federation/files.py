"""The files of a run's folder."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FIRST, LAST, REPORT, TOOK_PART = "first.npz", "last.npz", "rounds.json", "took_part.npz"
"""The model that all begin with, the model at the end, what became of each round, and who took
part."""


def save_model(path: Path, model: list[np.ndarray]) -> None:
    """The arrays in their order."""
    np.savez(path, *model)


def load_model(path: Path) -> list[np.ndarray]:
    """What `save_model` kept."""
    with np.load(path) as kept:
        return [kept[name] for name in kept.files]


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all: somebody waits for it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    os.replace(part, path)
