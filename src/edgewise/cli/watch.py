"""`edgewise watch DIR`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from edgewise.cli import options


def watch_(
    folder: Path,
    /,
    *,
    port: Annotated[int, Parameter(converter=options.whole, help="On 127.0.0.1; 0: any.")] = 8765,
) -> None:
    """The page of a results folder while runs go on: it follows what is finished, and the reader
    stays where they are. Ctrl-C ends it."""
    from edgewise import scenarios
    from edgewise.report.watch import LOOPBACK, server

    with server(folder, scenarios.get, port) as serving:
        print(f"http://{LOOPBACK}:{serving.server_address[1]}/", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print("edgewise: no longer watched", file=sys.stderr)
