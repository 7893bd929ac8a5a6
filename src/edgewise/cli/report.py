"""`edgewise report DIR`."""

from pathlib import Path


def report_(folder: Path, /) -> None:
    """The page of a results folder, from what has been run. Nothing is trained."""
    from edgewise import scenarios
    from edgewise.core.errors import UserError
    from edgewise.report.build import write_report

    if not folder.exists():
        raise UserError(f"{folder} does not exist: give a results folder")
    print(write_report(folder, scenarios.get))
