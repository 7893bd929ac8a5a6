"""From the start to the end of the process: what is refused at start, swapped, finished."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import served
from served import USUAL, power_w
from starlette.testclient import TestClient

from edgewise.agent import Agent
from edgewise.cli.main import run
from edgewise.core.errors import UserError
from edgewise.service.limits import Limits
from edgewise.service.run import UNPROTECTED, listening_on
from edgewise.service.service import service

BODY = json.dumps({"agent": 0, "observation": USUAL}).encode()
JSON = {"content-type": "application/json"}
SWAPS = 6


def test_a_file_that_is_not_the_contracts_is_refused_in_one_line(tmp_path):
    folder = served.write(tmp_path / "d")
    path = folder / "policy-1.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    command = [sys.executable, "-m", "edgewise", "serve", str(folder), "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"edgewise: {path} is not the file of the contract: its SHA-256 is")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere"], "contract.json cannot be read"),
        (["--host", "0.0.0.0"], "--host 0.0.0.0 can be reached from elsewhere: give --token-file"),
        (["--token-file", "nowhere"], "nowhere cannot be read"),
        (["--max-batch", "0"], "--max-batch 0 is out of range"),
        (["--max-seconds", "-1"], "--max-seconds -1 is out of range"),
        (["--port", "70000"], "--port 70000 is out of range: allowed [0, 65535]"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(folder, words, told, capsys):
    given = words if words[0] == "nowhere" else [str(folder), *words]
    with pytest.raises(SystemExit) as stopped:
        run(["serve", *given])
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_damaged_contract_is_told(tmp_path):
    path = served.write(tmp_path) / "contract.json"
    facts = json.loads(path.read_text())
    for wrong in ({"agents": None}, {"decision": [{"name": "server"}]}):
        path.write_text(json.dumps(facts | wrong))
        with pytest.raises(UserError, match=f"{path} is damaged"):
            service(tmp_path, 0, Limits(), None)


def test_a_folder_that_is_replaced_while_it_is_read_is_told(tmp_path, monkeypatch):
    served.write(tmp_path)

    def replaced(folder, number, seed):
        served.write(tmp_path, watt=0.2)
        return Agent(folder, number, seed)

    monkeypatch.setattr("edgewise.service.deployed.Agent", replaced)
    with pytest.raises(UserError, match="is being written: try again"):
        service(tmp_path, 0, Limits(), None)


def test_an_address_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"127.0.0.1:{port} cannot be listened on"):
            listening_on("127.0.0.1", port)


def test_a_folder_that_cannot_be_used_is_not_reloaded_and_the_service_goes_on(tmp_path):
    folder = served.write(tmp_path / "d")
    client = TestClient(service(folder, 0, Limits(), None)[0])
    load = "/v2/repository/models/tiny/load"
    path = folder / "policy-1.onnx"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    answer = client.post(load)
    assert (answer.status_code, answer.json()["reason"]) == (409, "reload")
    assert "is not the file of the contract" in answer.json()["error"]
    (folder / "contract.json").rename(folder / "gone")
    assert "cannot be read" in client.post(load).json()["error"]
    assert client.post("/decide", json=json.loads(BODY)).json()["by"] == "policy"
    assert client.post(load, json={"parameters": {}}).json()["reason"] == "unknown"
    (folder / "gone").rename(folder / "contract.json")
    path.write_bytes(whole)
    assert client.post(load, json={}).json() == {"name": "tiny"}


def test_a_reload_swaps_the_policy_without_a_failed_request(running, tmp_path):
    """Every answer, before, while and after, is the whole of one policy: the version and the power
    belong together."""
    watts = 0.1, 0.05
    folder = served.write(tmp_path / "d", watts[0])
    live = running(str(folder))
    version = {live.asked("/v2/models/tiny")["versions"][0]: watts[0]}
    answers: list[tuple[int, dict]] = []
    done = threading.Event()

    def load() -> None:
        connection = http.client.HTTPConnection(live.address, timeout=60)
        while not done.is_set():
            connection.request("POST", "/decide", BODY, JSON)
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())))
        connection.close()

    clients = [threading.Thread(target=load) for _ in range(3)]
    for each in clients:
        each.start()
    for swap in range(1, SWAPS + 1):
        (before,) = live.asked("/v2/models/tiny")["versions"]
        served.write(folder, watts[swap % 2])
        if swap % 2:
            live.process.send_signal(1)
        else:
            live.asked("/v2/repository/models/tiny/load", {})
        while (now := live.asked("/v2/models/tiny")["versions"][0]) == before:
            time.sleep(0.01)
        version.setdefault(now, watts[swap % 2])
    done.set()
    for each in clients:
        each.join(timeout=60)
    assert len(version) == 2
    assert {status for status, _ in answers} == {200}
    for _, answer in answers:
        assert answer["decision"]["power_w"] == power_w(USUAL, version[answer["version"]])
    assert {answer["version"] for _, answer in answers} == set(version)
    assert live.ended() == 0
    assert sum(each["message"] == "serving" for each in live.log()) == 1 + SWAPS


def test_sigterm_finishes_what_is_in_flight(running, folder):
    live = running(str(folder))
    host, port = live.address.split(":")
    head = "POST /decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    head += f"content-length: {len(BODY)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as talk:
        talk.sendall(head.encode() + BODY[:20])
        live.asked("/v2/health/live")  # It came later: the first one has begun.
        live.process.terminate()
        while not _refused(host, int(port)):
            time.sleep(0.01)
        assert live.process.poll() is None
        talk.sendall(BODY[20:])
        answer = http.client.HTTPResponse(talk)
        answer.begin()
        assert answer.status == 200
        assert json.loads(answer.read())["by"] == "policy"
    assert live.process.wait(timeout=60) == 0


def _refused(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_another_address_has_a_token_and_is_told_to_stand_behind_tls(running, folder, tmp_path):
    (tmp_path / "token").write_text("0123456789abcdef\n")
    words = "--host", "0.0.0.0", "--token-file", str(tmp_path / "token")
    live = running(str(folder), *words)
    port = live.address.split(":")[1]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    statuses = []
    for headers in (JSON, JSON | {"authorization": "Bearer 0123456789abcdef"}):
        connection.request("POST", "/decide", BODY, headers)
        answer = connection.getresponse()
        statuses.append(answer.status)
        answer.read()
    connection.close()
    assert statuses == [401, 200]
    assert live.ended() == 0
    assert UNPROTECTED in [each["message"] for each in live.log()]
    assert "0123456789abcdef" not in Path(live._log).read_text()
