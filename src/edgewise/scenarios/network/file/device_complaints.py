"""What applications and devices can get wrong together, and what is wrong in their files."""

from collections.abc import Iterator

from edgewise.core.errors import UserError
from edgewise.scenarios.network.applications import device_counts
from edgewise.scenarios.network.file.complaints import Complaint
from edgewise.scenarios.network.file.paths import paths_of
from edgewise.scenarios.network.file.places import Places, num_devices, points_of
from edgewise.scenarios.network.file.requests import requests_of
from edgewise.scenarios.network.file.tables import Application, Devices, NetworkFile

SHARES = 1e-6
"""So far from 1 may a sum of shares be, by rounding."""
DRAWN = ("arrival_probability", "bits", "cycles_per_bit")
"""The keys of tasks that are drawn."""


def application_complaints(file: NetworkFile) -> Iterator[Complaint]:
    """Shares, ends of ranges, and where tasks come from."""
    total = sum(application.share for application in file.application)
    if file.application and abs(total - 1.0) > SHARES:
        yield Complaint(
            ("application", len(file.application) - 1, "share"),
            f"the shares of all [[application]] sum to {total:.7g}: make them sum to 1",
        )
    for i, application in enumerate(file.application):
        yield from _source(("application", i), application)
        for key in ("bits", "cycles_per_bit"):
            yield from _ends(("application", i, key), getattr(application, key))


def _source(way: tuple[str, int], application: Application) -> Iterator[Complaint]:
    """Drawn or recorded, and not both."""
    name = f"[[application]] '{application.name}'"
    drawn = [key for key in DRAWN if getattr(application, key) is not None]
    ways = [key for key in ("columns", "language_model") if getattr(application, key) is not None]
    if application.arrivals is None:
        for key in ways:
            yield Complaint(
                (*way, key), f'{name} has {key} and no trace: name it, arrivals = "trace.csv"'
            )
        for key in DRAWN:
            if key not in drawn and not ways:
                yield Complaint(
                    way, f'{name} lacks {key}: add it, or arrivals = "trace.csv" and its columns'
                )
        return
    for key in drawn:
        yield Complaint((*way, key), f"{name} has {key} and a trace: leave out one of them")
    if len(ways) != 1:
        yield Complaint(
            (*way, "arrivals"),
            f"{name} has a trace and {len(ways)} readings of it: give either "
            "[application.columns] or [application.language_model]",
        )


def trace_complaints(file: NetworkFile) -> Iterator[Complaint]:
    """What is wrong in traces, and a trace that no device is there for."""
    if not file.application or any(_unread(application) for application in file.application):
        return
    counts = device_counts([a.share for a in file.application], num_devices(file))
    for i, application in enumerate(file.application):
        if application.arrivals is None:
            continue
        way = ("application", i, "arrivals")
        try:
            requests_of(application)
        except UserError as error:
            yield Complaint(way, str(error))
        if counts[i] < 1:
            yield Complaint(
                ("application", i, "share"),
                f"[[application]] '{application.name}' has a trace, and none of the "
                f"{num_devices(file)} devices: raise its share or count in [devices]",
            )


def _unread(application: Application) -> bool:
    """Whether it has been complained of already."""
    return any(True for _ in _source(("application", 0), application))


def device_complaints(file: NetworkFile, sites: Places) -> Iterator[Complaint]:
    """Where devices are, and how they move."""
    devices = file.devices
    for key in ("cpu_hz", "speed_mps"):
        yield from _ends(("devices", key), getattr(devices, key))
    yield from _one_place(devices)
    if devices.path is None and devices.file is None:
        yield from _placement(devices)
    if devices.file is not None:
        yield from _users(devices, sites)
    if devices.path is not None:
        try:
            paths_of(devices.path, sites.centre)
        except UserError as error:
            yield Complaint(("devices", "path"), str(error))


def _one_place(devices: Devices) -> Iterator[Complaint]:
    """Positions have one source."""
    for key, others in (
        ("path", ("file", "placed", "mobility")),
        ("file", ("placed",)),
    ):
        for other in others:
            if getattr(devices, key) is not None and getattr(devices, other) is not None:
                yield Complaint(
                    ("devices", other), f"[devices] has {key} and {other}: leave out one of them"
                )


def _placement(devices: Devices) -> Iterator[Complaint]:
    if devices.placed == "area" and devices.area_m is None:
        yield Complaint(
            ("devices", "placed"), "[devices] lacks area_m: add it, a list [x0, y0, x1, y1]"
        )
    if devices.placed == "area" and devices.area_m is not None:
        x0, y0, x1, y1 = devices.area_m
        if x0 > x1 or y0 > y1:
            yield Complaint(
                ("devices", "area_m"),
                f"[devices]: area_m = {list(devices.area_m)} is no area: "
                "give [x0, y0, x1, y1] with x0 <= x1 and y0 <= y1",
            )
    if devices.placed in (None, "around-sites") and devices.radius_m is None:
        yield Complaint(
            ("devices",),
            "[devices] lacks radius_m: add it, a number in metres (or place devices otherwise: "
            'placed = "area" with area_m, file or path)',
        )
    yield from _counted(devices)


def _counted(devices: Devices) -> Iterator[Complaint]:
    if devices.count is None:
        yield Complaint(("devices",), "[devices] lacks count: add it, a whole number above 0")


def _users(devices: Devices, sites: Places) -> Iterator[Complaint]:
    assert devices.file is not None
    try:
        rows = len(points_of(devices.file, sites.centre))
    except UserError as error:
        yield Complaint(("devices", "file"), str(error))
        return
    if devices.count is not None and devices.count > rows:
        yield Complaint(
            ("devices", "count"),
            f"[devices]: count = {devices.count} is more than the {rows} positions of "
            f"{devices.file.path}: give at most {rows}",
        )


def _ends(way: tuple[str | int, ...], ends: tuple[float, float] | None) -> Iterator[Complaint]:
    if ends is not None and ends[0] > ends[1]:
        yield Complaint(
            way,
            f"{way[-1]} = [{ends[0]:g}, {ends[1]:g}]: the lower end is the larger one: swap them",
        )
