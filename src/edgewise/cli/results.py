"""`edgewise results FOLDER`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def results_(
    folder: Path,
    /,
    *,
    to: Annotated[
        Path | None, Parameter(help="A file, .csv or .parquet [CSV on standard output].")
    ] = None,
) -> None:
    """Every finished run as a table: a line for each metric, with parameters and settings.

    FOLDER is a results folder, or holds some.
    """
    from edgewise.study import tidy

    table = tidy.results(folder)
    if to is None:
        sys.stdout.write(tidy.FORMATS[".csv"](table).decode())
        return
    tidy.write(table, to)
    runs = table["run"].nunique() if len(table) else 0
    print(f"{to}: {runs} runs, {len(table)} lines", file=sys.stderr)
