"""Real base-station sites and users, as a layout of one cell."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Geod, Transformer
from scipy.spatial import cKDTree

from edgewise.core.errors import UserError

RADIUS_M = 500.0
"""A user belongs to a site within this distance."""
MOST_BYTES = 50_000_000
FLOOR_M = 10.0
"""The least distance: nearer, the path-loss law is not defined (the antenna is on a mast)."""


@dataclass(frozen=True)
class Place:
    """A point on the ground, degrees WGS 84, and what it is called."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class RealLayout:
    """The site with most users near it is the base station and holds server 1; its nearest sites
    hold the others. Distances are from the base station [m]."""

    servers: tuple[str, ...]
    server_distances_m: tuple[float, ...]
    user_distances_m: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """What the report tells of it."""
        return {
            "servers": list(self.servers),
            "server_distances_m": list(self.server_distances_m),
            "users": len(self.user_distances_m),
            "radius_m": RADIUS_M,
        }


def real_layout(sites: Path, users: Path, num_servers: int, num_users: int) -> RealLayout:
    """The layout that two CSV files give, with columns latitude and longitude (any case);
    `UserError`, one line, if they cannot."""
    places, people = distinct(read_places(sites)), read_places(users)
    if len(places) < num_servers:
        raise UserError(
            f"{sites}: {len(places)} sites for {num_servers} servers: give more sites, "
            "or fewer servers with --set server_cpu_hz=[...]"
        )
    base = places[_busiest(places, people)]
    servers = sorted(places, key=lambda place: (place is not base, _distance_m(base, place)))
    near_m = [d for d in (_distance_m(base, person) for person in people) if d <= RADIUS_M]
    if len(near_m) < num_users:
        raise UserError(
            f"{users}: {len(near_m)} users within {RADIUS_M:.0f} m of the busiest site, "
            f"{base.name}, fewer than num_users = {num_users}: give more users, or "
            f"--set num_users={max(len(near_m), 1)}"
        )
    chosen = servers[:num_servers]
    return RealLayout(
        servers=tuple(place.name for place in chosen),
        server_distances_m=tuple(round(_distance_m(base, place), 2) for place in chosen),
        user_distances_m=tuple(round(max(d, FLOOR_M), 2) for d in near_m),
    )


def distinct(places: list[Place]) -> list[Place]:
    """Without those that stand exactly where an earlier one does: the same site, listed twice."""
    first = {(place.latitude, place.longitude): place for place in reversed(places)}
    return list(reversed(first.values()))


def read_places(path: Path) -> list[Place]:
    """The places in a CSV file; `UserError` naming file, row and remedy if one cannot be used."""
    _check_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            places = list(_places(path, csv.reader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{path} cannot be read ({reason}): give a CSV file in UTF-8") from None
    if not places:
        raise UserError(f"{path} has no rows below its header: give at least one place")
    return places


def _check_file(path: Path) -> None:
    """`UserError` for what might never end, or is too large for a list of places."""
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no file that can be read to its end: give a CSV file")
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise UserError(
            f"{path} has {path.stat().st_size / 1e6:.0f} MB, of at most {MOST_BYTES / 1e6:.0f}: "
            "give fewer rows"
        )


def _places(path: Path, rows: Any) -> Iterator[Place]:
    header = next(rows, None)
    if not header:
        raise UserError(f"{path} is empty: its first row must name latitude and longitude")
    columns = {name.strip().lower(): i for i, name in enumerate(header)}
    for name in ("latitude", "longitude"):
        if name not in columns:
            raise UserError(
                f"{path}, row 1: no column '{name}' among {', '.join(header)}: "
                f"rename the column of {name}s to '{name}'"
            )
    for row in rows:
        if any(cell.strip() for cell in row):
            yield _place(f"{path}, row {rows.line_num}", columns, row)


def _place(where: str, columns: dict[str, int], row: list[str]) -> Place:
    def cell(name: str) -> str:
        i = columns.get(name, len(row))
        return row[i].strip() if i < len(row) else ""

    latitude = _degrees(where, "latitude", cell("latitude"), 90.0)
    longitude = _degrees(where, "longitude", cell("longitude"), 180.0)
    names = [text for text in (cell("site_id") or cell("id"), cell("name")) if text]
    return Place(" ".join(names) or where.rpartition(", ")[2], latitude, longitude)


def _degrees(where: str, name: str, text: str, limit: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise UserError(
            f"{where}: {name} '{text}' is not a number: give decimal degrees, or delete the row"
        )
    if abs(value) > limit:
        raise UserError(
            f"{where}: {name} {text} is out of range [-{limit:g}, {limit:g}] degrees: "
            "correct it (are latitude and longitude swapped?), or delete the row"
        )
    return value


def _busiest(places: list[Place], people: list[Place]) -> int:
    """The site with most people within the radius; the first of equals."""
    nearby = cKDTree(_earth_centred_m(people)).query_ball_point(
        _earth_centred_m(places), RADIUS_M, return_length=True
    )
    return int(np.argmax(nearby))


def _earth_centred_m(points: list[Place]) -> np.ndarray:
    """On the ellipsoid, `[points, 3]`: distances hold anywhere, also across 180° and at the poles.
    The straight line between points 500 m apart is a ten-millionth of a metre shorter."""
    to_earth_centred = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    longitudes, latitudes = [p.longitude for p in points], [p.latitude for p in points]
    return np.column_stack(to_earth_centred.transform(longitudes, latitudes, np.zeros(len(points))))


def _distance_m(start: Place, end: Place) -> float:
    """Along the ellipsoid."""
    ends = (start.longitude, start.latitude, end.longitude, end.latitude)
    return float(Geod(ellps="WGS84").inv(*ends)[2])
