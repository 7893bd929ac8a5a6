"""Models of Stable-Baselines3 as schemes: asked for what they hold best, and refused where they do
not fit. A stand-in answers where the library is not installed."""

import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from edgewise import scenarios
from edgewise.baselines import stable_baselines
from edgewise.baselines.stable_baselines import StableBaselines
from edgewise.core.errors import UserError
from edgewise.runs.code import code_of_scheme
from edgewise.runs.spec import describe

EXAMPLES = Path(__file__).parent.parent / "examples"
SCENARIO = scenarios.get("server-load-balance")
ENV = SCENARIO.env(num_users=3)
CHOICES = np.array([2, 0, 1])


def _file(path: Path, package: str = "common", **data: object) -> Path:
    """The part of a model's file that says what it is."""
    policy = {"__module__": f"stable_baselines3.{package}.policies"}
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("data", json.dumps({"policy_class": policy, **data}))
    return path


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What the stand-in has been shown."""
    shown: list[np.ndarray] = []

    def predict(observation: np.ndarray, deterministic: bool) -> tuple[np.ndarray, None]:
        assert deterministic
        shown.append(observation)
        return CHOICES, None

    size, n = 3 * ENV.observation_size, ENV.action_space.n
    stand_in: Any = SimpleNamespace(
        predict=predict,
        observation_space=SimpleNamespace(shape=(size,)),
        action_space=SimpleNamespace(shape=(3,), nvec=np.full(3, n)),
    )
    monkeypatch.setattr(stable_baselines, "_model", lambda path, sha256: stand_in)
    return shown


def test_it_is_shown_all_rows_and_what_it_chooses_is_decided(
    tmp_path: Path, model: list[np.ndarray]
) -> None:
    scheduler = StableBaselines.of(_file(tmp_path / "a.zip"))
    state = ENV.reset(jax.random.key(0))
    decision, _ = eqx.filter_jit(scheduler.decide)(ENV, jax.random.key(1), state, None)
    np.testing.assert_array_equal(decision.server, ENV.decode(state, jnp.asarray(CHOICES)).server)
    np.testing.assert_allclose(model[-1], np.ravel(ENV.observe(state)), rtol=1e-5)
    assert model[-1].dtype == np.float32


def test_an_edited_model_is_other_code(tmp_path: Path, model: list[np.ndarray]) -> None:
    path = _file(tmp_path / "a.zip")
    name = f"sb3:{path}"
    before = code_of_scheme(SCENARIO, name)
    assert code_of_scheme(SCENARIO, name) == before
    _file(path, clip_range=0.1)
    after = code_of_scheme(SCENARIO, name)
    assert after.changed(before) == ["StableBaselines (object)"]
    assert "baselines/stable_baselines.py" in after.files
    assert describe(SCENARIO, name, {"num_users": 3}).scheme == name


@pytest.mark.parametrize(
    ("package", "data", "algorithm"),
    [
        ("common", {"clip_range": 0.2}, "PPO"),
        ("common", {}, "A2C"),
        ("sac", {}, "SAC"),
        ("td3", {}, "TD3"),
        ("dqn", {}, "DQN"),
    ],
)
def test_the_file_says_which_algorithm_it_is_of(
    tmp_path: Path, package: str, data: dict, algorithm: str
) -> None:
    assert StableBaselines.of(_file(tmp_path / "a.zip", package, **data)).algorithm == algorithm


@pytest.mark.usefixtures("model")
def test_what_cannot_be_used_is_told_before_anything_runs(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.zip")
    with pytest.raises(
        UserError, match=r"trained with observations .*train it in this environment"
    ):
        describe(SCENARIO, f"sb3:{path}", {"num_users": 4})
    with pytest.raises(UserError, match="trained with observations"):
        describe(scenarios.get("joint-offloading"), f"sb3:{path}", {})
    with pytest.raises(UserError, match=r"none\.zip cannot be read"):
        SCENARIO.scheme(f"sb3:{tmp_path / 'none.zip'}")
    (tmp_path / "b.zip").write_text("no archive")
    with pytest.raises(UserError, match="is no model of Stable-Baselines3"):
        SCENARIO.scheme(f"sb3:{tmp_path / 'b.zip'}")


@pytest.mark.filterwarnings("ignore")  # Of libraries.
def test_the_example_trains_and_its_model_decides(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
    spec = importlib.util.spec_from_file_location("ppo", EXAMPLES / "stable_baselines3_ppo.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    sys.modules["ppo"] = example
    spec.loader.exec_module(example)
    trained = example.train(tmp_path / "ppo.zip", 256, num_users=3, max_slots=8)
    scheduler = StableBaselines.of(tmp_path / "ppo.zip")
    assert scheduler.misfit(ENV) is None
    state = ENV.reset(jax.random.key(0))
    decision, _ = eqx.filter_jit(scheduler.decide)(ENV, jax.random.key(1), state, None)
    seen = np.ravel(np.asarray(ENV.observe(state), np.float32))
    chosen, _ = trained.predict(seen, deterministic=True)
    np.testing.assert_array_equal(decision.server, ENV.decode(state, jnp.asarray(chosen)).server)
