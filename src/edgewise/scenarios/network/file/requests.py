"""A trace as it is on disk, and the requests that it holds."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.language_model import batches, sizes
from edgewise.scenarios.network.file.sheets import Sheet, between, finite
from edgewise.scenarios.network.file.tables import (
    MOST,
    Application,
    Columns,
    FileReference,
    LanguageModel,
)
from edgewise.scenarios.network.trace import Requests


def requests_of(application: Application) -> Requests:
    """The requests in the file `arrivals`, in the order of their times. `UserError` if a column
    is not there, a cell cannot be read, or a request cannot be a task."""
    reference, columns = application.arrivals, application.columns
    assert reference is not None
    if application.language_model is not None:
        return _of_tokens(reference, application.language_model)
    assert columns is not None
    return _of_columns(reference, columns)


def _of_columns(reference: FileReference, columns: Columns) -> Requests:
    """Bits and cycles as sums of columns, each times its factor."""
    sheet = _read(reference, columns.timestamp, tuple({**columns.bits, **columns.cycles}))
    bits = sum(factor * sheet[name] for name, factor in columns.bits.items())
    cycles = sum(factor * sheet[name] for name, factor in columns.cycles.items())
    time_s = sheet[columns.timestamp]
    return _checked(reference, time_s, bits + 0 * time_s, cycles + 0 * time_s, 0 * time_s)


def _of_tokens(reference: FileReference, model: LanguageModel) -> Requests:
    sheet = _read(reference, model.timestamp, (model.prompt_tokens, model.output_tokens))
    prompt, output = sheet[model.prompt_tokens], sheet[model.output_tokens]
    large = batches(model, prompt, output) < 1
    if np.any(large):
        i = int(np.argmax(large))
        needed = model.memory_bytes_per_token * (prompt[i] + output[i])
        raise _request_error(
            reference,
            i,
            f"its {prompt[i]:g} + {output[i]:g} tokens need {needed:.3g} bytes of the server's "
            f"memory_bytes = {model.memory_bytes:.3g}: give it that much, or leave the request out",
        )
    return _checked(reference, sheet[model.timestamp], *sizes(model, prompt, output))


def _checked(reference: FileReference, time_s: np.ndarray, *parts: np.ndarray) -> Requests:
    """In the order of time, from the first request on."""
    empty = parts[0] <= 0
    if np.any(empty):
        raise _request_error(
            reference, int(np.argmax(empty)), "0 bits, which is no task: leave it out"
        )
    order = np.argsort(time_s, kind="stable")
    return Requests(time_s[order] - time_s[order[0]], *(part[order] for part in parts))


def _request_error(reference: FileReference, index: int, text: str) -> UserError:
    return UserError(f"{reference.path}, request {index + 1}: {text}")


@lru_cache(maxsize=8)
def _read(
    reference: FileReference, timestamp: str, sizes: tuple[str, ...]
) -> dict[str, np.ndarray]:
    numbers = dict.fromkeys(sizes, between(0.0, MOST))
    return Sheet(Path(reference.path)).numbers({**numbers, timestamp: seconds})


def seconds(text: str) -> float:
    """A time in seconds: a number of them, or a date and time as in ISO 8601, UTC where it names
    no zone.

    >>> seconds("1970-01-01 00:01:00.5000000"), seconds("60.5")
    (60.5, 60.5)
    """
    try:
        return finite(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
