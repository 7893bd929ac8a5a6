"""Network files: what is read, and every complaint with its line."""

import json
import os
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgewise
from edgewise.core.errors import UserError
from edgewise.scenarios import get
from edgewise.scenarios.network.file.positions import line_numbers
from edgewise.scenarios.network.file.reading import (
    EXAMPLE,
    MOST_BYTES,
    NetworkFileError,
    read_network,
)

TEXT = EXAMPLE.read_text()


def read(tmp_path, text):
    path = tmp_path / "my-network.toml"
    path.write_text(text)
    return read_network(path)


def complaints(tmp_path, text):
    """What is said of this text, and of which lines."""
    with pytest.raises(NetworkFileError) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)
    prefix = f"{tmp_path / 'my-network.toml'}, line "
    told = []
    for complaint in error.value.complaints:
        assert complaint.startswith(prefix), complaint
        line, _, what = complaint.removeprefix(prefix).partition(": ")
        told.append((int(line), what))
    return told


CASES = [
    # (what is in the file, what stands in its place, what is said of that line)
    ("slot_s = 0.1", "slots_s = 0.1", "unknown key of [network] 'slots_s': did you mean 'slot_s'?"),
    ("timeout_s = 1.0", "timeout_s = 0", "[network]: timeout_s = 0 cannot be used: give a number"),
    ("timeout_s = 1.0", 'timeout_s = "1"', "timeout_s = '1' cannot be used: give a number in"),
    ("timeout_s = 1.0", "timeout_s = true", "timeout_s = True cannot be used: give a number in"),
    ("timeout_s = 1.0", "timeout_s = nan", "timeout_s = nan cannot be used: give a number in"),
    ("timeout_s = 1.0", "timeout_s = inf", "timeout_s = inf cannot be used: give a number in"),
    ("miss_weight = 1.0", "miss_weight = -1", "miss_weight = -1 cannot be used: give a number in"),
    ("cooperative = true", "cooperative = 1", "cooperative = 1 cannot be used: give true or false"),
    ("candidate_sites = 2", "candidate_sites = 1.5", "give a whole number in [1, 2147483647]"),
    ("episode_slots = 100", "episode_slots = -1", "give a whole number in [0, 2147483647]"),
    ("x_m = 600.0", "latitude = 600.0", "latitude = 600.0 cannot be used: give a number in [-90"),
    (
        'access = "shared"',
        'access = "both"',
        "access = 'both' cannot be used: give 'shared' or",
    ),
    ("channels = 4", "channels = 0", "[[radio]] 'lora': channels = 0 cannot be used: give a whole"),
    ("power_levels = [0.5, 1.0]", "power_levels = []", "power_levels = [] cannot be used"),
    ("power_levels = [0.5, 1.0]", "power_levels = [0.5, 2]", "power_levels = [0.5, 2] cannot be"),
    ('fading = "rayleigh"', 'fading = "rice"', "give 'rayleigh' or 'none'"),
    ('sites = ["A", "B"]', 'sites = ["A", "C"]', "at a site that does not exist: unknown site 'C'"),
    ('sites = ["A", "B"]', "sites = []", "'lte' is at no site: name one"),
    ('site = "A"\n', 'site = "Q"\n', "'A1' stands at a site that does not exist: unknown site 'Q'"),
    ("cpu_hz = 50e9", "cpu_hz = -50e9", "[[server]] 'cloud': cpu_hz = -50000000000.0 cannot be"),
    ('discipline = "fifo"', 'discipline = "lifo"', "give 'fifo' or 'shared'"),
    ("rate_bps = 1e9", "rate = 1e9", "unknown key of [backhaul] 'rate': did you mean 'rate_bps'?"),
    ("bits = [1e5, 1e6]", "bits = [1e6, 1e5]", "the lower end is the larger one"),
    ("bits = [1e5, 1e6]", "bits = [1e5]", "bits = [100000.0] cannot be used: give a number in"),
    ("bits = 8e3", "bits = -8e3", "bits = -8000.0 cannot be used: give a number in"),
    ("bits = 8e3", 'arrivals = "/dev/zero"', "/dev/zero is no file that can be read to its end"),
    ("bits = 8e3", 'arrivals = "gone.csv"', "gone.csv cannot be read (No such file"),
    ("deadline_s = 1.0", "deadline_s = 0.0", "[[application]] 'sensor': deadline_s = 0.0 cannot"),
    ('radios = ["lte", "lora"]', 'radios = ["lte", "x"]', "unknown radio 'x': Valid: lora, lte"),
    ('placed = "around-sites"', 'placed = "round"', "give 'around-sites' or 'area'"),
    ('placed = "around-sites"', 'placed = "area"', "[devices] lacks area_m: add it"),
    ('mobility = "static"', 'mobility = "jump"', "give 'static' or 'waypoint'"),
    ("count = 8", 'count = "8"', "count = '8' cannot be used: give a whole number"),
    ("cpu_hz = [0.5e9, 1e9]", "cpu_hz = [1e9, 0.5e9]", "the lower end is the larger one"),
    ("\n[cloud]", "\n[clouds]", "unknown key of the file 'clouds': did you mean 'cloud'?"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES, ids=[f"{new}" for _, new, _ in CASES])
def test_a_complaint_names_the_line_of_what_is_wrong(tmp_path, old, new, said):
    before, found, after = TEXT.partition(old)
    assert found, old
    told = complaints(tmp_path, before + new + after)
    line = before.count("\n") + 1 + new.startswith("\n")
    assert any(said in what and at == line for at, what in told), told


MISSING = [
    # (what is left out, the line of what it is missing from, what is said)
    ("slot_s = 0.1", "[network]", "[network] lacks slot_s: add it, a number in"),
    ("channel_bandwidth_hz = 125e3", '[[radio]]\nname = "lora"', "'lora' lacks channel_bandwidth"),
    ("cpu_hz = 50e9", '[[server]]\nname = "cloud"', "[[server]] 'cloud' lacks cpu_hz: add it"),
    ("delay_s = 0.02", "\n[cloud]", "[cloud] lacks delay_s: add it"),
    ("radius_m = 300.0", "[devices]", "[devices] lacks radius_m: add it"),
    ("count = 8", "[devices]", "[devices] lacks count: add it"),
    ("bits = 8e3", '[[application]]\nname = "sensor"', "'sensor' lacks bits: add it, or arrivals"),
    ("x_m = 600.0", '[[site]]\nname = "B"', "[[site]] 'B' has no position: give it x_m and y_m"),
]


@pytest.mark.parametrize(("old", "table", "said"), MISSING)
def test_a_missing_key_is_told_at_its_table(tmp_path, old, table, said):
    told = complaints(tmp_path, TEXT.replace(old, "", 1))
    line = TEXT[: TEXT.index(table)].count("\n") + 1 + table.startswith("\n")
    assert any(said in what and at == line for at, what in told), told


def without(table):
    """The example without its first table of this name."""
    before, _, after = TEXT.partition(f"\n{table}")
    return before + "\n[" + after.split("\n[", 1)[1] if "\n[" in after else before + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (without("[cloud]"), "there is no [cloud], which leads to server 'cloud'"),
        (without("[backhaul]"), "there is no [backhaul], which leads from other sites to server"),
        (without("[devices]"), "the file lacks devices: add it"),
        (TEXT.replace("share = 0.5", "share = 0.4", 1), "sum to 0.9: make them sum to 1"),
        (TEXT.replace('name = "A"', 'name = "B"'), "a second [[site]] is called 'B': give each"),
        (TEXT.replace('["lte", "lora"]', '["lte"]'), "[[radio]] 'lora' is in no device"),
        (TEXT.replace("x_m = 600.0\ny_m = 0.0", "latitude = 1.0\nlongitude = 0.0"), "other units"),
        (TEXT.replace("slot_s", 'sites = "sites.csv"\nslot_s', 1), "sites.csv cannot be read"),
        (TEXT.replace('name = "A1"', 'name = "A1"\nname = "A2"'), "not TOML: Cannot overwrite"),
        (TEXT.replace('name = "A1"', 'name = "A1'), "not TOML"),
        ("", "the file lacks network: add it"),
        (TEXT.replace("[[server]]", "[[serve]]"), "'serve': did you mean 'server'?"),
        (TEXT.replace("weight = 2.0", '[application.columns]\ntimestamp = "t"', 1), "lacks bits"),
    ],
)
def test_what_is_wrong_between_tables_is_told(tmp_path, text, said):
    told = complaints(tmp_path, text)
    assert any(said in what for _, what in told), told


def test_all_complaints_are_told_and_the_first_with_their_number(tmp_path):
    text = TEXT.replace("slot_s = 0.1", "slot_s = -1").replace("channels = 4", "chanels = 4")
    path = tmp_path / "my-network.toml"
    path.write_text(text)
    with pytest.raises(NetworkFileError) as error:
        edgewise.make(path)
    assert len(error.value.complaints) == 2
    assert str(error.value) == f"{error.value.complaints[0]} (1 more: edgewise check shows all)"


def test_what_never_ends_is_too_long_or_too_deep_is_refused(tmp_path):
    pipe, deep, long = (tmp_path / name for name in ("pipe", "deep.toml", "long.toml"))
    os.mkfifo(pipe)
    deep.write_text("a = " + "[" * 20_000)
    with long.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    for path, said in ((pipe, "read to its end"), (deep, "too deeply"), (long, "of at most 10")):
        with pytest.raises(UserError, match=said):
            read_network(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b""])
def test_a_file_that_cannot_be_read_is_told(tmp_path, content):
    path = tmp_path / "n.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"n\.toml"):
        edgewise.make(str(path))


# Line numbers.


def ways(value, way=()):
    """The ways to everything in a parsed TOML text."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in items:
        yield (*way, step)
        if isinstance(inner, (dict, list)):
            yield from ways(inner, (*way, step))


KEYS = st.sampled_from(["a", "b", "c-d", "e_1", '"f g"', "'h.i'", '"j\\u0041"', "7"])
VALUES = st.recursive(
    st.sampled_from(
        [
            "1",
            "-2.5e3",
            "true",
            '"x # no"',
            "'[y]'",
            '"""z\n"" = 1"""',
            "'''\n[no]\n'''",
            "1979-05-27 07:32:00",
            "inf",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda xs: "[ " + ", # ]\n ".join([*xs, ""]) + "]"),
        st.dictionaries(KEYS, inner, max_size=2).map(
            lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}"
        ),
    ),
    max_leaves=5,
)
PAIRS = st.dictionaries(KEYS, VALUES, max_size=3).map(
    lambda d: "".join(f"{k} = {v} # {{\n" for k, v in d.items())
)
HEADERS = st.tuples(st.lists(KEYS, min_size=1, max_size=3), st.booleans()).map(
    lambda h: f"[[ {'.'.join(h[0])} ]]" if h[1] else f"[{' . '.join(h[0])}]"
)


@given(PAIRS, st.lists(st.tuples(HEADERS, PAIRS), max_size=5))
def test_every_key_has_the_line_where_it_stands(head, tables):
    text = head + "".join(f"\n{header}\n{pairs}" for header, pairs in tables)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = line_numbers(text)
    assert set(lines) == set(ways(parsed))
    for way, line in lines.items():
        names = [step for step in way if isinstance(step, str)]
        shown = text.split("\n")[line - 1]
        if isinstance(way[-1], str):
            assert names[-1] in shown.encode().decode("unicode_escape"), (way, shown)


# Values in place of the file's.


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("slot_s", 0.2, ("network", "slot_s")),
        ("network.slot_s", 0.2, ("network", "slot_s")),
        ("server.B1.cpu_hz", 1e9, ("server", 1, "cpu_hz")),
        ("server.2.cpu_hz", 1e9, ("server", 2, "cpu_hz")),
        ("radio.lora.channels", 8, ("radio", 1, "channels")),
        ("cloud.delay_s", 0.5, ("cloud", "delay_s")),
        ("devices.count", 30, ("devices", "count")),
        ("application.video.bits", [1e3, 2e3], ("application", 0, "bits")),
        ("radio.lte.shadowing_db", 3.0, ("radio", 0, "shadowing_db")),
        ("devices.radios", ["lora", "lte"], ("devices", "radios")),
    ],
)
def test_a_keyword_stands_for_a_key_of_the_file(name, value, where):
    base, changed = read_network(EXAMPLE), read_network(EXAMPLE, **{name: value})
    base, changed = (json.loads(file.model_dump_json()) for file in (base, changed))
    for step in where[:-1]:
        base_part = base[step]
        base, part = base_part, changed[step]
        changed = part
    assert changed[where[-1]] == value
    assert base[where[-1]] != value
    del base[where[-1]], changed[where[-1]]
    assert base == changed


def test_a_key_of_an_array_without_a_name_means_all_its_elements():
    file = read_network(EXAMPLE, **{"server.cpu_hz": 7e9})
    assert [server.cpu_hz for server in file.server] == [7e9] * 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "slots_s",
            1.0,
            "slots_s given: unknown key of [network] 'slots_s': did you mean",
        ),
        ("slot_s", -1.0, "slot_s given: [network]: slot_s = -1.0 cannot be used: give a number in"),
        ("server.C9.cpu_hz", 1.0, "unknown server or key in 'server.C9.cpu_hz', 'C9'"),
        ("server.7.cpu_hz", 1.0, "unknown server or key in 'server.7.cpu_hz', '7'"),
        ("sever.cpu_hz", 1.0, "unknown table of a network 'sever': did you mean 'server'"),
        ("slot_s.x", 1.0, "unknown table of a network 'slot_s'"),
        ("devices.count.x", 1.0, "goes through x, and no table is there"),
        ("server.B1.site", "Z", "stands at a site that does not exist"),
    ],
)
def test_a_keyword_that_cannot_be_used_is_told_by_its_name(name, value, said):
    with pytest.raises(UserError) as error:
        edgewise.make(EXAMPLE, **{name: value})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_run_keeps_the_whole_file_and_gives_the_same_network_again():
    scenario = get("network")
    given_ = {"slot_s": 0.25, "server.A1.cpu_hz": 3e9, "application.sensor.weight": 4.0}
    stored = json.loads(json.dumps(scenario.checked(**given_).model_dump()))
    assert stored["network"]["slot_s"] == 0.25
    again = scenario.checked(**stored)
    assert again == scenario.checked(**given_)
    changed = scenario.checked(**stored, **{"server.cpu_hz": 1e9})
    assert [server.cpu_hz for server in changed.server] == [1e9] * 3
    assert changed.network.slot_s == 0.25


def test_the_built_in_network_is_the_example():
    assert get("network").checked().file == read_network(EXAMPLE)
