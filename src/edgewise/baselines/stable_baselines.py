"""What Stable-Baselines3 has learned, deciding like any other scheme: asked once a slot, in Python,
for the action that it holds best. It sees the rows of all agents and decides for all of them, as
`edgewise.envs.gym_env` showed them to it."""

import hashlib
import importlib
import json
import math
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.spaces import Discrete

ALGORITHMS = {"sac": "SAC", "td3": "TD3", "dqn": "DQN"}
"""By the package of the policy that a file holds; the others share one."""


class StableBaselines(AbstractScheduler[AbstractEnv, Any, Any, None]):
    """The policy in a file, known by its content."""

    path: str = eqx.field(static=True)
    sha256: str = eqx.field(static=True)

    @classmethod
    def of(cls, path: Path) -> "StableBaselines":
        """`UserError` if the file cannot be read, or is not what `model.save` writes."""
        try:
            content = path.expanduser().read_bytes()
        except OSError as error:
            raise UserError(
                f"{path} cannot be read ({error.strerror}): sb3:FILE.zip is what model.save wrote"
            ) from None
        found = cls(str(path.expanduser().resolve()), hashlib.sha256(content).hexdigest())
        found.algorithm  # noqa: B018 - it is read, or told to be something else.
        return found

    @property
    def algorithm(self) -> str:
        """Its name in Stable-Baselines3."""
        return _algorithm(self.path, self.sha256)

    def misfit(self, env: AbstractEnv) -> str | None:
        """Why it cannot decide in `env`; None where it can."""
        model = _model(self.path, self.sha256)
        features, size = env.num_agents * env.observation_size, math.prod(_action_shape(env))
        choices = getattr(model.action_space, "nvec", None)
        counts = set() if choices is None else set(choices)
        ours = {env.action_space.n} if isinstance(env.action_space, Discrete) else set()
        shapes = (model.observation_space.shape, model.action_space.shape)
        if shapes == ((features,), (size,)) and counts == ours:
            return None
        return (
            f"it was trained with observations {model.observation_space} and actions "
            f"{model.action_space}; here are {env.num_agents} agents with {env.observation_size} "
            f"features and actions {env.action_space}: train it in this environment"
        )

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: None
    ) -> tuple[Any, None]:
        chosen = isinstance(env.action_space, Discrete)
        shape = jax.ShapeDtypeStruct(_action_shape(env), jnp.result_type(int if chosen else float))

        def ask(observation: Any) -> np.ndarray:
            model = _model(self.path, self.sha256)
            action, _ = model.predict(np.asarray(observation, np.float32), deterministic=True)
            return np.asarray(action, shape.dtype).reshape(shape.shape)

        seen: Array = jnp.ravel(env.observe(state))
        action = jax.pure_callback(ask, shape, seen, vmap_method="sequential")
        return env.decode(state, action), memory


def _action_shape(env: AbstractEnv) -> tuple[int, ...]:
    """Of the joint action."""
    each = env.action_space
    return (env.num_agents,) if isinstance(each, Discrete) else (env.num_agents, each.size)


@cache
def _algorithm(path: str, sha256: str) -> str:
    try:
        with zipfile.ZipFile(path) as file:
            data = json.loads(file.read("data"))
        package = data["policy_class"]["__module__"].split(".")[1]
    except (zipfile.BadZipFile, KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(
            f"{path} is no model of Stable-Baselines3 ({type(error).__name__}): give the file that "
            "model.save wrote"
        ) from None
    shared = "PPO" if "clip_range" in data else "A2C"
    return ALGORITHMS.get(package, shared)


@cache
def _model(path: str, sha256: str) -> Any:
    """Read once for each content, to be asked in one thread, like all that computes here."""
    import torch

    torch.set_num_threads(1)
    algorithm = getattr(importlib.import_module("stable_baselines3"), _algorithm(path, sha256))
    return algorithm.load(path, device="cpu")
