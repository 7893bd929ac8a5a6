"""Sparkplug B topics of edge nodes: `spBv1.0/<group>/<kind>/<node>`."""

from typing import NamedTuple

from edgewise.core.errors import UserError

NAMESPACE = "spBv1.0"
BIRTH, DATA, DEATH, COMMAND = "NBIRTH", "NDATA", "NDEATH", "NCMD"
REBIRTH, REBOOT = "Node Control/Rebirth", "Node Control/Reboot"
BIRTH_DEATH = "bdSeq"
"""The metric by which a death is known to be that of a birth."""


class Topic(NamedTuple):
    """Whose message it is, and of which kind."""

    group: str
    kind: str
    node: str

    def __str__(self) -> str:
        return "/".join((NAMESPACE, *self))

    @classmethod
    def of(cls, text: str) -> "Topic | None":
        """None if it is no edge node's."""
        namespace, *parts = text.split("/")
        return cls(*parts) if namespace == NAMESPACE and len(parts) == 3 else None


def node_name(number: int) -> str:
    """How agent `number` is called in its group."""
    return f"agent-{number}"


def checked_group(name: str) -> str:
    """A group's name; `UserError` if it cannot be a part of a topic."""
    if not name or set(name) & set("/+#"):
        raise UserError(f"{name!r} is no group: it must not be empty, nor contain /, + or #")
    return name
