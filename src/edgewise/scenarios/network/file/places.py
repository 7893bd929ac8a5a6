"""Where sites, users and paths are: metres as given, or degrees projected to metres."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pyproj import Transformer

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.sheets import Row, Sheet, between
from edgewise.scenarios.network.file.tables import MOST, FileReference, NetworkFile, Site

Centre = tuple[float, float] | None
"""Latitude and longitude [degrees] where x = y = 0; None where positions are in metres already."""
NAMES = ("name", "site_id", "id")
"""Columns that can name a site, the best first."""
DEGREES = {"latitude": between(-90, 90), "longitude": between(-180, 180)}
METRES = {"x_m": between(-MOST, MOST), "y_m": between(-MOST, MOST)}


class Places(NamedTuple):
    """Named points on the plane. `aliases` are other names that they go by."""

    names: tuple[str, ...]
    aliases: dict[str, int]
    xy_m: np.ndarray
    centre: Centre

    def number(self, name: str) -> int | None:
        """Which place is called `name`."""
        return self.aliases.get(name)


@lru_cache(maxsize=16)
def sites_of(reference: FileReference | None, tables: tuple[Site, ...]) -> Places:
    """The sites: those of the CSV file, or else of the tables. `UserError` if a file's cannot be
    used; of tables, `consistency` has made sure."""
    if reference is not None:
        return _from_sheet(Path(reference.path))
    names = tuple(site.name for site in tables)
    degrees = [(site.latitude, site.longitude) for site in tables]
    metres = [(site.x_m, site.y_m) for site in tables]
    in_degrees = tables[0].latitude is not None
    points = np.array(degrees if in_degrees else metres, dtype=float)
    return _places(names, {name: i for i, name in enumerate(names)}, points, in_degrees)


@lru_cache(maxsize=16)
def points_of(reference: FileReference, centre: Centre) -> np.ndarray:
    """The positions [m] in a CSV file, `[rows, 2]`, on the plane of sites with this centre;
    `UserError` if they are in degrees and the sites in metres, or the other way round."""
    sheet = Sheet(Path(reference.path))
    points, in_degrees = _coordinates(sheet)
    if in_degrees != (centre is not None):
        here, there = ("degrees", "metres") if in_degrees else ("metres", "degrees")
        raise sheet.complaint(
            1, f"its positions are in {here}, the sites' in {there}: give both in the same unit"
        )
    return projected(points, centre) if centre is not None else points


def num_devices(file: NetworkFile) -> int:
    """The `count` of the file, or as many as there are positions of users."""
    devices = file.devices
    if devices.count is not None or devices.file is None:
        return devices.count or 0
    return len(points_of(devices.file, sites_of(file.network.sites, file.site).centre))


def projected(degrees: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """East and north of the centre [m]: azimuthal equidistant, off by less than 10 ppm within
    50 km of it; the 180th meridian is like any other."""
    latitude, longitude = centre
    local = f"+proj=aeqd +lat_0={latitude!r} +lon_0={longitude!r} +datum=WGS84 +units=m"
    project = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    return np.column_stack(project.transform(degrees[:, 1], degrees[:, 0]))


def middle(degrees: np.ndarray) -> tuple[float, float]:
    """The middle of points on the globe: of their unit vectors, so that 179 and -179 degrees east
    have theirs at 180.

    >>> [round(degree) for degree in middle(np.array([[0.0, 179.0], [0.0, -179.0]]))]
    [0, 180]
    """
    latitude, longitude = np.radians(degrees).T
    east = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    x, y, z = (float(np.mean(part)) for part in (*east, np.sin(latitude)))
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))


def _from_sheet(path: Path) -> Places:
    sheet = Sheet(path)
    points, in_degrees = _coordinates(sheet)
    columns = [column for column in NAMES if sheet.has(column)]
    rows = list(sheet.rows())
    named = [[row.cells.get(column, "") for row in rows] for column in columns]
    if not named:
        named = [[f"site {i + 1}" for i in range(len(rows))]]
    # The first column that tells the sites apart names them; the others are aliases.
    names = next((column for column in named if _differ(column)), None)
    if names is None:
        line, name = _repeated(rows, named[0])
        raise sheet.complaint(
            line, f"a second site is called '{name}': give each a name of its own"
        )
    aliases = {name: i for column in named for i, name in enumerate(column) if name}
    aliases |= {name: i for i, name in enumerate(names)}
    return _places(tuple(names), aliases, points, in_degrees)


def _differ(names: list[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


def _repeated(rows: list[Row], names: list[str]) -> tuple[int, str]:
    """The first line whose name is missing, or was there before."""
    seen = {""}
    for row, name in zip(rows, names, strict=True):
        if name in seen:
            return row.line, name
        seen.add(name)
    raise AssertionError("all names differ")


def _places(
    names: tuple[str, ...], aliases: dict[str, int], points: np.ndarray, in_degrees: bool
) -> Places:
    if not in_degrees:
        return Places(names, aliases, points, None)
    centre = middle(points)
    return Places(names, aliases, projected(points, centre), centre)


def _coordinates(sheet: Sheet) -> tuple[np.ndarray, bool]:
    """The positions of a sheet, and whether they are latitude and longitude."""
    for columns, in_degrees in ((METRES, False), (DEGREES, True)):
        if sheet.has(*columns):
            return np.column_stack(list(sheet.numbers(columns).values())), in_degrees
    raise UserError(
        f"{sheet.path}, line 1: no positions among the columns {', '.join(sheet.columns)}: "
        "name two of them x_m and y_m, or latitude and longitude"
    )
