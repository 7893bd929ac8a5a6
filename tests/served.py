"""An exported folder made by hand: every kind of field, memory and lots, in a model of a few
nodes whose answer is a line of NumPy; no JAX is compiled for it."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edgewise.deployment import contract
from edgewise.deployment.contract import Contract

REAL, WHOLE, TRUTH = TensorProto.FLOAT, TensorProto.INT32, TensorProto.BOOL
AGENTS = 3
NAME = "tiny"
USUAL = {"load_s": [0.3, 0.1, 0.2], "task_bits": 5e5, "urgent": False, "backlog": 4}
TOO_MUCH = {**USUAL, "task_bits": 1e6}
"""Usable, but what the policy answers to it is outside its range."""


def power_w(observation, watt=0.1):
    """The witness of one output."""
    bits = np.float32(observation["task_bits"])
    return [float(bits * np.float32(factor * watt / 1e6)) for factor in (1, 2)]


def _model(watt: float) -> bytes:
    factors = np.array([watt / 1e6, 2 * watt / 1e6], np.float32)
    constants = {"factors": factors, "five": np.int32(5), "one": np.int32(1)}
    nodes = [
        helper.make_node("ArgMin", ["load_s"], ["least"], axis=0, keepdims=0),
        helper.make_node("Cast", ["least"], ["server"], to=WHOLE),
        helper.make_node("Mul", ["task_bits", "factors"], ["power_w"]),
        helper.make_node("Greater", ["backlog", "five"], ["long"]),
        helper.make_node("Or", ["long", "urgent"], ["wait"]),
        helper.make_node("Squeeze", ["lots"], ["draw"]),
        helper.make_node("Identity", ["memory_0"], ["turn"]),
        helper.make_node("Add", ["memory_0", "one"], ["next_memory_0"]),
    ]
    given = {"load_s": (REAL, [3]), "task_bits": (REAL, []), "urgent": (TRUTH, [])}
    given |= {"backlog": (WHOLE, []), "lots": (REAL, [1]), "memory_0": (WHOLE, [])}
    made = {"server": (WHOLE, []), "power_w": (REAL, [2]), "wait": (TRUTH, []), "draw": (REAL, [])}
    made |= {"turn": (WHOLE, []), "next_memory_0": (WHOLE, [])}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, *each) for name, each in given.items()],
        [helper.make_tensor_value_info(name, *each) for name, each in made.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def _field(name, unit, kind, shape, low, high):
    keys = ("name", "unit", "kind", "shape", "low", "high", "meaning")
    return dict(zip(keys, (name, unit, kind, shape, low, high, f"what {name} is"), strict=True))


OBSERVATION = [
    _field("load_s", "s", "real", [3], 0, 10),
    _field("task_bits", "bit", "real", [], 1e5, 1e6),
    _field("urgent", "1", "boolean", [], 0, 1),
    _field("backlog", "1", "integer", [], 0, 9),
]
DECISION = [
    _field("server", "1", "integer", [], 0, 2),
    _field("power_w", "W", "real", [2], 0, 0.18),
    _field("wait", "1", "boolean", [], 0, 1),
    _field("draw", "1", "real", [], 0, 1),
    _field("turn", "1", "integer", [], 0, 10**9),
]
FALLBACK = {"server": 0, "power_w": [0.0, 0.0], "wait": True, "draw": 0.0, "turn": 0}


def write(folder: Path, watt: float = 0.1, scenario: str = NAME) -> Path:
    """The folder, with two policies that differ only in what they are called; power per bit is
    `watt` / 1e6."""
    content = _model(watt)
    memory = [{"name": "memory_0", "kind": "integer", "shape": [], "start": 0}]
    shared = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    policies = [
        {"file": f"policy-{number}.onnx", "agents": agents, "memory": memory, **shared}
        for number, agents in enumerate(([0, 2], [1]))
    ]
    facts = {
        "scenario": scenario,
        "scheme": {"name": "hand", "title": "Hand", "knowledge": "local", "source": "a test"},
        "run": {"digest": "0" * 16, "seed": 1, "slots": 0},
        "parameters": {},
        "agents": AGENTS,
        "observation": OBSERVATION,
        "decision": DECISION,
        "valid_s": 0.5,
        "fallback": {name: {"rule": "fixed", "value": value} for name, value in FALLBACK.items()},
        "together": "each for itself",
        "lots": {"count": 1, "shared": False},
        "policies": policies,
        "versions": {"edgewise": "0", "jax": "0", "onnx": onnx.__version__, "opset": 21},
        "licence": "Apache-2.0",
    }
    made = Contract.model_validate(facts)
    folder.mkdir(parents=True, exist_ok=True)
    for policy in policies:
        (folder / policy["file"]).write_bytes(content)
    (folder / contract.NAME).write_bytes(contract.as_json(made))
    return folder
