"""`edgewise new FILE`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def new_(
    file: Path,
    /,
    *,
    from_: Annotated[
        str,
        Parameter(
            name="--from",
            help="example, three-cells, iot-gateway or city; or one of the standard networks that "
            "schemes are compared on: small, overloaded, many-cells.",
        ),
    ] = "three-cells",
) -> None:
    """A network file with comments, that runs as it is."""
    from edgewise.scenarios.network.file.templates import write_new

    write_new(file, from_)
    print(f"{file} is a network: edgewise check {file}, edgewise compare {file}", file=sys.stderr)
