"""How a run is called on the command line, and what is said where the name is not enough."""

import dataclasses
from pathlib import Path

import jax
import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.runs.code import code_of
from edgewise.runs.execute import Rig
from edgewise.runs.names import find_run, run_name
from edgewise.runs.rescore import rescore, sizing
from edgewise.runs.spec import RunSpec, describe
from edgewise.runs.store import RunResult, Store

IDLE = describe(SCENARIO, "idle", {})
LEARN, LONGER = (describe(SCENARIO, "learn", {}, slots=slots) for slots in (50, 70))
OTHER = describe(SCENARIO, "learn", {"num_users": 3}, {"stride": 2.0}, slots=50)


def _stored(folder: Path, *runs: tuple[RunSpec, int]) -> Store:
    store = Store(folder)
    store.create()
    for spec, seed in runs:
        store.write(spec, seed, RunResult({"utility": -0.1}), code_of(SCENARIO))
    return store


def test_a_run_is_called_scheme_at_seed_and_found(tmp_path: Path) -> None:
    store = _stored(tmp_path, (IDLE, 1000), (LEARN, 1000), (LEARN, 1001))
    for spec, seed in ((IDLE, 1000), (LEARN, 1000), (LEARN, 1001)):
        name = run_name(store, spec, seed)
        assert name == f"{tmp_path}/{spec.scheme}@{seed}"
        assert find_run(Path(name)) == store.run_folder(spec, seed)
        assert find_run(store.run_folder(spec, seed)) == store.run_folder(spec, seed)


def test_several_of_one_name_are_told_apart_by_digest_and_by_what_differs(tmp_path: Path) -> None:
    store = _stored(tmp_path, (LEARN, 1000), (LONGER, 1000), (OTHER, 1000))
    names = {spec.digest: run_name(store, spec, 1000) for spec in (LEARN, LONGER, OTHER)}
    assert len(set(names.values())) == 3
    for spec in (LEARN, LONGER, OTHER):
        assert find_run(Path(names[spec.digest])) == store.run_folder(spec, 1000)
    with pytest.raises(UserError, match=r"^3 runs are called that") as told:
        find_run(tmp_path / "learn@1000")
    for spec in (LEARN, LONGER, OTHER):
        shown = f"num_users {spec.parameters['num_users']}, slots {spec.slots}"
        assert f"learn@1000:{spec.digest[:6]} ({shown}, stride" in str(told.value)
    with pytest.raises(UserError, match=r"^no runs are called that"):
        find_run(tmp_path / "learn@1000:0")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lern@1000", "did you mean 'learn'"),
        ("learn@7", "no run of learn with seed 7: it has 1000, 1001"),
        ("learn", "give FOLDER/SCHEME@SEED"),
        ("*@1000", "unknown scheme"),
        ("..@1000", "unknown scheme"),
    ],
)
def test_a_name_that_means_no_run_is_told(tmp_path: Path, name: str, says: str) -> None:
    _stored(tmp_path, (LEARN, 1000), (LEARN, 1001))
    with pytest.raises(UserError, match=says.replace("*", r"\*")):
        find_run(tmp_path / name)


def test_what_sizes_depend_on_is_found_by_trying() -> None:
    parameters = describe(SCENARIO, "idle", {}).parameters
    assert sizing(SCENARIO, parameters) == ["num_users", "server_cpu_hz"]


def test_what_cannot_change_size_says_what_can_be_changed(tmp_path: Path) -> None:
    scenario = scenarios.get("server-load-balance")
    small = {"hidden": [4], "num_envs": 2, "batch_size": 4, "capacity": 64}
    spec = describe(scenario, "idql-tolb", {"num_users": 2}, small, slots=5, evaluation_slots=5)
    with jax.numpy_rank_promotion("allow"):  # flashbax
        (finished,) = Rig(scenario, spec).execute((1000,), tmp_path / "work")
    store = Store(tmp_path / "results")
    store.write(spec, 1000, finished.result, code_of(scenario), finished.policy)
    folder = store.run_folder(spec, 1000)
    narrow = rescore(scenario, spec, 1000, folder, {"bandwidth_hz": 1e6})
    assert narrow["utility"] < finished.result.metrics["utility"]
    for change in ({"num_users": 3}, {"server_cpu_hz": [1e10, 2e10]}):
        with pytest.raises(
            UserError, match=r"^idql-tolb was trained for 2 agents .* all but num_users, server_cpu"
        ):
            rescore(scenario, spec, 1000, folder, change)
    planned = dataclasses.replace(spec, scheme="local", slots=0, settings={})
    larger = rescore(scenario, planned, 1000, folder, {"num_users": 20})
    assert larger["utility"] < 0
