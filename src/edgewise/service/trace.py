"""To which trace a request belongs: the caller's, as W3C Trace Context has it, or a new one."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True)
class Trace:
    """`parent_id` is the caller's span, '' where there is none; all in lower hexadecimal."""

    trace_id: str
    parent_id: str
    span_id: str
    flags: str

    @property
    def traceresponse(self) -> str:
        """What the caller is told."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def trace_of(traceparents: Sequence[str]) -> Trace:
    """The trace of a request with these `traceparent` headers: a new one unless there is exactly
    one and it is valid."""
    span_id = secrets.token_hex(8)
    if len(traceparents) == 1 and (found := TRACEPARENT.fullmatch(traceparents[0].strip())):
        version, trace_id, parent_id, flags, more = found.groups()
        # Later versions may have more parts; zeros are no identity.
        if int(trace_id, 16) and int(parent_id, 16) and not (version == "00" and more):
            return Trace(trace_id, parent_id, span_id, flags)
    return Trace(secrets.token_hex(16), "", span_id, "00")
