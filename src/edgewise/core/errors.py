"""What a user may be told: one line that says what was wrong, what is allowed and what to do."""

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """Input that cannot be used. Its text is one line, fit to be shown without a traceback.

    >>> import edgewise
    >>> try:
    ...     edgewise.make("small-cell")
    ... except edgewise.UserError as error:
    ...     print(str(error)[:60])
    unknown scenario 'small-cell': did you mean 'small-cells'? V
    """


def unknown_name(kind: str, name: str, valid: Iterable[str]) -> UserError:
    """The error for a name that does not exist, with the nearest that does.

    >>> str(unknown_name("scheme", "dtomalp", ["dtomalb", "local"]))
    "unknown scheme 'dtomalp': did you mean 'dtomalb'? Valid: dtomalb, local."
    """
    names = sorted(valid)
    nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f" did you mean '{nearest[0]}'?" if nearest else ""
    return UserError(f"unknown {kind} '{name}':{hint} Valid: {', '.join(names)}.")
