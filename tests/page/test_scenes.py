"""What is shown of a slot says what the scenario's own equations say of it."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from edgewise import scenarios
from edgewise.core.scene import Shown
from edgewise.core.seeding import seed_keys
from edgewise.report.play.record import PER_DEVICE, _thinned, scene_of
from edgewise.report.play.section import _pair

fast_jit = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
SIZES: dict[str, dict[str, Any]] = {
    "application-utility": {"num_servers": 3, "num_devices": 12},
    "joint-offloading": {"num_devices": 5, "num_servers": 2},
    "multi-rat-iot": {"num_users": 6},
    "network": {"devices.count": 6, "application.arrival_probability": 1.0},
    "server-load-balance": {"num_users": 6},
    "small-cells": {"num_cells": 2, "ues_per_cell": 3, "num_channels": 4},
}
SLOTS = 3


def _seen(name: str) -> tuple[Any, Any, Any, Any, Any]:
    """The environment, and of SLOTS slots of one layout states, decisions, outcomes and what is
    shown; actions are random."""
    env: Any = scenarios.get(name).env(**SIZES[name])
    scene: Any = scene_of(name)

    @fast_jit
    def run(key: Any) -> Any:
        def slot(state: Any, key: Any) -> Any:
            decision = env.decode(state, env.sample_actions(key))
            outcome = env.evaluate(state, decision)
            shown = scene.shown(env, state, decision, outcome)
            return env.advance(key, state, outcome), (state, decision, outcome, shown)

        return jax.lax.scan(slot, env.reset(key), jax.random.split(key, SLOTS))[1]

    return env, *jax.tree.map(np.asarray, run(seed_keys(0).layout))


@pytest.mark.parametrize("name", sorted(SIZES))
def test_a_slot_is_shown_as_it_was(name: str) -> None:
    env, state, decision, outcome, shown = _seen(name)
    parameters = scenarios.get(name).checked(**SIZES[name])
    scene: Any = scene_of(name)
    ground = scene.ground(env, parameters)
    first = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), state)
    sites, servers = scene.placed(env, first) or (ground.site_xy_m, ground.server_xy_m)
    assert np.shape(sites) == (len(ground.sites), 2)
    assert np.shape(servers) == (len(ground.servers), 2)
    away = shown.server > 0
    assert away.any()
    assert shown.server.max() <= len(ground.servers)
    assert (shown.site[away] >= 0).all()
    assert shown.site.max() < len(ground.sites)
    assert shown.channel.max() < max(len(ground.channels), 1)
    assert shown.load.shape == (SLOTS, len(ground.servers))
    assert (shown.load >= 0).all()
    assert not ground.devices or len(ground.devices) == shown.work.shape[1]
    _check_delay(name, env, decision, outcome, shown)
    _check_places(name, outcome, shown)


def _check_places(name: str, outcome: Any, shown: Shown) -> None:
    """Whoever computes by itself is on no way, and whoever divides nothing is in one place."""
    away = shown.server > 0
    for way in (shown.up_s, shown.forward_s, shown.server_s):
        assert (way[~away] == 0).all()
    if name in ("joint-offloading", "multi-rat-iot", "server-load-balance"):
        np.testing.assert_array_equal(shown.share, away)
        assert (shown.local_s[away] == 0).all()
    received = outcome.received if name == "multi-rat-iot" else np.ones_like(away)
    if name in ("joint-offloading", "multi-rat-iot"):  # They have no deadlines.
        np.testing.assert_array_equal(shown.met, np.where(away, received, True))


def test_what_is_seen_first_is_what_learned_beside_the_reference() -> None:
    scenario = scenarios.get("server-load-balance")
    assert _pair(scenario, ["random", "dtomalb", "optimum"]) == ["dtomalb", "optimum"]
    assert _pair(scenario, ["random", "optimum"]) == ["random", "optimum"]
    assert _pair(scenario, ["optimum"]) == ["optimum", "optimum"]
    assert _pair(scenario, ["static", "random"]) == ["random", "static"]


def test_many_devices_are_thinned_from_the_first_to_the_last(monkeypatch) -> None:
    monkeypatch.setattr("edgewise.report.play.record.MOST_DEVICES", 3)
    each = dict.fromkeys(PER_DEVICE, jnp.arange(9))
    thin = _thinned(Shown(load=jnp.zeros(2), **each))
    assert thin.work.tolist() == [0, 4, 8]
    assert thin.load.shape == (2,)


def _check_delay(name: str, env: Any, decision: Any, outcome: Any, shown: Shown) -> None:
    """The longer of both ways is the outcome's delay."""
    way = shown.up_s + shown.forward_s + shown.server_s
    if name == "small-cells":
        way = np.minimum(way, env.slot_s)
    taken = np.maximum(shown.local_s, way)
    if name == "application-utility":  # `delay_s` there is over the cloud's requests as well.
        served = outcome.served_rps.reshape(SLOTS, -1)
        np.testing.assert_allclose(np.asarray(shown.share * shown.work), served, rtol=1e-5)
        assert ((taken > 0) == (served > 0)).all()
        assert (taken[served > 0] < shown.deadline_s[served > 0] * (1 + 1e-5)).all()
        return
    wanted = outcome.delay_s.reshape(SLOTS, -1)
    sent_in_vain = getattr(outcome, "failed", np.zeros_like(wanted, bool))
    np.testing.assert_allclose(taken[~sent_in_vain], wanted[~sent_in_vain], rtol=1e-5)
    sent = decision.offload_ratio if hasattr(decision, "offload_ratio") else None
    if sent is not None:
        sent = np.where(shown.site >= 0, sent.reshape(SLOTS, -1), 0.0)
        np.testing.assert_array_equal(shown.share, sent)


def test_every_scenario_can_be_shown() -> None:
    assert set(SIZES) == set(scenarios.names())
    assert scene_of("tiny") is None
