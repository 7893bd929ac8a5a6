"""Commented network files to begin with."""

from pathlib import Path

from edgewise.core.errors import UserError, unknown_name

FOLDER = Path(__file__).parents[1] / "templates"
FIRST = "three-cells"
"""The one that is meant where none is named."""


def template_names() -> tuple[str, ...]:
    """The names of the templates, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def template(name: str) -> str:
    """The text of a template; `UserError` with the nearest name if there is none."""
    if name not in template_names():
        raise unknown_name("template", name, template_names())
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def write_new(path: Path, name: str) -> None:
    """Write a template where there is no file yet; `UserError` if it cannot be written."""
    text = template(name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"{path} exists: give another name, or delete it") from None
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror}): give a file in a folder that exists"
        ) from None
