"""A short roll-out of what a run decides by, in the world that all schemes met, as it is shown."""

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from edgewise import scenarios
from edgewise.core.rollout import Trajectory, rollout
from edgewise.core.scene import AbstractScene, Shown
from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.runs.code import code_of_scheme
from edgewise.runs.files import array_bytes, read_arrays
from edgewise.runs.rescore import learned
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store
from edgewise.training.checkpoint import write_atomically

FOLDER = "plays"
HURRY = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
"""What is run once compiles longer than it runs."""
MOST_DEVICES = 400
"""So many are shown of a larger network, evenly chosen."""
SCORE, SITES, SERVERS = "score", "site_xy_m", "server_xy_m"
PER_DEVICE = tuple(each.name for each in fields(Shown) if each.name != "load")


@dataclass(frozen=True)
class Recording:
    """What one scheme did: `slots` by name as in `Shown`, `[slots, ...]`, and the `score` of every
    slot; `places` of sites and servers where the layout drew them."""

    slots: Mapping[str, np.ndarray]
    score: np.ndarray
    places: Mapping[str, np.ndarray]


def scene_of(scenario: str) -> AbstractScene | None:
    """What the scenario's folder declares; None where it declares nothing."""
    if scenario not in scenarios.names() or not (scenarios.home(scenario) / "scene.py").exists():
        return None
    home = scenarios.home(scenario).name
    scene: AbstractScene = importlib.import_module(f"{scenarios.__name__}.{home}.scene").SCENE
    return scene


def recording(
    scenario: Scenario, scene: AbstractScene, store: Store, spec: RunSpec, seed: int, slots: int
) -> Recording:
    """Of a finished run; what has been recorded once is read, from the folder of its store."""
    text = f"{spec.digest} {seed} {slots} {code_of_scheme(scenario, spec.scheme).digest}"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = store.folder / FOLDER / f"{spec.scheme}-{name}.npz"
    if path.exists():
        remedy = f"delete {path} and run edgewise report again"
        return _of_arrays(read_arrays(path, path.read_bytes(), remedy))
    arrays = _rolled(scenario, scene, store, spec, seed, slots)
    write_atomically(path, array_bytes(arrays))
    return _of_arrays(arrays)


def _of_arrays(arrays: Mapping[str, np.ndarray]) -> Recording:
    shown = {name: arrays[name] for name in (*PER_DEVICE, "load")}
    places = {name: arrays[name] for name in (SITES, SERVERS) if name in arrays}
    return Recording(shown, arrays[SCORE], places)


def _rolled(
    scenario: Scenario, scene: AbstractScene, store: Store, spec: RunSpec, seed: int, slots: int
) -> dict[str, np.ndarray]:
    bare, keys = scenario.env(**spec.parameters), seed_keys(seed)
    seen_env = scenario.scheme(spec.scheme).view(bare)
    scheduler = learned(scenario, spec, keys, store.run_folder(spec, seed), seen_env)
    score = scenario.metric(scenario.score)

    def slot(seen: Trajectory) -> tuple[Shown, jax.Array]:
        shown = scene.shown(bare, seen.state, seen.decision, seen.outcome)
        return _thinned(shown), score.of_slot(bare, seen.state, seen.decision, seen.outcome)

    @partial(jax.jit, compiler_options=HURRY)
    def roll(keys: SeedKeys) -> Any:
        state = seen_env.reset(keys.layout)
        args = (seen_env, scheduler, keys.evaluation, state, slots, spec.episode_slots)
        return jax.vmap(slot)(rollout(*args)), scene.placed(bare, state)

    (shown, scores), placed = jax.tree.map(np.asarray, roll(keys))
    arrays = {each.name: getattr(shown, each.name) for each in fields(Shown)}
    places = {} if placed is None else dict(zip((SITES, SERVERS), placed, strict=True))
    return {**arrays, **places, SCORE: scores}


def _thinned(shown: Shown) -> Shown:
    """Of at most MOST_DEVICES."""
    count = shown.work.shape[0]
    if count <= MOST_DEVICES:
        return shown
    kept = np.linspace(0, count - 1, MOST_DEVICES).astype(int)
    thin = {name: getattr(shown, name)[jnp.asarray(kept)] for name in PER_DEVICE}
    return Shown(load=shown.load, **thin)
