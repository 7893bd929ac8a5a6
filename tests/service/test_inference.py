"""The Open Inference Protocol v2 as it is written down, spoken by hand: JSON and bytes."""

import json
import math
import struct

import numpy as np
import pytest
import served
from served import TOO_MUCH, USUAL, power_w
from starlette.testclient import TestClient

from edgewise.agent import Agent
from edgewise.core.errors import UserError
from edgewise.service.limits import Limits
from edgewise.service.service import service

INFER = "/v2/models/tiny/infer"
TYPES = {"agent": "INT32", "load_s": "FP32", "task_bits": "FP32", "urgent": "BOOL"}
TYPES |= {"backlog": "INT32", "age_s": "FP32", "slot": "INT64"}
ROWS = [USUAL, {**USUAL, "load_s": [0.1, 2.0, 0.0], "backlog": 9, "task_bits": 2e5}]


def tensor(name, data):
    return {"name": name, "datatype": TYPES[name], "shape": list(np.shape(data)), "data": data}


def tensors(agents=(0, 1), rows=ROWS, **others):
    columns = {"agent": list(agents), **{name: [row[name] for row in rows] for name in USUAL}}
    return [tensor(name, data) for name, data in {**columns, **others}.items()]


def asked(client, inputs, **parts):
    body = json.dumps({"inputs": inputs, **parts})
    return client.post(INFER, content=body)


def outputs(answer):
    assert answer.status_code == 200, answer.text
    listed = answer.json()["outputs"]
    return {each["name"]: np.reshape(each["data"], each["shape"]).tolist() for each in listed}


def test_the_server_and_the_model_say_what_they_are(client):
    assert client.get("/v2").json()["extensions"] == ["binary_tensor_data"]
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v2/models/tiny/ready").json() == {"name": "tiny", "ready": True}
    model = client.get("/v2/models/tiny").json()
    assert (model["name"], model["platform"]) == ("tiny", "onnxruntime_onnx")
    assert {"name": "load_s", "datatype": "FP32", "shape": [-1, 3]} in model["inputs"]
    assert {each["name"]: each["datatype"] for each in model["inputs"]} == TYPES
    assert {"name": "power_w", "datatype": "FP32", "shape": [-1, 2]} in model["outputs"]
    (version,) = model["versions"]
    assert client.get(f"/v2/models/tiny/versions/{version}/ready").status_code == 200
    assert client.get("/v2/models/tiny/versions/1/ready").json()["reason"] == "version"
    assert client.get("/v2/models/other").json()["reason"] == "path"


def test_rows_are_decided_by_the_agents_they_name(client, folder):
    answer = asked(client, tensors(), id="17")
    assert answer.headers["content-type"] == "application/json"
    assert (answer.json()["id"], answer.json()["model_name"]) == ("17", "tiny")
    found = outputs(answer)
    assert found["server"] == [1, 2]
    assert found["power_w"] == [power_w(row) for row in ROWS]
    assert found["wait"] == [False, True]
    assert found["draw"] == [Agent(folder, n).decide(ROWS[n])["draw"] for n in (0, 1)]
    assert found["reason"] == ["", ""]


def test_an_agent_that_is_named_twice_decides_twice(client):
    assert outputs(asked(client, tensors(agents=(2, 2))))["turn"] == [0, 1]


def test_data_may_be_nested_or_flat(client):
    flat = tensors()
    flat[1]["data"] = [each for row in ROWS for each in row["load_s"]]
    assert outputs(asked(client, flat))["server"] == [1, 2]


def test_a_row_that_falls_back_says_why(client):
    found = outputs(asked(client, tensors(rows=[USUAL, TOO_MUCH], age_s=[0.0, 0.0])))
    assert found["reason"] == ["", "failed"]
    assert found["power_w"][1] == [0.0, 0.0]
    found = outputs(asked(client, tensors(age_s=[9.0, 0.5])))
    assert found["reason"] == ["stale", ""]


def test_the_slot_says_which_lots_are_drawn(client, folder):
    found = outputs(asked(client, tensors(slot=[5, 0])))
    assert found["draw"][0] == Agent(folder, 0).decide(USUAL, slot=5)["draw"]


def test_only_the_outputs_that_are_asked_for_are_given(client):
    answer = asked(client, tensors(), outputs=[{"name": "wait"}, {"name": "server"}])
    assert list(outputs(answer)) == ["wait", "server"]


def test_bytes_stand_behind_the_json_both_ways(client):
    """Written out by the extension's own rules: row-major, little-endian, one byte a BOOL, a text
    behind its length in four bytes."""
    inputs, behind = tensors(), b""
    for each in inputs:
        kind = {"FP32": "<f4", "INT32": "<i4", "BOOL": "?"}[each["datatype"]]
        content = np.asarray(each.pop("data"), kind).tobytes()
        each["parameters"] = {"binary_data_size": len(content)}
        behind += content
    wanted = [{"name": name, "parameters": {"binary_data": True}} for name in ("reason", "power_w")]
    body = {"inputs": inputs, "outputs": [*wanted, {"name": "server"}]}
    head = json.dumps(body).encode()
    headers = {"inference-header-content-length": str(len(head))}
    answer = client.post(INFER, content=head + behind, headers=headers)
    length = int(answer.headers["inference-header-content-length"])
    told, content = json.loads(answer.content[:length]), answer.content[length:]
    sizes = [each.get("parameters", {}).get("binary_data_size") for each in told["outputs"]]
    assert sizes == [8, 16, None]
    assert content[:8] == b"\0" * 8
    assert list(struct.unpack("<4f", content[8:])) == [
        watt for row in ROWS for watt in power_w(row)
    ]
    assert told["outputs"][2]["data"] == [1, 2]


def changed(name, **keys):
    return [each | keys if each["name"] == name else each for each in tensors()]


def without(name):
    return [each for each in tensors() if each["name"] != name]


def seen(**fields):
    return tensors(rows=[USUAL, {**USUAL, **fields}])


BINARY = {"parameters": {"binary_data_size": 8}}
REFUSED = [
    (seen(task_bits=math.nan), "not_finite", "task_bits"),
    (seen(task_bits=math.inf), "not_finite", "task_bits"),
    (seen(task_bits=9e4), "out_of_range", "task_bits"),
    (seen(backlog=10), "out_of_range", "backlog"),
    (changed("load_s", data=[[0.1, 0.2, 0.3], [0.1, 0.2]]), "shape", "load_s"),
    (changed("load_s", data=[0.1] * 5), "shape", "load_s"),
    (changed("load_s", shape=[2, 2], data=[0.1] * 4), "shape", "load_s"),
    (changed("load_s", shape=[3, 2]), "shape", "load_s"),
    (changed("load_s", shape=[]), "batch", "load_s"),
    (changed("load_s", shape=[-2, -3]), "batch", "load_s"),
    (changed("load_s", shape=[3, 3], data=[0.1] * 9), "shape", "load_s"),
    (changed("load_s", datatype="FP64"), "type", "load_s"),
    (changed("task_bits", data=["5e5", 5e5]), "type", "task_bits"),
    (changed("task_bits", data=[None, 5e5]), "type", "task_bits"),
    (changed("task_bits", data=[{}, 5e5]), "type", "task_bits"),
    (changed("backlog", data=[1.5, 2]), "type", "backlog"),
    (changed("urgent", data=[0, 1]), "type", "urgent"),
    (changed("urgent", parameters={"surprise": 1}), "unknown", "inputs.3.parameters.surprise"),
    ([*tensors(), tensor("agent", [0, 1])], "duplicate", "agent"),
    ([*tensors(), tensor("agent", [0, 1]) | {"name": "surprise"}], "unknown", "surprise"),
    (without("backlog"), "missing", "backlog"),
    (without("agent"), "missing", "agent"),
    (changed("agent", data=None), "missing", "agent"),
    (changed("agent", **BINARY), "missing", "agent"),
    (tensors(agents=(0, 3)), "out_of_range", "agent"),
    (tensors(agents=(-1, 0)), "out_of_range", "agent"),
    (tensors(age_s=[0.0, math.nan]), "not_finite", "age_s"),
    (tensors(age_s=[0.0, -1.0]), "out_of_range", "age_s"),
    (tensors(slot=[0, -1]), "out_of_range", "slot"),
    ([], "shape", "inputs"),
]


@pytest.mark.parametrize(("inputs", "reason", "field"), REFUSED)
def test_what_does_not_fit_is_refused_and_no_row_is_decided(shared, inputs, reason, field):
    before = outputs(asked(shared, tensors()))["turn"]
    answer = asked(shared, inputs)
    told = answer.json()
    assert (answer.status_code, told["reason"], told["field"]) == (422, reason, field)
    assert field in told["error"]
    assert outputs(asked(shared, tensors()))["turn"] == [1 + turn for turn in before]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"outputs": [{"name": "surprise"}]}, "surprise"),
        ({"parameters": {"sequence_id": 1}}, "parameters.sequence_id"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_is_not_known_is_refused_by_name(shared, parts, field):
    told = asked(shared, tensors(), **parts).json()
    assert (told["reason"], told["field"]) == ("unknown", field)


@pytest.mark.parametrize("length", ["-1", "x", "1" * 5000, "²", "99999", "3"])
def test_a_length_of_the_json_that_is_none_is_refused(shared, length):
    headers = {"inference-header-content-length": length.encode("latin-1")}
    answer = shared.post(INFER, content=json.dumps({"inputs": tensors()}), headers=headers)
    assert answer.json()["reason"] in ("binary", "malformed")


@pytest.mark.parametrize("size", [7, 9, 12])
def test_bytes_that_are_not_the_inputs_are_refused(shared, size):
    inputs = [tensor("agent", [0, 1]) | {"parameters": {"binary_data_size": size}}]
    del inputs[0]["data"]
    head = json.dumps({"inputs": inputs + without("agent")}).encode()
    headers = {"inference-header-content-length": str(len(head))}
    told = shared.post(INFER, content=head + b"\0" * 8, headers=headers).json()
    assert told["reason"] == "binary"
    exact = shared.post(INFER, content=head + b"\0" * size, headers=headers).json()
    assert (exact["reason"], exact["field"]) == ("shape", "agent")


def test_more_rows_than_allowed_are_refused(folder):
    client = TestClient(service(folder, 0, Limits(batch=2), None)[0])
    assert asked(client, tensors()).status_code == 200
    told = asked(client, tensors(agents=(0, 1, 2), rows=[*ROWS, USUAL])).json()
    assert (told["reason"], told["field"]) == ("batch", "agent")
    assert "allowed [1, 2]" in told["error"]


def test_a_field_with_a_name_of_the_services_own_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(served.OBSERVATION[1], "name", "slot")
    with pytest.raises(UserError, match="a field of the contract is called slot"):
        service(served.write(tmp_path / "d"), 0, Limits(), None)
