"""What must hold between the keys of a network file, and what its other files must hold."""

from collections import Counter
from collections.abc import Iterator

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.complaints import Complaint
from edgewise.scenarios.network.file.device_complaints import (
    application_complaints,
    device_complaints,
    trace_complaints,
)
from edgewise.scenarios.network.file.places import sites_of
from edgewise.scenarios.network.file.site_complaints import (
    radio_complaints,
    server_complaints,
    site_complaints,
    wire_complaints,
)
from edgewise.scenarios.network.file.tables import NetworkFile


def consistency_complaints(file: NetworkFile) -> list[Complaint]:
    """Everything that keys which are right by themselves can get wrong together; what is in other
    files only where the keys are right."""
    found = [*_duplicates(file), *_empty(file), *application_complaints(file)]
    of_sites = list(site_complaints(file))
    found += of_sites
    if of_sites:
        return found
    try:
        sites = sites_of(file.network.sites, file.site)
    except UserError as error:
        return [*found, Complaint(("network", "sites"), str(error))]
    for check in (server_complaints, radio_complaints, wire_complaints, device_complaints):
        found += check(file, sites)
    return found or list(trace_complaints(file))


def _duplicates(file: NetworkFile) -> Iterator[Complaint]:
    for kind in ("site", "radio", "server", "application"):
        counted = Counter(element.name for element in getattr(file, kind))
        seen = set()
        for i, element in enumerate(getattr(file, kind)):
            if counted[element.name] > 1 and element.name in seen:
                yield Complaint(
                    (kind, i, "name"),
                    f"a second [[{kind}]] is called '{element.name}': give each a name of its own",
                )
            seen.add(element.name)


def _empty(file: NetworkFile) -> Iterator[Complaint]:
    for kind in ("radio", "server", "application"):
        if not getattr(file, kind):
            yield Complaint((kind,), f"there is no [[{kind}]]: give at least one")
