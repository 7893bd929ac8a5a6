"""Agents as processes decide over the wire what they decide here, whoever dies on the way."""

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
from deployable import scheduler_of, trained
from hearing import Ear

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.rollout import rollout
from edgewise.core.seeding import seed_keys
from edgewise.deployment import contract
from edgewise.deployment.emulation import outcome
from edgewise.deployment.emulation.broker import Broker
from edgewise.deployment.emulation.emulate import Asked, Emulation, Ran
from edgewise.deployment.emulation.namespaces import Namespaces
from edgewise.deployment.emulation.plan import Accidents
from edgewise.deployment.emulation.processes import Command, Processes
from edgewise.deployment.emulation.world import world_of

AGENTS = 4
SIZES = (("num_users", AGENTS),)
SLOTS = 24
SLOT_S = 30.0
"""Nobody is too late on a machine that has much else to do."""

pytestmark = pytest.mark.usefixtures("broker")  # Skips where there is none.


def lived(folder: Path, logs: Path, **asked: object) -> tuple[list[Ran], list[outcome.Found]]:
    """The runs of an exported folder, and what is found of them, JAX included."""
    deployed = contract.read(folder)
    exported = trained(deployed.scenario, deployed.scheme.name, 0, SIZES)
    world = world_of(scenarios.get(deployed.scenario), {}, deployed)
    what = Asked(folder, logs, SLOTS, SLOT_S, deployed.run.seed)
    what = dataclasses.replace(what, **asked)
    with Emulation(what, world) as emulation:
        wire, runs = emulation.wire, []
        for ran in emulation.runs():
            runs.append(ran)
            # Nobody attends to the line from run to run: it may break, and what is said be lost.
            wire._host._line._client.socket().shutdown(2)
        return runs, [outcome.found(folder, what.seed, wire, ran, exported) for ran in runs]


@pytest.fixture(scope="module")
def kills(table: Path, tmp_path_factory: pytest.TempPathFactory):
    """Tables, which remember: with nobody dead and with one of four, and each time an agent and
    the broker killed on the way."""
    accidents = Accidents(kills=1, broker_kills=1, away=6)
    logs = tmp_path_factory.mktemp("logs")
    return *lived(table, logs, dead=(0.25, 0.0), accidents=accidents), logs


def test_every_decision_on_the_wire_is_the_one_made_here(kills):
    _, found, _ = kills
    for one in found:
        assert one.onnx.compared == (1.0 - one.fallback) * one.decisions > 0
        assert (one.onnx.unequal, one.onnx.unknown) == (0, 0)
        assert dataclasses.replace(one.jax, largest_difference=0.0) == one.onnx


def test_the_others_go_on_and_the_dead_ones_devices_take_the_fallback(kills):
    """In the slot without a broker nobody answers; in the slots of its death one does not."""
    runs, _, _ = kills
    for ran in runs:
        living = set(range(AGENTS)) - set(ran.dead)
        without = [slot for slot, who in enumerate(ran.answered) if not who]
        assert len(without) == 1
        (victim,) = {n for n in living if sum(n not in who for who in ran.answered) > 1}
        away = [slot for slot, who in enumerate(ran.answered) if victim not in who]
        assert len({*away} - {*without}) in (5, 6)
        for slot, who in enumerate(ran.answered):
            if slot not in without:
                assert who == living - ({victim} if slot in away else set())


def test_who_was_killed_is_back_with_nothing_remembered(kills):
    runs, _, logs = kills
    for ran in runs:
        started = [sorted({each.started for each in own.values()}) for own in ran.answers]
        assert sorted(map(len, started)) == [
            *[0] * len(ran.dead),
            *[1] * (AGENTS - 1 - len(ran.dead)),
            2,
        ]
    text = (logs / "agent-0.log").read_text()
    assert "connected" in text
    assert "Traceback" not in text


def test_with_nobody_dead_the_world_is_that_of_the_evaluation(network: Path, tmp_path: Path):
    _, (found,) = lived(network, tmp_path)
    assert (found.fallback, found.unanswered) == (0.0, 0.0)
    assert (found.onnx.compared, found.onnx.unequal) == (AGENTS * SLOTS, 0)
    assert found.jax.unequal == 0
    assert 0.0 < found.took_s.p50 <= found.wire_s.p50 <= found.wire_s.p99 <= found.wire_s.largest
    env, state, scheduler = scheduler_of("server-load-balance", "dtomalb", 0, SIZES)
    scenario = scenarios.get("server-load-balance")
    seen = eqx.filter_jit(rollout)(
        env, scheduler, seed_keys(7).evaluation, state, SLOTS, scenario.episode_slots
    )
    for metric in scenario.metrics:
        expected = float(metric.measure(env, seen))
        np.testing.assert_allclose(found.metrics[metric.name], expected, rtol=1e-5)


@contextmanager
def in_namespaces(agents: int, netem: str) -> Iterator[Namespaces]:
    """Skips, with the reason, where there are none."""
    with ExitStack() as held:
        try:
            spaces = held.enter_context(Namespaces(agents, netem))
        except UserError as error:
            pytest.skip(str(error))
        yield spaces


def test_a_cut_link_is_a_death_that_nobody_tells(network: Path, tmp_path: Path):
    with in_namespaces(1, ""):
        pass
    (ran,), (found,) = lived(network, tmp_path, netem="", accidents=Accidents(cuts=1, away=5))
    silent = [{*range(AGENTS)} - who for who in ran.answered]
    assert sum(map(len, silent)) == 5
    assert len(set().union(*silent)) == 1
    assert (found.onnx.unequal, found.onnx.unknown, found.jax.unequal) == (0, 0, 0)


def test_a_wire_takes_its_time(network: Path, tmp_path: Path):
    with in_namespaces(1, "delay 20ms"):
        pass
    _, (found,) = lived(network, tmp_path, netem="delay 20ms", slots=3)
    assert found.wire_s.p50 > 0.080
    assert found.onnx.unequal == 0


def test_namespaces_are_gone_afterwards():
    with in_namespaces(2, "") as spaces:
        mine = spaces.inside(1)[-1]
        assert mine in subprocess.check_output(["ip", "netns"], text=True)
    assert mine not in subprocess.check_output(["ip", "netns"], text=True)
    assert f"ew{os.getpid()}" not in subprocess.check_output(["ip", "link"], text=True)


def test_a_process_that_is_killed_dies_and_one_that_is_asked_leaves(
    broker: Broker, ear: Ear, network: Path, tmp_path: Path
):
    command = Command(network, f"127.0.0.1:{broker.port}", "edgewise", 5.0, 0)
    processes = Processes(command, tmp_path)
    for number in (1, 2):
        processes.start(number)
    ear.until(lambda: bool(ear.of("NBIRTH", "agent-1") and ear.of("NBIRTH", "agent-2")))
    memory_mb = processes.memory_mb()
    assert not memory_mb or 10 < memory_mb["proportional"] <= memory_mb["resident"] < 500
    processes.kill(1)
    ear.until(lambda: bool(ear.of("NDEATH", "agent-1")))
    assert not ear.of("NDEATH", "agent-2")
    processes.stop()
    ear.until(lambda: bool(ear.of("NDEATH", "agent-2")))
