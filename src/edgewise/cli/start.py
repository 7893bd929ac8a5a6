"""Where the command begins: Ctrl-C is heard before anything that takes long is imported.

Python's own answer, an exception wherever the program happens to be, is swallowed or crashes where
it falls into the import of a library. Files are written whole or not at all, so the command may
end at once; only while jobs run is there more to do (`runs.interrupts`).
"""

import os
import shlex
import signal
import sys
from collections.abc import Sequence
from types import FrameType

BAD_INPUT, INTERRUPTED = 2, 130
EXTRAS = {"agent": "mqtt", "emulate": "lab,mqtt", "export": "export"}
EXTRAS |= {"federate": "federate", "serve": "serve", "tune": "tune"}
"""Of commands that need more than `lab`."""
EXTRA_OF = {"dask": "dask", "distributed": "dask", "ray": "ray", "submitit": "slurm"}
EXTRA_OF |= {"mlflow": "mlflow", "tensorboardX": "tensorboard", "pandas": "results"}
EXTRA_OF |= {"gymnasium": "envs", "pettingzoo": "envs"}
"""Of libraries that an option needs."""


def run() -> None:
    """Run the command line and exit."""
    signal.signal(signal.SIGINT, _end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # What a terminal cannot show must not lose the rest.
            stream.reconfigure(errors="replace")
    try:
        from edgewise.cli import main
    except ModuleNotFoundError as error:
        print(f"edgewise: {missing(error, sys.argv[1:])}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    main.run()


def missing(error: ModuleNotFoundError, tokens: Sequence[str]) -> str:
    """What the user is told where a library of the command is not there."""
    command = next((token for token in tokens if not token.startswith("-")), "")
    extra = EXTRA_OF.get(error.name or "") or EXTRAS.get(command, "lab")
    return f"{error.name} is not installed here: pip install 'edgewise[{extra}]'"


def _end(number: int, frame: FrameType | None) -> None:
    again = shlex.join(["edgewise", *sys.argv[1:]])
    os.write(2, f"edgewise: stopped\nto go on: {again}\n".encode(errors="replace"))
    os._exit(INTERRUPTED)
