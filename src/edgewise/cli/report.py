"""`edgewise report DIR`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from edgewise.core.errors import UserError


def report_(
    folder: Path,
    /,
    *,
    out: Annotated[
        Path | None,
        Parameter(help="Everything on one page, written there; the folder is only read."),
    ] = None,
    figures: Annotated[
        Literal["one-column", "two-columns"] | None,
        Parameter(help="Plots as wide as one or two columns of a paper (3.5 and 7.16 inches)."),
    ] = None,
) -> None:
    """The pages of a results folder, from what has been run; prints the one that links them.

    Nothing is trained.
    """
    from edgewise import scenarios
    from edgewise.report.build import write_all, write_one_page
    from edgewise.runs.files import READ_ONLY
    from edgewise.runs.store import Store
    from edgewise.study.drawing import fitted

    if not folder.exists():
        raise UserError(f"{folder} does not exist: give a results folder")
    store = Store(folder)
    if out is not None:
        print(write_one_page(store, scenarios.get, out))
        return
    try:
        with fitted(figures):
            print(write_all(store, scenarios.get))
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        raise UserError(
            f"{folder} can only be read ({error.strerror}): "
            f"edgewise report {folder} --out PAGE.html"
        ) from None
