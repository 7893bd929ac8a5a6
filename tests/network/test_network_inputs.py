"""Sites, users, paths and traces from CSV files."""

import math
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import edgewise
from edgewise.core.errors import UserError
from edgewise.scenarios import get
from edgewise.scenarios.network.file.places import points_of, sites_of
from edgewise.scenarios.network.file.reading import EXAMPLE
from edgewise.scenarios.network.file.requests import seconds
from edgewise.scenarios.network.file.tables import FileReference
from edgewise.scenarios.network.motion import remembered
from edgewise.scenarios.network.trace import Requests, replay, slots_of, split

DATA = Path(__file__).parents[3] / "shared" / "data"
real_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: no outside test data")

NETWORK = """
[network]
name = "small"
slot_s = {slot_s}
timeout_s = 1.0
delay_weight_per_s = 1.0
energy_weight_per_j = 0.0
miss_weight = 1.0
sites = "sites.csv"
[[radio]]
name = "radio"
access = "shared"
channel_bandwidth_hz = 10e6
max_power_w = 0.1
pathloss_intercept_db = 120.0
pathloss_slope_db = 30.0
fading = "none"
[[server]]
name = "edge"
site = "{site}"
cpu_hz = 1e10
[backhaul]
rate_bps = 1e9
delay_s = 0.001
"""
DRAWN = """
[[application]]
name = "drawn"
share = 1.0
arrival_probability = 1.0
bits = 1e5
cycles_per_bit = 100.0
deadline_s = 0.5
"""
DEVICES = """
[devices]
{devices}
cpu_hz = 1e9
switched_capacitance = 1e-27
"""


def network(folder, devices, applications=DRAWN, sites="name,x_m,y_m\nA,0,0\nB,500,0\n", **values):
    """A network file in this folder, and its sites beside it."""
    (folder / "sites.csv").write_text(sites)
    values = {"slot_s": 0.1, "site": "A", **values}
    text = NETWORK.format(**values) + applications + DEVICES.format(devices=devices)
    (folder / "my.toml").write_text(text)
    return folder / "my.toml"


AROUND = "count = 6\nradius_m = 100.0"


def reset(env, seed=0):
    return eqx.filter_jit(env.reset)(jax.random.key(seed))


# Sites.


def test_sites_are_those_of_the_file_in_its_order(tmp_path):
    env = edgewise.make(network(tmp_path, AROUND))
    assert env.links.nearest.site_xy_m.tolist() == [[0.0, 0.0], [500.0, 0.0]]


@pytest.mark.parametrize(
    "corner", [(-37.81, 144.96), (0.0, 180.0), (0.0, -180.0), (65.0, 179.9999), (-16.5, -179.98)]
)
def test_degrees_become_metres_also_across_the_180th_meridian(tmp_path, corner):
    latitude, longitude = corner
    rng = np.random.default_rng(0)
    offsets = rng.uniform(-0.05, 0.05, (6, 2)).tolist()
    points = [(latitude + up, (longitude + east + 180) % 360 - 180) for up, east in offsets]
    path = tmp_path / "sites.csv"
    rows = [f"s{i},{up!r},{east!r}" for i, (up, east) in enumerate(points)]
    path.write_text("\n".join(["id,LATITUDE,Longitude", *rows]))
    xy_m = sites_of(FileReference(path=str(path), sha256=""), ()).xy_m
    for i, (first, a) in enumerate(zip(points, xy_m, strict=True)):
        for second, b in zip(points[:i], xy_m[:i], strict=True):
            along_m = Geod(ellps="WGS84").inv(first[1], first[0], second[1], second[0])[2]
            assert math.dist(a, b) == pytest.approx(along_m, rel=1e-4)


@real_data
def test_the_real_sites_are_found_by_their_names_and_by_their_numbers(tmp_path):
    text = (DATA / "eua_site-optus-melbCBD.csv").read_text()
    path = network(tmp_path, AROUND, sites=text, site="10003027")
    env = edgewise.make(path, candidate_sites=4)
    assert env.links.num_sites == 125
    by_name = text.splitlines()[2].split(",")[3]
    assert int(edgewise.make(path, **{"server.edge.site": by_name}).servers.site[0]) == 1
    assert int(env.servers.site[0]) == 1
    state = reset(env)
    apart = np.linalg.norm(
        np.asarray(state.xy_m)[:, None] - np.asarray(env.links.nearest.site_xy_m)[None], axis=2
    )
    assert np.asarray(state.candidate).tolist() == np.argsort(apart, axis=1)[:, :4].tolist()


@real_data
def test_the_metropolitan_sites_run(tmp_path):
    text = (DATA / "eua_optus_melb_metro_derived.csv").read_text()
    path = network(tmp_path, "count = 3000\nradius_m = 500.0", sites=text, site="*")
    env = edgewise.make(path)
    assert (env.links.num_sites, env.servers.count) == (1464, 1464)
    state = reset(env)
    apart = np.linalg.norm(
        np.asarray(state.xy_m)[:200, None] - np.asarray(env.links.nearest.site_xy_m)[None], axis=2
    )
    nearest = np.take_along_axis(apart, np.asarray(state.candidate)[:200], axis=1)
    np.testing.assert_allclose(nearest, np.sort(apart, axis=1)[:, :3], rtol=1e-4)
    # The nearest server of every site is its own.
    assert np.asarray(env.offered)[:, 0].tolist() == list(range(1464))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,x_m\nA,0\n", "line 1: no positions among the columns name, x_m: name two of them"),
        ("name,x_m,y_m\nA,0,zero\n", "line 2: y_m = 'zero' cannot be used: allowed a finite num"),
        ("name,x_m,y_m\n\nA,0,0\nB,nan,0\n", "line 4: x_m = 'nan' cannot be used"),
        ("name,latitude,longitude\nA,91,0\n", "latitude = '91' cannot be used: allowed [-90, 90]"),
        ("name,x_m,y_m\nA,0,0\nA,1,0\n", "line 3: a second site is called 'A'"),
        ("name,x_m,y_m\nA,0,0\nB,1\n", "line 3: y_m = '' cannot be used"),
        ("name,x_m,y_m\n", "has no rows below its header"),
        ("", "is empty: its first row must name its columns"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_told_with_its_line(tmp_path, text, said):
    with pytest.raises(UserError) as error:
        edgewise.make(network(tmp_path, AROUND, sites=text))
    assert said in str(error.value)
    assert "sites.csv" in str(error.value)
    assert "my.toml, line " in str(error.value)


def test_a_server_at_a_site_that_the_sheet_lacks_is_told(tmp_path):
    with pytest.raises(
        UserError, match=r"line 20: .*does not exist: unknown site 'C': Valid: A, B"
    ):
        edgewise.make(network(tmp_path, AROUND, site="C"))


def test_a_star_puts_a_server_at_every_site(tmp_path):
    env = edgewise.make(network(tmp_path, AROUND, site="*"))
    assert env.servers.site.tolist() == [0, 1]


# Devices.


def test_users_stand_where_the_file_says(tmp_path):
    (tmp_path / "users.csv").write_text("x_m,y_m\n" + "".join(f"{i},{-i}\n" for i in range(7)))
    path = network(tmp_path, 'file = "users.csv"')
    env = edgewise.make(path)
    assert env.num_devices == 7
    assert sorted(reset(env).xy_m[:, 0].tolist()) == list(range(7))
    some = reset(edgewise.make(path, **{"devices.count": 4})).xy_m[:, 0].tolist()
    assert len(set(some)) == 4
    with pytest.raises(UserError, match=r"count = 8 is more than the 7 positions .* at most 7"):
        edgewise.make(path, **{"devices.count": 8})


def test_users_in_degrees_do_not_stand_among_sites_in_metres(tmp_path):
    (tmp_path / "users.csv").write_text("Latitude,Longitude\n0,0\n")
    with pytest.raises(UserError, match=r"line 1: its positions are in degrees, the sites' in met"):
        edgewise.make(network(tmp_path, 'file = "users.csv"'))


@real_data
def test_real_users_stand_among_real_sites():
    """All 816 generated users are in the business district, whose sites span 1.3 km by 2 km."""
    sites = FileReference(path=str(DATA / "eua_site-optus-melbCBD.csv"), sha256="")
    users = FileReference(path=str(DATA / "eua_users-melbcbd-generated.csv"), sha256="")
    places = sites_of(sites, ())
    xy_m = points_of(users, places.centre)
    assert xy_m.shape == (816, 2)
    assert np.max(np.abs(xy_m)) < 2500
    assert np.ptp(places.xy_m, axis=0) == pytest.approx([1990, 1320], rel=0.05)


def test_placements_keep_their_bounds(tmp_path):
    around = np.asarray(
        reset(edgewise.make(network(tmp_path, "count = 500\nradius_m = 50.0"))).xy_m
    )
    apart = np.min(np.linalg.norm(around[:, None] - np.array([[0, 0], [500, 0]]), axis=2), axis=1)
    assert np.max(apart) <= 50.001
    # Uniform by area: half of them within the radius over the square root of two.
    assert np.mean(apart < 50 / math.sqrt(2)) == pytest.approx(0.5, abs=0.07)
    area = 'count = 500\nplaced = "area"\narea_m = [-10.0, 0.0, 30.0, 5.0]'
    inside = np.asarray(reset(edgewise.make(network(tmp_path, area))).xy_m)
    assert np.all((inside >= [-10, 0]) & (inside <= [30, 5]))
    np.testing.assert_allclose(inside.mean(axis=0), [10, 2.5], atol=2)


@eqx.filter_jit
def _walked(env, keys):
    def slot(state, key):
        nobody = env.decode(state, jnp.zeros(env.num_agents, int))
        state = env.advance(key, state, env.evaluate(state, nobody))
        return state, state

    first = env.reset(keys[0])
    _, states = jax.lax.scan(slot, first, keys[1:])
    return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), first, states)


def walked(env, slots):
    """The states of some slots, one after another, nobody sending."""
    return _walked(env, jax.random.split(jax.random.key(0), slots + 1))


def test_walkers_go_straight_at_their_speed_and_hear_what_is_near(tmp_path):
    devices = 'count = 20\nradius_m = 300.0\nmobility = "waypoint"\nspeed_mps = [5.0, 20.0]'
    env = edgewise.make(network(tmp_path, devices, slot_s=1.0), candidate_sites=1)
    states = walked(env, 60)
    xy_m, speed_mps = np.asarray(states.xy_m), np.asarray(states.speed_mps[0])
    steps = np.linalg.norm(np.diff(xy_m, axis=0), axis=2)
    assert np.all((speed_mps >= 5) & (speed_mps <= 20))
    assert np.all(steps <= speed_mps * 1.001)
    # Most steps are whole ones; at a target a step ends early, and the next one is chosen there.
    assert np.mean(steps > speed_mps * 0.999) > 0.8
    targets = np.asarray(states.target_xy_m)
    chosen = np.any(targets[1:] != targets[:-1], axis=2)
    assert chosen.sum() > 5
    np.testing.assert_allclose(xy_m[1:][chosen], targets[:-1][chosen], atol=1e-3)
    assert np.all((steps > speed_mps * 0.999) | chosen)
    nearest = np.argmin(
        np.linalg.norm(xy_m[:, :, None] - np.array([[0.0, 0.0], [500.0, 0.0]]), axis=3), axis=2
    )
    assert np.array_equal(np.asarray(states.candidate)[:, :, 0], nearest)
    assert np.any(np.diff(nearest, axis=0) != 0)
    apart = np.take_along_axis(
        np.linalg.norm(xy_m[:, :, None] - np.array([[0.0, 0.0], [500.0, 0.0]]), axis=3),
        nearest[..., None],
        axis=2,
    )[..., 0]
    expected = 10 ** (-(120 + 30 * np.log10(np.maximum(apart, 10) / 1000)) / 10)
    np.testing.assert_allclose(states.gain[:, :, 0, 0, 0], expected, rtol=1e-3)


def test_what_a_site_heard_of_a_device_is_remembered_under_its_new_place():
    """Sites 7 and 4, then 4, 9 and 7: what 4 heard stays with 4; 9 is new."""
    old, new = jnp.array([[7, 4, 2]]), jnp.array([[4, 9, 7]])
    assert remembered(old, new, jnp.array([[0.5, 0.25, 0.125]])).tolist() == [[0.25, 0.0, 0.5]]


def test_walkers_follow_the_path_there_and_back(tmp_path):
    """An L of 30 m and 40 m at 5 m/s: every 14 s at the other end."""
    (tmp_path / "path.csv").write_text("x_m,y_m\n0,0\n30,0\n30,40\n")
    devices = 'count = 5\npath = "path.csv"\nspeed_mps = 5.0'
    states = walked(edgewise.make(network(tmp_path, devices, slot_s=1.0)), 28)
    xy_m = np.asarray(states.xy_m)
    on_path = (np.abs(xy_m[..., 1]) < 1e-3) | (np.abs(xy_m[..., 0] - 30) < 1e-3)
    assert np.all(on_path)
    along = xy_m[..., 0] + xy_m[..., 1]
    np.testing.assert_allclose(along[0] + along[14], 70, atol=1e-3)
    np.testing.assert_allclose(along[0], along[28], atol=1e-3)
    assert np.all(np.abs(np.diff(along, axis=0)) <= 5.001)


def test_a_timed_path_is_followed_by_the_clock(tmp_path):
    text = "device,time_s,x_m,y_m\na,0,0,0\na,10,100,0\nb,5,0,7\na,20,100,50\nb,25,200,7\n"
    (tmp_path / "path.csv").write_text(text)
    env = edgewise.make(network(tmp_path, 'count = 6\npath = "path.csv"', slot_s=1.0))
    states = walked(env, 40)
    xy_m, path = np.asarray(states.xy_m), np.asarray(states.identity[0]) % 2
    assert np.all(xy_m[:, path == 1, 1] == 7)
    first = xy_m[:, path == 0]
    speeds = np.linalg.norm(np.diff(first, axis=0), axis=2)
    assert np.all(speeds <= 10.01)
    assert np.median(speeds) == pytest.approx(7.5, abs=2.6)  # 10 m/s, then 5 m/s.
    np.testing.assert_allclose(xy_m[0], xy_m[40], atol=1e-2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x_m,y_m\n1,1\n1,1\n", "line 3: the path has no length"),
        ("time_s,x_m,y_m\n0,1,1\n5,2,2\n4,3,3\n", "line 4: time_s runs backwards"),
    ],
)
def test_a_path_that_cannot_be_walked_is_told(tmp_path, text, said):
    (tmp_path / "path.csv").write_text(text)
    with pytest.raises(UserError, match=said):
        edgewise.make(network(tmp_path, 'count = 1\npath = "path.csv"'))


# Traces.

TRACED = """
[[application]]
name = "traced"
share = 0.5
arrivals = "trace.csv"
deadline_s = 0.5
[application.columns]
timestamp = "When"
bits = { Size = 8.0 }
cycles = { Size = 100.0, Extra = 1.0 }
[[application]]
name = "drawn"
share = 0.5
arrival_probability = 0.0
bits = 1.0
cycles_per_bit = 1.0
deadline_s = 1.0
"""
TIMES = (100.0, 100.0, 100.05, 100.1, 100.0999999, 101.3, 101.31, 101.32, 101.33, 102.0)
SIZES = tuple(10.0 * (i + 1) for i in range(10))


def trace(folder, devices="count = 6\nradius_m = 100.0", order=1):
    rows = [f"{t},{size},{i}" for i, (t, size) in enumerate(zip(TIMES, SIZES, strict=True))]
    (folder / "trace.csv").write_text("When,Size,Extra\n" + "\n".join(rows[::order]) + "\n")
    return network(folder, devices, applications=TRACED)


@pytest.mark.parametrize("order", [1, -1])
def test_no_request_is_lost_and_none_invented(tmp_path, order):
    env = edgewise.make(trace(tmp_path, order=order))
    states = walked(env, 40)
    bits, requests = np.asarray(states.task_bits), np.asarray(states.requests)
    slots = np.array([0, 0, 0, 1, 1, 13, 13, 13, 13, 20])
    expected = np.bincount(slots, weights=8.0 * np.array(SIZES), minlength=41)
    np.testing.assert_allclose(bits.sum(axis=1), expected)
    assert requests.sum(axis=1).tolist() == np.bincount(slots, minlength=41).tolist()
    cycles = 100.0 * sum(SIZES) + sum(range(10))
    assert float(states.task_cycles.sum()) == pytest.approx(cycles)
    # Three devices have the application; the slot with four requests gives one of them two.
    application = np.asarray(states.application[0])
    assert np.all(bits[:, application == 1] == 0)
    assert sorted(requests[13][application == 0].tolist()) == [1, 1, 2]
    assert sorted((bits[0] > 0)[application == 0].tolist()) == [True, True, True]


def test_a_new_episode_goes_on_in_the_trace_and_begins_anew_at_its_end(tmp_path):
    env = edgewise.make(trace(tmp_path))
    state = reset(env)
    restart = eqx.filter_jit(env.restart)
    seen = [float(state.requests.sum())]
    for _ in range(21):
        state = restart(jax.random.key(1), state)
        seen.append(float(state.requests.sum()))
    assert (seen[0], seen[1], sum(seen[:21]), seen[21]) == (3, 2, 10, 3)


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=60),
    st.integers(1, 5),
    st.sampled_from([0.1, 0.5, 1.0]),
)
def test_a_replay_gives_every_request_to_one_device_in_its_slot(times, devices, slot_s):
    time_s = np.sort(np.array(times)) - min(times)
    size = np.arange(1.0, len(times) + 1)
    requests = Requests(time_s, size, 2 * size, 0 * size)
    found = replay([(requests, 3, devices)], slot_s)
    at = eqx.filter_jit(lambda slot: found.at(slot, 3 + devices))
    slot = slots_of(time_s, slot_s)
    for t in {0, 1, *slot.tolist(), int(slot.max()) + 1}:
        tasks, now = at(jnp.asarray(t)), slot == t
        assert float(tasks.bits.sum()) == size[now].sum()
        assert float(tasks.cycles.sum()) == 2 * size[now].sum()
        assert int(tasks.requests.sum()) == now.sum()
        assert np.all(np.asarray(tasks.requests)[:3] == 0)
        # As even as can be.
        assert np.ptp(np.asarray(tasks.requests)[3:]) <= 1


def test_a_hash_uses_all_devices_alike():
    slot = np.arange(30_000)
    counts = np.bincount(split(slot, 7), minlength=7)
    # 4286 each, give or take a standard deviation of 61.
    assert np.all(np.abs(counts - 30_000 / 7) < 5 * 61)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"When"', '"Then"', "unknown column 'Then': did you mean 'When'?"),
        ("Size = 8.0", "Bytes = 8.0", "unknown column 'Bytes'"),
        ("share = 0.5\narrivals", "share = 0.01\narrivals", "has a trace, and none of the 6 devi"),
        ("[application.columns]", "[application.language_model]", "language_model] lacks cpu_hz"),
        ('timestamp = "When"', "", "[[application]] 'traced' [application.columns] lacks timest"),
    ],
)
def test_a_trace_that_cannot_be_read_is_told(tmp_path, old, new, said):
    path = trace(tmp_path)
    text = path.read_text().replace(old, new, 1)
    if "0.01" in new:
        text = text.replace("share = 0.5\narrival_p", "share = 0.99\narrival_p")
    path.write_text(text)
    with pytest.raises(UserError) as error:
        edgewise.make(path)
    assert said in str(error.value)


def test_times_are_seconds_or_dates():
    assert seconds("12.5") == 12.5
    gap = seconds("2023-11-16 18:17:04.0319600") - seconds("2023-11-16 18:17:03.9799600")
    assert gap == pytest.approx(0.052, abs=1e-6)
    assert seconds("2023-11-16T18:17:03+01:00") == seconds("2023-11-16 17:17:03")
    with pytest.raises(ValueError, match="noon"):
        seconds("noon")


CHAT = """
[[application]]
name = "chat"
share = 1.0
arrivals = "{trace}"
deadline_s = 2.0
[application.language_model]
cpu_hz = 1e10
prefill_tokens_per_s = 1e4
decode_step_s = 0.02
memory_bytes = {memory}
memory_bytes_per_token = 131072.0
"""


@real_data
@pytest.mark.parametrize("name", ["code", "conv"])
def test_the_azure_traces_are_replayed_whole(tmp_path, name):
    path = DATA / f"azure_llm_inference_{name}_2023.csv"
    chat = CHAT.format(trace=path, memory=40e9)
    env = edgewise.make(network(tmp_path, "count = 40\nradius_m = 100.0", applications=chat))
    replayed = env.applications.replay
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    assert np.sum(np.asarray(replayed.slot) < 2**31 - 1) == len(rows)
    with jax.enable_x64(True):
        bits = jnp.asarray(replayed.bits, float).sum()
    assert float(bits) == pytest.approx(32 * sum(int(row[1]) for row in rows), rel=1e-6)
    last_s = (np.datetime64(rows[-1][0]) - np.datetime64(rows[0][0])) / np.timedelta64(1, "s")
    assert replayed.slots == math.floor(last_s / 0.1) + 1
    if name == "code":
        return
    states = walked(env, 50)
    end = np.datetime64(rows[0][0]) + np.timedelta64(5100, "ms")
    early = [row for row in rows if np.datetime64(row[0]) < end]
    assert int(states.requests.sum()) == len(early)
    assert float(states.task_bits.sum()) == pytest.approx(32 * sum(int(r[1]) for r in early))


def test_a_prompt_too_long_for_the_memory_is_told(tmp_path):
    (tmp_path / "t.csv").write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n0,10,5\n1,900,99\n")
    chat = CHAT.format(trace="t.csv", memory=1e8)
    with pytest.raises(UserError, match=r"t\.csv, request 2: its 900 \+ 99 tokens need 1\.31e\+08"):
        edgewise.make(network(tmp_path, AROUND, applications=chat))


def test_a_first_token_meets_its_deadline_where_the_delay_meets_the_longer_one(tmp_path):
    """200 tokens in, 100 out: 20 ms to read; batches of 254 make 100 x 20 ms/254 = 7.87 ms."""
    (tmp_path / "t.csv").write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n0,200,100\n")
    chat = CHAT.format(trace="t.csv", memory=1e10)
    env = edgewise.make(network(tmp_path, AROUND, applications=chat))
    state = reset(env)
    device = int(jnp.argmax(state.task_bits))
    assert float(state.task_bits[device]) == 6400.0
    share_s = 100 * 0.02 / 254
    assert float(state.task_cycles[device]) == pytest.approx(1e10 * (0.02 + share_s))
    assert float(state.deadline_s[device]) == pytest.approx(2.0 + share_s)


def test_a_run_names_its_files_by_what_is_in_them(tmp_path):
    scenario = get("network")
    stored = scenario.checked(file=network(tmp_path, AROUND)).model_dump()
    sites = stored["network"]["sites"]
    assert sites["path"] == str(tmp_path / "sites.csv")
    assert len(sites["sha256"]) == 64
    assert scenario.env(**stored).num_agents == 6
    (tmp_path / "sites.csv").write_text("name,x_m,y_m\nA,0,0\n")
    with pytest.raises(UserError, match=r"sites\.csv has changed since this run was described"):
        scenario.env(**stored)


# Gains.


def test_fading_and_shadowing_have_their_distributions():
    values = {"devices.count": 4000, "radio.lte.shadowing_db": 6.0, "radio.lora.fading": "none"}
    env = edgewise.make(EXAMPLE, **values)
    state = reset(env)
    fading = np.asarray(state.gain[:, :, 0, 0] / state.mean_gain[:, :, 0]).ravel()
    assert np.mean(fading) == pytest.approx(1.0, abs=0.06)  # Exponential: 8000 draws, 5 sigma.
    assert np.mean(fading < 1) == pytest.approx(1 - math.exp(-1), abs=0.03)
    np.testing.assert_allclose(state.gain[:, :, 1], state.mean_gain[:, :, 1, None].repeat(4, 2))
    assert np.all(np.asarray(state.gain[:, :, 0, 1:]) == 0)
    sites = env.links.nearest.site_xy_m[state.candidate]
    apart = np.maximum(np.linalg.norm(state.xy_m[:, None] - sites, axis=2), 10.0)
    loss_db = 128.1 + 37.6 * np.log10(apart / 1000)
    shadow_db = (10 * np.log10(np.asarray(state.mean_gain[:, :, 0])) + loss_db).ravel()
    assert np.std(shadow_db) == pytest.approx(6.0, rel=0.05)
    assert np.mean(shadow_db) == pytest.approx(0.0, abs=0.4)
    # It stays with the link in a new episode.
    again = eqx.filter_jit(env.restart)(jax.random.key(9), state)
    assert np.array_equal(again.mean_gain, state.mean_gain)
    assert not np.array_equal(again.gain, state.gain)


# Memory.


def test_what_does_not_fit_is_refused_with_the_size_that_would(tmp_path, monkeypatch):
    monkeypatch.setattr("edgewise.scenarios.network.size.free_bytes", lambda: 1e9)
    edgewise.make("network", **{"devices.count": 1000})
    with pytest.raises(UserError, match=r"1000000 devices need about 2.*free: at most") as error:
        edgewise.make("network", **{"devices.count": 1_000_000})
    fits = int(str(error.value).rpartition("count = ")[2].split()[0])
    assert edgewise.make("network", **{"devices.count": fits}).num_agents == fits
    with pytest.raises(UserError, match="at most"):
        edgewise.make("network", **{"devices.count": fits + 1})
    monkeypatch.setattr("edgewise.scenarios.network.file.sheets.free_bytes", lambda: 10.0)
    with pytest.raises(UserError, match=r"sites\.csv needs about .* are free: give a shorter file"):
        edgewise.make(network(tmp_path, AROUND))
