"""Real sites: distances against spherical trigonometry, and every bad file in one line."""

import math
from pathlib import Path

import pytest

from edgewise.adapters.sites import FLOOR_M, RADIUS_M, read_places, real_layout
from edgewise.core.errors import UserError

SITES = """SITE_ID,LATITUDE,LONGITUDE,NAME
1,-37.80,144.90,lonely
2,-37.82,144.96,busy
3,-37.821,144.961,next
"""
SHARED = Path(__file__).parents[2] / "shared" / "data"


def _haversine_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """On a sphere of the Earth's mean radius."""
    (lat1, lon1), (lat2, lon2) = ([math.radians(x) for x in point] for point in (a, b))
    chord = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6_371_008.8 * math.asin(math.sqrt(chord))


def _files(folder: Path, sites: str, users: str) -> tuple[Path, Path]:
    paths = folder / "sites.csv", folder / "users.csv"
    for path, content in zip(paths, (sites, users), strict=True):
        path.write_text(content)
    return paths


def test_the_busiest_site_is_the_base_station_and_the_nearest_follow(tmp_path: Path) -> None:
    near = [(-37.82, 144.9601), (-37.8218, 144.962), (-37.817, 144.958)]
    far = (-37.84, 144.96)
    rows = "".join(f"{latitude},{longitude}\n" for latitude, longitude in [*near, far])
    layout = real_layout(*_files(tmp_path, SITES, "Latitude,Longitude\n" + rows), 3, 2)
    assert [name.split()[1] for name in layout.servers] == ["busy", "next", "lonely"]
    base = (-37.82, 144.96)
    expected = [max(_haversine_m(base, user), FLOOR_M) for user in near]
    # A sphere is within 0.6% of the ellipsoid.
    assert layout.user_distances_m == pytest.approx(expected, rel=6e-3)
    assert layout.user_distances_m[0] == FLOOR_M
    others = [0.0, _haversine_m(base, (-37.821, 144.961)), _haversine_m(base, (-37.80, 144.90))]
    assert layout.server_distances_m == pytest.approx(others, rel=6e-3)


def test_a_user_belongs_within_the_radius(tmp_path: Path) -> None:
    # A degree of latitude is about 111 km: 499 m and 501 m to the north.
    rows = "".join(f"{-37.82 + metres / 110_997},144.96\n" for metres in (499.0, 501.0))
    layout = real_layout(*_files(tmp_path, SITES, "latitude,longitude\n" + rows), 1, 1)
    assert layout.user_distances_m == pytest.approx((499.0,), abs=0.5)
    assert RADIUS_M == 500.0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "users.csv is empty"),
        ("Latitude,Longitude\n", "users.csv has no rows"),
        ("Lat,Longitude\n1,2\n", "users.csv, row 1: no column 'latitude' among Lat, Longitude"),
        ("Latitude\n1\n", "users.csv, row 1: no column 'longitude'"),
        ("Latitude,Longitude\n-37.8,144.9\n-97.8,144.9\n", "users.csv, row 3: latitude -97.8 is"),
        ("Latitude,Longitude\n-37.8,190\n", "users.csv, row 2: longitude 190 is out of range"),
        ("Latitude,Longitude\n-37.8,east\n", "row 2: longitude 'east' is not a number"),
        ("Latitude,Longitude\n-37.8\n", "row 2: longitude '' is not a number"),
        ("Latitude,Longitude\nnan,144\n", "row 2: latitude 'nan' is not a number"),
        ("Latitude,Longitude\ninf,144\n", "row 2: latitude inf is out of range"),
        ("Latitude,Longitude\n-37.82,144.96\n", "1 users within 500 m of the busiest site"),
        ("Latitude,Longitude\n0,0\n", "0 users within 500 m"),
    ],
)
def test_bad_users_are_one_line_with_file_row_and_remedy(
    tmp_path: Path, content: str, says: str
) -> None:
    with pytest.raises(UserError) as told:
        real_layout(*_files(tmp_path, SITES, content), 3, 2)
    line = str(told.value)
    assert says in line
    assert "\n" not in line
    assert any(word in line for word in ("give", "rename", "correct", "must name"))


def test_too_few_sites_and_unreadable_files(tmp_path: Path) -> None:
    sites, users = _files(tmp_path, SITES, "latitude,longitude\n-37.82,144.96\n")
    with pytest.raises(UserError, match="3 sites for 5 servers: give more sites"):
        real_layout(sites, users, 5, 1)
    with pytest.raises(UserError, match=r"none\.csv cannot be read \(No such file"):
        real_layout(tmp_path / "none.csv", users, 1, 1)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"binary\.csv cannot be read"):
        read_places(tmp_path / "binary.csv")


def test_column_names_in_any_case_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("\ufeffid,LATITUDE, Longitude\n7,1.5,2.5\n\n", encoding="utf-8")
    (place,) = read_places(path)
    assert (place.name, place.latitude, place.longitude) == ("7", 1.5, 2.5)


def test_across_the_line_of_180_degrees_distances_hold(tmp_path: Path) -> None:
    """Thirty users on both sides of the line around one site, five around another, far away."""
    east = "".join(f"-17.0,{179.9990 + 0.00005 * i:.5f}\n" for i in range(15))
    west = "".join(f"-17.0,{-179.9990 - 0.00005 * i:.5f}\n" for i in range(15))
    far = "51.5,0.0\n" * 5
    sites = "name,latitude,longitude\nLondon,51.5,0.0\nline,-17.0,180.0\nother,-17.0,-179.99\n"
    paths = _files(tmp_path, sites, f"latitude,longitude\n{far}{east}{west}")
    layout = real_layout(*paths, 2, 30)
    assert layout.servers == ("line", "other")
    assert len(layout.user_distances_m) == 30
    expected = _haversine_m((-17.0, 180.0), (-17.0, -179.99))
    assert layout.server_distances_m[1] == pytest.approx(expected, rel=0.01)


def test_at_a_pole_every_longitude_is_near(tmp_path: Path) -> None:
    users = "latitude,longitude\n" + "".join(f"89.999,{30 * i - 170}\n" for i in range(12))
    paths = _files(tmp_path, "name,latitude,longitude\nequator,0,0\npole,90,0\n", users)
    layout = real_layout(*paths, 1, 12)
    assert layout.servers == ("pole",)
    assert len(layout.user_distances_m) == 12


def test_a_site_that_is_listed_twice_is_one(tmp_path: Path) -> None:
    doubled = "name,latitude,longitude\na,-37.82,144.96\nb,-37.82,144.96\nc,-37.83,144.96\n"
    paths = _files(tmp_path, doubled, "latitude,longitude\n-37.82,144.96\n")
    layout = real_layout(*paths, 2, 1)
    assert layout.servers == ("a", "c")
    assert layout.server_distances_m[1] > 1000
    with pytest.raises(UserError, match="2 sites for 3 servers"):
        real_layout(*paths, 3, 1)


def test_what_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no file that can be read to its end"):
        read_places(Path("/dev/zero"))


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published data sets are not beside the repository"
)
def test_the_published_sites_of_melbourne() -> None:
    layout = real_layout(
        SHARED / "eua_site-optus-melbCBD.csv", SHARED / "eua_users-melbcbd-generated.csv", 5, 10
    )
    assert len(layout.servers) == 5
    assert list(layout.server_distances_m) == sorted(layout.server_distances_m)
    assert len(layout.user_distances_m) >= 10
    assert max(layout.user_distances_m) <= RADIUS_M
