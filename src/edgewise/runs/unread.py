"""Workers are started without the script that asked for them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def main_unread() -> Iterator[None]:
    """A process that is spawned here does not run the caller's script again, which would ask for
    the same and spawn others: nothing that is sent to workers is defined there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
