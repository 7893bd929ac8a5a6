"""A scheme's name that is a file of another framework's: sb3:model.zip."""

import os
import re
from pathlib import Path

from edgewise.baselines.stable_baselines import StableBaselines
from edgewise.runs.scheme import Scheme

MODEL = re.compile(r"sb3:(?P<file>.+)")


def is_model(name: str) -> bool:
    """Whether a scheme's name is that of a model's file.

    >>> is_model("sb3:model.zip"), is_model("mine.py:Mine")
    (True, False)
    """
    return MODEL.fullmatch(name) is not None


def model_file(name: str) -> Path:
    """The file that it names, written in one way.

    >>> model_file("sb3:./a/../model.zip").as_posix()
    'model.zip'
    """
    found = MODEL.fullmatch(name)
    assert found is not None
    return Path(os.path.normpath(os.path.expanduser(found["file"])))


def model_scheme(name: str) -> Scheme:
    """The scheme that decides by the model; `UserError` where its file cannot be used. What it was
    trained with is not known here: it is compared as it is."""
    path = model_file(name)
    scheduler = StableBaselines.of(path)
    return Scheme(
        name=f"sb3:{path.as_posix()}",
        title=f"Stable-Baselines3's {scheduler.algorithm}",
        knowledge="shared",
        source=str(path),
        scheduler=scheduler,
        too_large=scheduler.misfit,
        brought=scheduler,
    )
