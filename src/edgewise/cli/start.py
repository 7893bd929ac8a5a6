"""Where the command begins: Ctrl-C is heard before anything that takes long is imported.

Python's own answer, an exception wherever the program happens to be, is swallowed or crashes where
it falls into the import of a library. Files are written whole or not at all, so the command may
end at once; only while jobs run is there more to do (`runs.interrupts`).
"""

import os
import shlex
import signal
import sys
from types import FrameType

INTERRUPTED = 130


def run() -> None:
    """Run the command line and exit."""
    signal.signal(signal.SIGINT, _end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # What a terminal cannot show must not lose the rest.
            stream.reconfigure(errors="replace")
    from edgewise.cli import main

    main.run()


def _end(number: int, frame: FrameType | None) -> None:
    again = shlex.join(["edgewise", *sys.argv[1:]])
    os.write(2, f"edgewise: stopped\nto go on: {again}\n".encode(errors="replace"))
    os._exit(INTERRUPTED)
