"""Learners that belong to no paper: under the field's names, on every scenario that they fit.

A factory looks at the scenario and makes the scheme, or says in a `UserError` why it cannot: that
the actions are no choice among so many, say. What turns with the parameters is said by the scheme's
`too_large`. A prefix makes a scheme of another: `federated-mappo` is what
`PREFIXES["federated"]` makes of `mappo`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from edgewise.runs.scheme import Scheme

if TYPE_CHECKING:
    from edgewise.runs.scenario import Scenario

Factory = Callable[["Scenario"], Scheme]
"""scenario → scheme; `UserError` with the reason where its action space does not fit."""
Prefix = Callable[["Scenario", Scheme], Scheme]
"""(scenario, scheme) → the scheme made of it; `UserError` with the reason where it cannot be."""

LEARNERS: dict[str, Factory] = {}
"""By name. A new learner is a line here."""
PREFIXES: dict[str, Prefix] = {}
"""By what stands before the hyphen."""


def general(scenario: "Scenario", name: str) -> Scheme | None:
    """The scheme of this name on the scenario; None where no learner is called so. `UserError`
    where it is and does not fit."""
    if name in LEARNERS:
        made = LEARNERS[name](scenario)
        return replace(made, name=name, brought=made.brought or made.learner or made.program)
    prefix, _, rest = name.partition("-")
    inner = general(scenario, rest) if prefix in PREFIXES else None
    if inner is None:
        return None
    return replace(PREFIXES[prefix](scenario, inner), name=name, brought=inner.brought)
