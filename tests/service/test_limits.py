"""What one client may take, and who may ask at all."""

import asyncio
import json

import pytest
from served import USUAL
from starlette.testclient import TestClient

from edgewise.core.errors import UserError
from edgewise.service import access
from edgewise.service.limits import Limits
from edgewise.service.service import service

BODY = json.dumps({"agent": 0, "observation": USUAL}).encode()
TOKEN = "0123456789abcdef"


class Conversation:
    """One request, whose body comes when the test says so."""

    def __init__(self, app, path="/decide", method="POST", headers=()):
        self.parts = asyncio.Queue()
        self.sent = []
        self.reads = asyncio.Event()
        self.reads.set()
        lines = [(b"content-type", b"application/json"), *headers]
        self._scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": lines,
        }
        self.done = asyncio.ensure_future(app(self._scope, self.parts.get, self._send))

    async def _send(self, message):
        self.sent.append(message)
        await self.reads.wait()

    def gives(self, body, more=False):
        self.parts.put_nowait({"type": "http.request", "body": body, "more_body": more})
        return self

    async def answer(self):
        await self.done
        return self.sent[0]["status"], json.loads(self.sent[1]["body"])


def made(folder, **limits):
    return service(folder, 0, Limits(**limits), None)[0]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(folder):
    async def asked():
        app = made(folder, body_bytes=len(BODY))
        length = [(b"content-length", str(len(BODY) + 1).encode())]
        announced = await Conversation(app, headers=length).answer()
        grown = await Conversation(app).gives(BODY, more=True).gives(b" ", more=True).answer()
        exact = await Conversation(app).gives(BODY[:9], more=True).gives(BODY[9:]).answer()
        return announced, grown, exact

    announced, grown, exact = asyncio.run(asked())
    assert [announced[0], grown[0], exact[0]] == [413, 413, 200]
    assert announced[1]["reason"] == grown[1]["reason"] == "body"
    assert f"allowed {len(BODY)} bytes" in grown[1]["error"]


def test_a_body_that_is_encoded_is_refused(folder):
    client = TestClient(made(folder))
    answer = client.post("/decide", content=BODY, headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["reason"]) == (415, "encoding")


def test_more_requests_at_once_than_allowed_are_sent_away_and_the_others_answered(folder):
    async def asked():
        app = made(folder, concurrent=2)
        waiting = [Conversation(app) for _ in range(2)]
        await asyncio.sleep(0)
        third = Conversation(app).gives(BODY)
        refused = await third.answer()
        retry = dict(third.sent[0]["headers"])[b"retry-after"]
        health = await Conversation(app, "/v2/health/live", "GET").answer()
        answers = [(await each.gives(BODY).answer())[0] for each in waiting]
        later = await Conversation(app).gives(BODY).answer()
        return refused, retry, health[0], answers, later[0]

    refused, retry, health, answers, later = asyncio.run(asked())
    assert (refused[0], refused[1]["reason"], retry) == (503, "busy", b"1")
    assert (health, answers, later) == (200, [200, 200], 200)


def test_a_body_that_does_not_come_in_time_is_not_waited_for(folder):
    async def asked():
        return await Conversation(made(folder, seconds=0.05)).gives(BODY[:5], more=True).answer()

    status, told = asyncio.run(asked())
    assert (status, told["reason"]) == (408, "time")
    assert told["error"] == "not done in 0.05 s"


def test_an_inference_that_takes_too_long_is_given_up_between_rows(folder):
    names = {"load_s": ("FP32", [3]), "task_bits": ("FP32", []), "urgent": ("BOOL", [])}
    names |= {"backlog": ("INT32", [])}
    rows = 2000
    inputs = [{"name": "agent", "datatype": "INT32", "shape": [rows], "data": [0] * rows}]
    for name, (datatype, shape) in names.items():
        tensor = {"name": name, "datatype": datatype, "shape": [rows, *shape]}
        inputs.append({**tensor, "data": [USUAL[name]] * rows})
    body = json.dumps({"inputs": inputs})
    client = TestClient(made(folder, batch=rows, seconds=1e-3))
    answer = client.post("/v2/models/tiny/infer", content=body)
    assert (answer.status_code, answer.json()["reason"]) == (503, "time")


def test_an_answer_that_is_not_read_in_time_is_given_up(folder):
    async def asked():
        talk = Conversation(made(folder, seconds=0.05)).gives(BODY)
        talk.reads.clear()
        await talk.done
        return [message["type"] for message in talk.sent]

    assert asyncio.run(asked()) == ["http.response.start"]


def test_a_client_that_goes_away_is_let_go(folder):
    async def asked():
        talk = Conversation(made(folder)).gives(BODY[:5], more=True)
        talk.parts.put_nowait({"type": "http.disconnect"})
        return (await talk.answer())[1]["reason"]

    assert asyncio.run(asked()) == "disconnected"


def test_without_the_token_nothing_is_answered_but_health(folder, monkeypatch):
    compared = []

    def compare(sent, expected):
        compared.append((sent, expected))
        return sent == expected

    monkeypatch.setattr(access.hmac, "compare_digest", compare)
    client = TestClient(service(folder, 0, Limits(), TOKEN)[0])
    for path in ("/v2", "/metrics", "/openapi.json", "/decide", "/nowhere"):
        told = client.get(path)
        assert (told.status_code, told.json()["reason"]) == (401, "token")
        assert told.headers["www-authenticate"] == "Bearer"
    for wrong in (
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"bearer {TOKEN[:-1]}",
        TOKEN,
        "Bearer é",
    ):
        headers = {"authorization": wrong.encode("latin-1")}
        assert client.post("/decide", content=BODY, headers=headers).status_code == 401
    assert client.get("/v2/health/ready").status_code == 200
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    assert client.post("/decide", content=BODY, headers=headers).status_code == 200
    # Every answer was found by the comparison that takes the same time for all.
    assert compared[-1] == (f"Bearer {TOKEN}".encode(),) * 2
    paths = client.get("/openapi.json", headers=headers).json()["paths"]
    assert paths["/decide"]["post"]["security"] == [{"token": []}]
    assert "security" not in paths["/v2/health/live"]["get"]


def test_a_file_without_a_token_is_told(tmp_path):
    path = tmp_path / "token"
    with pytest.raises(UserError, match="cannot be read"):
        access.token_in(path)
    for content in ("", "short\n", "0123456789abcde é", "01234567 89abcdef", "0123456789abcdef\0"):
        path.write_text(content)
        with pytest.raises(UserError, match="holds no token: allowed 16 or more"):
            access.token_in(path)
    path.write_text(f"{TOKEN}\n")
    assert access.token_in(path) == TOKEN
