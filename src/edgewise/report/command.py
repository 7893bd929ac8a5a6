"""The command line that makes a comparison again."""

import shlex

from edgewise.study.compare import Comparison
from edgewise.study.text import typed_value

GIVEN_BY_SITES = "user_distances_m"


def command(comparison: Comparison) -> str:
    """The same runs, to the last digit of every value; real sites are read from their files."""
    given = dict(comparison.typed or comparison.parameters)
    parts = ["edgewise", "compare", given.pop("file", comparison.scenario)]
    parts += ["--schemes", ",".join(comparison.schemes), "--seeds", str(comparison.seeds)]
    parts += [] if comparison.slots is None else ["--slots", str(comparison.slots)]
    if "preset" in given:
        parts += ["--preset", given.pop("preset")]
    if comparison.sites is not None:
        given.pop(GIVEN_BY_SITES, None)
        parts += ["--sites", comparison.sites["file"], "--users", comparison.sites["users_file"]]
    for option, values in (("--set", given), ("--learn", comparison.settings)):
        for name, value in values.items():
            parts += [option, f"{name}={typed_value(value)}"]
    return shlex.join(parts)
