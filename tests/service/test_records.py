"""What is counted and logged of every request is what was sent."""

import json
import logging
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import TOO_MUCH, USUAL

from edgewise.service.logs import AsJson
from edgewise.service.trace import trace_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def counted(client):
    """Every sample of /metrics, by its name and its label's value."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if "le" not in sample.labels
    }


def decide(client, **changes):
    return client.post("/decide", json={"agent": 0, "observation": USUAL, **changes})


def test_prometheus_counts_what_was_sent(client):
    for _ in range(5):
        decide(client)
    for _ in range(2):
        decide(client, age_s=1.0)
    decide(client, observation=TOO_MUCH)
    for _ in range(3):
        decide(client, observation={**USUAL, "backlog": 10})
    decide(client, surprise=1)
    inputs = [{"name": "agent", "datatype": "INT32", "shape": [1], "data": [0]}]
    client.post("/v2/models/tiny/infer", json={"inputs": inputs})
    client.get("/nowhere")
    client.get("/decide")
    client.post("/v2/repository/models/tiny/load")
    found = counted(client)
    decisions = {key[1]: value for key, value in found.items() if "decisions_total" in key[0]}
    assert decisions == {"policy": 5, "stale": 2, "failed": 1}
    refused = {key[1]: value for key, value in found.items() if "refused_total" in key[0]}
    assert refused == {"out_of_range": 3, "unknown": 1, "missing": 1, "path": 1, "method": 1}
    routes = {key[1]: value for key, value in found.items() if key[0].endswith("seconds_count")}
    assert routes == {
        "/decide": 13,
        "/v2/models/tiny/infer": 1,
        "/v2/repository/models/tiny/load": 1,
        "other": 1,
    }
    assert found["edgewise_reloads_total", "done"] == 1
    assert found["edgewise_request_seconds_sum", "/decide"] > 0


def test_rows_are_counted_one_by_one(client):
    columns = {"agent": ("INT32", [0, 1]), "load_s": ("FP32", [USUAL["load_s"]] * 2)}
    columns |= {"task_bits": ("FP32", [5e5, 1e6]), "urgent": ("BOOL", [False] * 2)}
    columns |= {"backlog": ("INT32", [1, 2])}
    inputs = [
        {
            "name": name,
            "datatype": kind,
            "shape": [2, *([3] if name == "load_s" else [])],
            "data": data,
        }
        for name, (kind, data) in columns.items()
    ]
    assert client.post("/v2/models/tiny/infer", json={"inputs": inputs}).status_code == 200
    found = counted(client)
    assert found["edgewise_decisions_total", "policy"] == 1
    assert found["edgewise_decisions_total", "failed"] == 1


def logged(caplog):
    return [each.facts for each in caplog.records if each.getMessage() == "request"]


def test_a_request_is_logged_under_the_callers_trace(client, caplog):
    caplog.set_level(logging.INFO)
    sent = f"00-{TRACE}-{SPAN}-01"
    answer = client.get("/v2?secret=1", headers={"traceparent": sent})
    (facts,) = logged(caplog)
    assert (facts["trace_id"], facts["parent_id"]) == (TRACE, SPAN)
    assert facts["span_id"] not in (SPAN, TRACE[:16])
    assert answer.headers["traceresponse"] == f"00-{TRACE}-{facts['span_id']}-01"
    assert (facts["method"], facts["path"], facts["status"]) == ("GET", "/v2", 200)
    assert facts["seconds"] > 0


def test_a_refusal_is_logged_with_its_reason(client, caplog):
    caplog.set_level(logging.INFO)
    decide(client, agent=7)
    (facts,) = logged(caplog)
    assert (facts["status"], facts["reason"]) == (422, "out_of_range")
    assert facts["error"].startswith("agent: ")


def test_a_fault_of_the_service_is_told_by_its_trace_alone(client, caplog, monkeypatch):
    def broken(*given):
        raise RuntimeError("a secret")

    monkeypatch.setattr("edgewise.service.metrics.Metrics.decided", broken)
    answer = decide(client)
    assert (answer.status_code, answer.json()["reason"]) == (500, "fault")
    assert "secret" not in answer.text
    (failed,) = [each for each in caplog.records if each.getMessage() == "failed"]
    assert failed.exc_info is not None
    assert failed.facts["trace_id"] in answer.json()["error"]


@pytest.mark.parametrize(
    "sent",
    [
        [],
        ["x"],
        [f"00-{TRACE}-{SPAN}"],
        [f"00-{TRACE.upper()}-{SPAN}-01"],
        [f"00-{'0' * 32}-{SPAN}-01"],
        [f"00-{TRACE}-{'0' * 16}-01"],
        [f"ff-{TRACE}-{SPAN}-01"],
        [f"00-{TRACE}-{SPAN}-01-more"],
        [f"00-{TRACE}-{SPAN}-01"] * 2,
    ],
)
def test_a_traceparent_that_is_none_begins_a_new_trace(sent):
    first, second = trace_of(sent), trace_of(sent)
    assert first.parent_id == ""
    assert len(first.trace_id) == 32
    assert len({TRACE, first.trace_id, second.trace_id}) == 3


def test_a_traceparent_of_a_later_version_is_kept():
    assert trace_of([f"01-{TRACE}-{SPAN}-00-more"]).trace_id == TRACE


def test_a_line_of_the_log_is_one_json_object():
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "a %s", ("b\nc",), error)
    record.facts = {"path": '/"\n'}
    line = AsJson().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["message"], found["level"], found["path"]) == ("a b\nc", "error", '/"\n')
    assert "first\nsecond" in found["exception"]
