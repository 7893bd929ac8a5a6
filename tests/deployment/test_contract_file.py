"""The contract of a deployed agent, and its schema in the repository."""

import json
from pathlib import Path

import pytest

from edgewise.core.errors import UserError
from edgewise.deployment import contract
from edgewise.deployment.contract import Contract

SCHEMA = Path(contract.__file__).with_name("contract.schema.json")

EXAMPLE = {
    "scenario": "server-load-balance",
    "scheme": {"name": "dtomalb", "title": "DTOMALB", "knowledge": "local", "source": "a paper"},
    "run": {"digest": "0123456789abcdef", "seed": 1000, "slots": 30},
    "parameters": {"num_users": 2},
    "agents": 2,
    "observation": [
        {
            "name": "task_bits",
            "unit": "bit",
            "kind": "real",
            "shape": [],
            "low": 1.0,
            "high": 2.0,
            "meaning": "size of the task",
        }
    ],
    "decision": [
        {
            "name": "server",
            "unit": "1",
            "kind": "integer",
            "shape": [],
            "low": 0,
            "high": 5,
            "meaning": "where the task runs",
        }
    ],
    "valid_s": 0.5,
    "fallback": {"server": {"rule": "fixed", "value": 0}},
    "together": "each for itself",
    "policies": [
        {"file": "policy-0.onnx", "bytes": 3, "sha256": "ab" * 32, "agents": [0, 1]},
    ],
    "versions": {"edgewise": "0.1.0", "jax": "0.10.2", "onnx": "1.23", "opset": 21},
    "licence": "Apache-2.0",
}


def written(folder, **changes):
    (folder / contract.NAME).write_text(json.dumps({**EXAMPLE, **changes}))
    return folder


def test_the_schema_in_the_repository_is_the_models():
    assert json.loads(SCHEMA.read_text()) == Contract.model_json_schema()


def test_a_contract_survives_the_file(tmp_path):
    found = contract.read(written(tmp_path))
    (tmp_path / contract.NAME).write_bytes(contract.as_json(found))
    assert contract.read(tmp_path) == found
    assert found.policy_of(1).file == "policy-0.onnx"
    with pytest.raises(UserError, match=r"agent 2 is out of range: allowed \[0, 1\]"):
        found.policy_of(2)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"contract": 2}, "contract"),
        ({"agents": 3}, "do not serve each of the 3 agents once"),
        ({"fallback": {}}, "fallback does not give each field"),
        ({"valid_s": 0}, "valid_s"),
        ({"surprise": 1}, "surprise"),
        ({"policies": [{**EXAMPLE["policies"][0], "file": "../policy.onnx"}]}, "policies.0.file"),
        ({"observation": [{**EXAMPLE["observation"][0], "low": 3.0}]}, "low 3 is above high 2"),
        ({"observation": [{**EXAMPLE["observation"][0], "name": "server"}]}, "same name"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(tmp_path, changes, told):
    with pytest.raises(UserError, match=told) as caught:
        contract.read(written(tmp_path, **changes))
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_contract_is_told(tmp_path):
    with pytest.raises(UserError, match="give a folder that edgewise export wrote"):
        contract.read(tmp_path)
