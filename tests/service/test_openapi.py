"""Schemathesis, against the OpenAPI of the running service, finds nothing."""

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
import served

TOKEN = "0123456789abcdef"
CONFIGURATION = """
[[operations]]
include-name = "POST /v2/models/tiny/infer"
# That a tensor's data has as many numbers as its shape says, no schema can tell.
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]
"""


@pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
)
def test_schemathesis_finds_nothing(running, folder, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "st.toml").write_text(CONFIGURATION)
    live = running(str(folder), "--token-file", str(tmp_path / "token"))
    words = ["--config-file", "st.toml", "run", f"{live.url}/openapi.json", "--no-color"]
    words += ["-H", f"Authorization: Bearer {TOKEN}", "--max-examples", "10"]
    words += ["--generation-deterministic", "--continue-on-failure"]
    begin = "from schemathesis.cli import schemathesis; schemathesis()"
    ran = subprocess.run(
        [sys.executable, "-c", begin, *words],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (generated, passed) = re.findall(r"(\d+) generated, (\d+) passed", ran.stdout)[0]
    assert generated == passed
    assert int(generated) > 200
    assert re.search(r"Operations: +9 selected / 9 total", ran.stdout)
    assert live.ended() == 0
    assert not [line for line in live.log() if line["level"] == "error"]


def test_the_openapi_says_what_the_contract_says(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    observation = schemas["Observation"]
    assert observation["additionalProperties"] is False
    assert observation["required"] == [each["name"] for each in served.OBSERVATION]
    fields = observation["properties"]
    assert {name: each["x-unit"] for name, each in fields.items()} == {
        each["name"]: each["unit"] for each in served.OBSERVATION
    }
    assert (fields["load_s"]["minItems"], fields["load_s"]["maxItems"]) == (3, 3)
    assert (fields["backlog"]["minimum"], fields["backlog"]["maximum"]) == (0, 9)
    assert fields["task_bits"]["description"] == "what task_bits is [bit]"
    assert schemas["Decision"]["properties"]["power_w"]["x-unit"] == "W"
    assert schemas["Asked"]["properties"]["agent"]["maximum"] == served.AGENTS - 1
    json.dumps(schemas, allow_nan=False)
