"""`edgewise serve DIR`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.cli.options import counted
from edgewise.core.errors import UserError

LAST_PORT = 65535


def serve_(
    folder: Path,
    /,
    *,
    host: Annotated[str, Parameter(help="Another than this machine needs a token.")] = "127.0.0.1",
    port: Annotated[int, counted("0 for a free one.")] = 8080,
    token_file: Annotated[
        Path | None, Parameter(help="Only who sends what it holds is answered.")
    ] = None,
    seed: Annotated[int, counted("Of policies that draw.")] = 0,
    max_body_bytes: Annotated[int, counted("Of a request.")] = 1 << 20,
    max_batch: Annotated[int, counted("Rows of one inference.")] = 256,
    max_concurrent: Annotated[int, counted("Requests that are answered at once.")] = 64,
    max_seconds: Annotated[float, Parameter(help="That a request may take.")] = 5.0,
) -> None:
    """Decisions of an exported folder over HTTP, until SIGTERM; SIGHUP reads the folder again."""
    from edgewise.service.access import token_in
    from edgewise.service.limits import Limits
    from edgewise.service.run import serve

    options.at_least_one(
        **{
            "max-body-bytes": max_body_bytes,
            "max-batch": max_batch,
            "max-concurrent": max_concurrent,
        }
    )
    if not 0 <= port <= LAST_PORT:
        raise UserError(f"--port {port} is out of range: allowed [0, {LAST_PORT}]")
    options.above_zero(max_seconds=max_seconds)
    limits = Limits(max_body_bytes, max_batch, max_concurrent, max_seconds)
    token = None if token_file is None else token_in(token_file)
    serve(folder, host, port, token, limits, seed)
