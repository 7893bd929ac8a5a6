"""What a network needs of the machine's memory, estimated before it is taken."""

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.memory import free_bytes, gigabytes
from edgewise.scenarios.network.file.places import num_devices, sites_of
from edgewise.scenarios.network.file.tables import NetworkFile

NUMBER = 4
"""Bytes of a number in single precision."""
COPIES = 8
"""Of what is held for every device, so many are there at once: a slot, the next one, and what the
program between them computes."""
PER_DEVICE = 60
"""Numbers held for every device beside its links."""
PER_SITE = 600
"""Numbers held for every site beside its channels: the lists of the nearest."""


def refuse_what_does_not_fit(file: NetworkFile) -> None:
    """`UserError` if the environment would need more memory than is free, with the number of
    devices that would fit."""
    devices, free = num_devices(file), free_bytes()
    fixed, each = _fixed_bytes(file), _bytes_per_device(file)
    needed = fixed + devices * each
    if needed > free:
        fit = int(max(free - fixed, 0) // each)
        remedy = f"at most devices.count = {fit} fits" if fit else "take fewer sites or channels"
        raise UserError(
            f"{file.network.name}: {devices} devices need about {gigabytes(needed)}, and "
            f"{gigabytes(free)} are free: {remedy}"
        )


def _bytes_per_device(file: NetworkFile) -> int:
    choices = max(radio.choices for radio in file.radio)
    links = _candidates(file) * len(file.radio) * choices
    return NUMBER * COPIES * (links + PER_DEVICE)


def _fixed_bytes(file: NetworkFile) -> int:
    choices = max(radio.choices for radio in file.radio)
    sites = len(sites_of(file.network.sites, file.site).names)
    return NUMBER * sites * (PER_SITE + COPIES * len(file.radio) * choices)


def _candidates(file: NetworkFile) -> int:
    sites = len(sites_of(file.network.sites, file.site).names)
    return min(file.network.candidate_sites, sites)
