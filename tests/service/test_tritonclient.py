"""The official client of the Open Inference Protocol, unmodified, against the process."""

import numpy as np
import pytest
from served import USUAL, power_w

from edgewise.version import VERSION

http = pytest.importorskip("tritonclient.http", reason="tritonclient[http] is not installed")

TYPES = {"agent": np.int32, "load_s": np.float32, "task_bits": np.float32}
TYPES |= {"urgent": np.bool_, "backlog": np.int32}
NAMES = {np.int32: "INT32", np.float32: "FP32", np.bool_: "BOOL"}


def inputs(binary, **changes):
    columns = {"agent": [0, 2], **{name: [value] * 2 for name, value in USUAL.items()}, **changes}
    made = []
    for name, data in columns.items():
        array = np.asarray(data, TYPES[name])
        made.append(http.InferInput(name, array.shape, NAMES[TYPES[name]]))
        made[-1].set_data_from_numpy(array, binary_data=binary)
    return made


@pytest.fixture
def client(running, folder):
    service = running(str(folder))
    with http.InferenceServerClient(service.address) as client:
        yield client
    assert service.ended() == 0


def test_the_official_client_is_understood(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("tiny")
    assert not client.is_model_ready("other")
    assert client.get_server_metadata()["version"] == VERSION
    metadata = client.get_model_metadata("tiny")
    (version,) = metadata["versions"]
    assert client.is_model_ready("tiny", version)
    assert client.get_model_metadata("tiny", version) == metadata

    for slot, binary in enumerate((True, False)):
        found = client.infer("tiny", inputs(binary), model_version=version, request_id="a")
        np.testing.assert_array_equal(found.as_numpy("server"), [1, 1])
        np.testing.assert_array_equal(found.as_numpy("power_w"), np.float32([power_w(USUAL)] * 2))
        np.testing.assert_array_equal(found.as_numpy("wait"), [False, False])
        np.testing.assert_array_equal(found.as_numpy("turn"), [slot] * 2)
        assert found.as_numpy("reason").tolist() == [b"", b""]
        assert found.get_response()["id"] == "a"

    wanted = [
        http.InferRequestedOutput("turn", binary_data=False),
        http.InferRequestedOutput("reason", binary_data=True),
    ]
    mixed = client.infer("tiny", inputs(True), outputs=wanted)
    assert mixed.as_numpy("turn").tolist() == [2, 2]
    assert mixed.as_numpy("reason").tolist() == [b"", b""]
    assert mixed.as_numpy("server") is None

    pending = client.async_infer("tiny", inputs(True))
    assert pending.get_result().as_numpy("turn").tolist() == [3, 3]

    client.load_model("tiny")
    assert client.infer("tiny", inputs(True)).as_numpy("turn").tolist() == [0, 0]

    with pytest.raises(http.InferenceServerException, match=r"row 1: task_bits: .* \[100000"):
        client.infer("tiny", inputs(True, task_bits=[5e5, 1.0]))
    with pytest.raises(http.InferenceServerException, match="backlog: missing"):
        client.infer("tiny", inputs(True)[:-1])
    with pytest.raises(http.InferenceServerException, match="version 1 is not served"):
        client.infer("tiny", inputs(True), model_version="1")
