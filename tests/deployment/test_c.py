"""The C file decides what the agent with ONNX Runtime decides, and falls back where it does."""

import math

import numpy as np
import pytest
from compiled import Compiled, needs_compiler
from deployable import policies_of, trained

from edgewise.agent import Agent
from edgewise.core.errors import UserError
from edgewise.deployment.contract import read
from edgewise.deployment.export import c_file, folder
from edgewise.deployment.export.verify import asked_of, by_file

pytestmark = needs_compiler

SLOTS = 60
KINDS = {
    "a table with a memory": ("multi-rat-iot", "il-maq"),
    "linear Q-values": ("application-utility", "oql-dist-no-history"),
    "a network": ("server-load-balance", "dtomalb"),
    "queues": ("application-utility", "ecf"),
    "links and servers": ("network", "ma-drl"),
    "a draw": ("multi-rat-iot", "random"),
    "a sort": ("joint-offloading", "greedy"),
    "a matching": ("small-cells", "pathwise"),
    "always the same": ("server-load-balance", "local"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_c_decides_what_onnx_decides(kind, exported):
    run, policies, deployed = (
        trained(*KINDS[kind]),
        policies_of(*KINDS[kind]),
        exported(*KINDS[kind]),
    )
    contract = read(deployed)
    agent, compiled = policies[0].agent, Compiled(deployed, contract)
    observed = [field.name for field in contract.observation]
    met = {
        name: np.repeat(np.asarray(value)[None, 0], SLOTS, axis=0)
        for name, value in agent.seat.measured(run.env, run.state, None).items()
    }
    # Beyond what is met, only draws: at the ends a matching has ties.
    asked = asked_of(np.random.default_rng(0), agent, met, SLOTS, extremes=kind != "a matching")
    expected = by_file(policies[0], asked)
    for t in range(SLOTS):
        seen = {name: asked.measured[name][t] for name in observed}
        if agent.num_lots:
            seen["lots"] = asked.lots[t]
        compiled.remember([memory[t] for memory in asked.memory])
        values, reason = compiled.decide(seen)
        assert reason == ""
        for field in contract.decision:
            ours, theirs = values[field.name], expected[field.name][t]
            if field.kind == "real":
                span = field.high - field.low
                np.testing.assert_allclose(ours / span, theirs / span, atol=1e-5)
            else:
                np.testing.assert_array_equal(ours, theirs)
        for name in (m.name for m in contract.sources[0].memory):
            remembered = np.array(getattr(compiled.memory, name))
            np.testing.assert_allclose(remembered, expected[f"next_{name}"][t], rtol=1e-5)


@pytest.mark.parametrize("scheme", ["equal-split", "ecf"])
def test_it_falls_back_where_the_agent_does(scheme, exported):
    deployed = exported("application-utility", scheme)
    contract = read(deployed)
    compiled, agent = Compiled(deployed, contract), Agent(deployed)
    usual = {
        "arrival_rps": [100.0, 50.0, 20.0],
        "served_rps": [0.0, 0.0, 0.0],
        "capacity_units": 7,
        "delay_limit_s": [0.05, 0.08, 0.13],
        "network_delay_s": [0.0015] * 3,
    }
    usual = {field.name: usual[field.name] for field in contract.observation}
    wrong = [{"capacity_units": 99}, {"capacity_units": -5}]
    if scheme == "ecf":
        wrong += [{"arrival_rps": [1.0, math.nan, 1.0]}, {"served_rps": [0.0, 0.0, -1.0]}]
        wrong += [{"delay_limit_s": [0.05, math.inf, 0.13]}]
    for change in ({}, *wrong, {}):
        values, reason = compiled.decide({**usual, **change})
        expected = agent.decide({**usual, **change})
        assert reason == expected.reason
        np.testing.assert_array_equal(values["units"], expected["units"])


def test_what_is_too_large_for_c_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(c_file, "MOST_NUMBERS", 100)
    name, scheme = KINDS["a network"]
    with pytest.raises(UserError, match="numbers, too many for C: allowed"):
        folder.write(tmp_path, trained(name, scheme), policies_of(name, scheme), as_c=True)
    assert list(tmp_path.iterdir()) == []
