"""A federation in processes of its own: with a site that is ill, and whose SuperNode is killed."""

import threading
import time

import jax
import numpy as np
import pytest

pytest.importorskip("flwr", reason="needs Flower: pip install -c constraints-federate.txt")

from federation_small import SEED, parts_of
from hostile_site import HANGS

from edgewise.federation.flower.launch import Asked, Federation
from edgewise.federation.together import Participation, federated

ROUNDS = 3


def _kill_when_it_hangs(federation, folder):
    while not (folder / HANGS).exists():
        time.sleep(0.1)
    federation.started.kill(federation.node(1))


def test_ill_and_killed_sites_spoil_nothing(tmp_path):
    """The model is that of one process in which the same took part, bit for bit."""
    parts = parts_of(2, ROUNDS)
    federation = Federation(parts, SEED, tmp_path, Asked(round_s=25.0, site="hostile_site"))
    killer = threading.Thread(target=_kill_when_it_hangs, args=(federation, tmp_path), daemon=True)
    killer.start()
    outcome = federation.run()
    killer.join(10)
    assert outcome.took_part.counted.tolist() == [[True, False]] * ROUNDS
    (reason,) = outcome.rounds[0]["refused"].values()
    assert reason.endswith("not a finite number")
    acted, slots = outcome.took_part.acted, parts.round_slots
    assert acted[:, 0].all()
    assert acted[: 2 * slots, 1].all()
    assert not acted[2 * slots :, 1].any()
    with jax.numpy_rank_promotion("allow"):
        here = federated(federation.pieces, outcome.took_part)
        undisturbed = federated(federation.pieces, Participation.full(parts))
    assert all(np.array_equal(a, b) for a, b in zip(outcome.model, here, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(here, undisturbed, strict=True))
    assert all(process.poll() is not None for process in federation.started.running.values())
