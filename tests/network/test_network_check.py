"""What `edgewise check` says, and the files to begin with."""

import re
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import edgewise
from edgewise.cli.main import run
from edgewise.scenarios.network.check import findings
from edgewise.scenarios.network.file.reading import EXAMPLE, read_network
from edgewise.scenarios.network.file.templates import template, template_names
from edgewise.scenarios.network.sample import least_s

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


def found(path=EXAMPLE, **values):
    return findings(read_network(path, **values))


def test_the_numbers_of_the_example_are_those_of_a_calculator():
    """Four devices have 3 tasks a second of 5.5e5 bits x 300 cycles, four have 8 of 8e3 x 500; all
    go to the server of their own cell. On lte, 20 MHz and 0.2 W reach about 290 m."""
    got = found()
    each = {row["server"]: row for row in got.servers}
    total = sum(row["load"] * row["cpu_hz"] for row in got.servers)
    assert total == pytest.approx(4 * 3 * 5.5e5 * 300 + 4 * 8 * 8e3 * 500)
    assert each["cloud"]["load"] == 0
    assert each["A1"]["devices"] + each["B1"]["devices"] == pytest.approx(8)
    lte = got.radios[0]
    assert 250 < lte["edge_m"] <= 300
    loss_db = 128.1 + 37.6 * np.log10(lte["edge_m"] / 1000)
    snr = 0.2 * 10 ** (-loss_db / 10) / (4e-21 * 20e6)
    assert lte["edge_rate_bps"] == pytest.approx(20e6 * np.log2(1 + snr), rel=1e-3)
    video = got.applications[0]
    assert video["tasks_per_s"] == pytest.approx(12)
    assert video["edge_send_s"] == pytest.approx(5.5e5 / lte["edge_rate_bps"])
    assert got.oddities == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"timeout_s": 0.7}, "timeout_s = 0.7 is below the deadline of 'sensor' (1 s)"),
        ({"candidate_servers": 1, "server.B1.site": "A"}, "nobody reaches server 'B1'"),
        (
            {"delay_weight_per_s": 0.0, "energy_weight_per_j": 0.0, "miss_weight": 0.0},
            "all three weights are 0",
        ),
        ({"server.A1.cpu_hz": 1e8}, "nearest: server 'A1'"),
        ({"server.cpu_hz": 1e8, "devices.cpu_hz": 1e7}, "queues grow without end"),
        ({"application.video.deadline_s": 0.001}, "no scheduler can meet the deadline of 'video'"),
        ({"radio.channel_bandwidth_hz": 1e3}, "longer than its deadline of 0.5 s"),
        (
            {"application.video.share": 0.01, "application.sensor.share": 0.99},
            "'video' has none of the devices",
        ),
        (
            {"radio.sites": ["A"], "site.A.x_m": 1e6, "candidate_sites": 1},
            "have no radio in common",
        ),
    ],
)
def test_what_is_odd_is_told(values, said):
    oddities = found(**values).oddities
    assert any(said in oddity for oddity in oddities), oddities


def test_no_split_is_faster_than_the_least_time_alone():
    """The example with nobody else: whatever share goes to whatever server, by whatever radio, the
    delay is at least that which `check` calls hopeless beyond."""
    env = edgewise.make(
        "network", candidate_sites=1, **{"devices.count": 1, "radio.fading": "none"}
    )
    state = eqx.filter_jit(env.reset)(jax.random.key(3))
    rng = np.random.default_rng(0)

    @eqx.filter_jit
    def delays(env, state, actions, ratios):
        def one(action, ratio):
            decision = env.decode(state, action[None])
            decision = eqx.tree_at(lambda d: d.offload_ratio, decision, ratio[None])
            full_w = env.radios.max_power_w[decision.radio]
            decision = eqx.tree_at(lambda d: d.power_w, decision, full_w)
            return env.evaluate(state, decision).delay_s[0]

        return jax.vmap(one)(actions, ratios)

    state = eqx.tree_at(
        lambda s: (s.task_bits, s.task_cycles), state, (jnp.full(1, 2e6), jnp.full(1, 5e8))
    )
    actions = jnp.asarray(rng.integers(0, env.option_list.count, 400))
    ratios = jnp.asarray(rng.uniform(0.05, 1, 400), jnp.float32)
    best = float(jnp.min(delays(env, state, actions, ratios)))
    every = jnp.arange(1, env.option_list.count)
    away = float(jnp.min(delays(env, state, every, jnp.ones(every.shape))))
    home = 5e8 / float(state.device_cpu_hz[0])
    least = least_s(np.array([home]), np.array([away]))[0]
    assert least <= best < min(home, away)


def utility(env):
    """Of the first slot, everybody at random."""

    @eqx.filter_jit
    def first_slot(env, key):
        state = env.reset(key)
        return env.evaluate(state, env.decode(state, env.sample_actions(key))).utility

    return float(first_slot(env, jax.random.key(0)))


@pytest.mark.parametrize("name", template_names())
def test_a_template_runs_as_it_is(tmp_path, name):
    path = tmp_path / "new.toml"
    path.write_text(template(name))
    env = edgewise.make(path)
    assert np.isfinite(utility(env))
    assert template(name).count("#") >= 10  # Comments are many.


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_runs(path):
    named = re.findall(r'"(\.\./\.\./shared/data/[^"]*)"', path.read_text())
    absent = [name for name in named if not (path.parent / name).is_file()]
    if absent:
        pytest.skip(f"{path.name} needs {absent[0]}, which is absent: no outside test data")
    env = edgewise.make(path)
    assert np.isfinite(utility(env))


def test_three_examples_use_outside_data_and_two_are_complete():
    outside = ["shared/data" in path.read_text() for path in EXAMPLES]
    assert sorted(outside) == [False, False, True, True, True]


# The commands.


def command(capsys, *words):
    """Exit code, standard output and standard error."""
    code = 0
    try:
        run([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code or 0
    told = capsys.readouterr()
    return code, told.out, told.err


def test_new_writes_a_file_once(tmp_path, capsys):
    path = tmp_path / "my.toml"
    assert command(capsys, "new", path, "--from", "iot-gateway")[0] == 0
    assert path.read_text() == template("iot-gateway")
    code, _, err = command(capsys, "new", path)
    assert (code, err.strip()) == (2, f"edgewise: {path} exists: give another name, or delete it")
    code, _, err = command(capsys, "new", tmp_path / "other.toml", "--from", "three-cell")
    assert code == 2
    assert "did you mean 'three-cells'" in err
    code, _, err = command(capsys, "new", tmp_path / "no" / "folder.toml")
    assert code == 2
    assert "a folder that exists" in err


def test_check_prints_the_numbers_and_what_is_odd(capsys):
    code, out, _ = command(capsys, "check", EXAMPLE, "--set", "timeout_s=0.3")
    assert code == 0
    for word in ("A1", "lora", "sensor", "odd: timeout_s = 0.3 is below the deadline of 'video'"):
        assert word in out


def test_check_tells_every_complaint_in_a_line_of_its_own(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    text = (
        EXAMPLE.read_text().replace("slot_s = 0.1", "slot_s = 0").replace("channels = 4", "c = 4")
    )
    path.write_text(text)
    code, out, err = command(capsys, "check", path)
    lines = err.strip().split("\n")
    assert (code, out, len(lines)) == (2, "", 2)
    assert lines[0].startswith(f"edgewise: {path}, line 6: [network]: slot_s = 0 cannot be used")
    assert "unknown key of [[radio]] 'lora' 'c'" in lines[1]


def test_complaints_come_in_the_order_of_their_lines(tmp_path, capsys):
    """The shares are checked before the sites, and stand below them in the file."""
    path = tmp_path / "bad.toml"
    text = EXAMPLE.read_text().replace("share = 0.5", "share = 0.4", 1)
    path.write_text(text.replace('site = "A"\n', 'site = "Q"\n', 1))
    told = command(capsys, "check", path)[2].strip().split("\n")
    numbers = [int(line.partition(", line ")[2].partition(":")[0]) for line in told]
    assert len(told) == 2
    assert "does not exist" in told[0]
    assert numbers == sorted(numbers)
