"""Workers are started without the script that asked for them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def main_unread(sent: Any) -> Iterator[None]:
    """A process that is spawned here does not run the caller's script again, which would ask for
    the same and spawn others; but where what is `sent` to it is defined there."""
    main = sys.modules["__main__"]
    if getattr(sent, "__module__", "") == main.__name__:
        yield
        return
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
