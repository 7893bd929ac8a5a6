"""A results folder over HTTP while it grows; from made-up runs of the tiny scenario."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from tiny import SCENARIO, find

from edgewise.core.errors import UserError
from edgewise.report.build import so_far, write_index
from edgewise.report.watch import server
from edgewise.runs.code import code_of
from edgewise.runs.store import RunResult, Store
from edgewise.study.compare import Comparison

ASKED = Comparison("tiny", ("coin", "idle"), 2)


def _finish(store: Store, scheme: str, seed: int) -> None:
    """As if it had been run."""
    (spec,) = [spec for spec, _ in ASKED.wanted(SCENARIO) if spec.scheme == scheme]
    metrics = {"utility": -1.0 - seed % 7, "delay_s": 0.5}
    cost = dict.fromkeys(("train_s", "compile_s", "evaluate_s", "slots_per_s"), 0.0)
    arrays = {f"evaluation/{name}": np.ones((40, 3)) for name in ("load_s",)}
    store.write(spec, seed, RunResult(metrics, arrays, cost), code_of(SCENARIO))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A folder where a comparison has been asked for."""
    store = Store(tmp_path / "results")
    store.create()
    ASKED.save(store.folder)
    return store


@pytest.fixture
def asked(store: Store) -> Iterator[Any]:
    """Asks the server for a path."""
    serving = server(store.folder, find, 0)
    thread = Thread(target=serving.serve_forever, daemon=True)
    thread.start()

    def ask(path: str, **headers: str) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", serving.server_address[1], timeout=60)
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()

    ask.address = f"http://127.0.0.1:{serving.server_address[1]}/"  # type: ignore[attr-defined]
    yield ask
    serving.shutdown()
    serving.server_close()
    thread.join()


def test_what_has_finished_on_common_seeds_is_compared(store: Store) -> None:
    assert so_far(store, SCENARIO, ASKED) is None
    _finish(store, "coin", 2000)
    one = so_far(store, SCENARIO, ASKED)
    assert one is not None
    assert (one.schemes, one.seeds) == (("coin",), 1)
    _finish(store, "coin", 2001)
    _finish(store, "idle", 2000)
    two = so_far(store, SCENARIO, ASKED)
    assert two is not None
    assert (two.schemes, two.seeds) == (("coin", "idle"), 1)
    _finish(store, "idle", 2001)
    assert so_far(store, SCENARIO, ASKED) == ASKED


def test_the_page_follows_and_the_version_tells(store: Store, asked: Any) -> None:
    status, page = asked("/")
    assert status == 200
    assert "Nothing has been finished yet" in page
    assert "connect-src &#x27;self&#x27;" in page or "connect-src 'self'" in page
    before = json.loads(asked("/version")[1])["version"]
    assert f'data-version="{before}"' in page
    _finish(store, "coin", 2000)
    told = json.loads(asked("/version")[1])
    assert told["version"] != before
    assert "1 runs finished" in told["told"]
    page = asked("/")[1]
    assert "Schemes compared" in page
    assert f'data-version="{told["version"]}"' in page


def test_the_reader_stays_where_they_are(store: Store, asked: Any, chromium: Any) -> None:
    _finish(store, "coin", 2000)
    _finish(store, "idle", 2000)
    page = chromium.new_page(viewport={"width": 600, "height": 400})
    page.goto(asked.address)
    page.get_by_role("button", name="Dark").click()
    page.evaluate("scrollTo({top: 300, behavior: 'instant'})")
    _finish(store, "coin", 2001)
    version = json.loads(asked("/version")[1])["version"]
    page.wait_for_selector(f'[data-version="{version}"]', state="attached")
    page.get_by_role("button", name="Light").wait_for()
    page.wait_for_timeout(300)  # The position comes last.
    assert page.evaluate("scrollY") == 300
    page.close()


def test_only_this_machine_and_only_two_paths_are_answered(asked: Any) -> None:
    assert asked("/../edgewise.json")[0] == 404
    assert asked("/", Host="elsewhere.example:80")[0] == 403


def test_a_port_that_is_taken_is_told(store: Store) -> None:
    with server(store.folder, find, 0) as first, pytest.raises(UserError, match="another --port"):
        server(store.folder, find, first.server_address[1])


def test_the_index_links_what_stands_alone_and_no_comparison_that_is_not_there(
    store: Store,
) -> None:
    (store.folder / "emulations").mkdir()
    whole = "<title>tiny: coin &amp; more over the wire</title>"
    (store.folder / "emulations" / "coin-7.html").write_text(whole)
    index = write_index(store, find).read_text()
    assert '<a href="emulations/coin-7.html">tiny: coin &amp; more over the wire</a>' in index
    assert "comparisons/" not in index
