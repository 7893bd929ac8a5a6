"""A finished run as an object that decides."""

import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise import scenarios
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler, Knowledge
from edgewise.core.seeding import seed_keys
from edgewise.core.shown import undecoded
from edgewise.core.spaces import Space
from edgewise.runs.code import code_of_scheme
from edgewise.runs.guests import given
from edgewise.runs.names import find_run
from edgewise.runs.rescore import learned
from edgewise.runs.store import read_description, read_result


def load(run: str | Path, scheme: Any = None) -> "Policy":
    """What the finished run decides by, with the weights that it learned.

    Args:
        run: how `edgewise train` and `edgewise compare` call it, FOLDER/SCHEME@SEED, such as
            `"results/server-load-balance/dtomalb@2000"`; or the run's own folder.
        scheme: the object or class, if that was given to `edgewise.compare` as an object.

    Raises `UserError` (a `ValueError`) if there is no such run, if it is damaged, or if its scheme
    cannot be found any more.
    """
    folder = find_run(Path(run))
    (spec, seed), result = read_description(folder), read_result(folder)
    found = scenarios.get(spec.scenario)
    if scheme is not None:
        plain = spec.scheme.partition("~")[0]
        found = replace(found, schemes=(*found.schemes, given(found, scheme, plain)))
    listed = found.scheme(spec.scheme)
    if result.code != code_of_scheme(found, spec.scheme).digest:
        warnings.warn(f"the code of {run} has changed since it was made", stacklevel=2)
    env, keys = listed.view(found.env(**spec.parameters)), seed_keys(seed)
    return Policy(
        scenario=spec.scenario,
        scheme=spec.scheme,
        knowledge=listed.knowledge,
        seed=seed,
        metrics=dict(result.metrics),
        env=env,
        state=eqx.filter_jit(env.reset)(keys.layout),
        scheduler=learned(found, spec, keys, folder, env),
        key=keys.evaluation,
    )


@dataclass
class Policy:
    """A run's scheme, as it decides. `env` is the environment that it was made for, and `state` the
    first one of the run, on whose layout it was made; `metrics` are what the run measured. What it
    remembers from slot to slot, and its draws, begin anew with `reset`."""

    scenario: str
    scheme: str
    knowledge: Knowledge
    seed: int
    metrics: dict[str, float]
    env: AbstractEnv
    state: Any
    scheduler: AbstractScheduler
    key: PRNGKeyArray
    _memory: Any = field(default=None, repr=False)
    _slot: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    @property
    def observation_shape(self) -> tuple[int, int]:
        """Of what `act` takes: agents, and features of each, as `env.observe(state)` gives them."""
        return self.env.num_agents, self.env.observation_size

    @property
    def action_space(self) -> Space:
        """What the action of one agent may be."""
        return self.env.action_space

    def reset(self) -> None:
        """Before the first slot."""
        self._memory, self._slot = self.scheduler.start(self.env), 0

    def act(self, observation: Any, agent: int | None = None) -> np.ndarray:
        """The actions `[agents, ...]` on the observations `[agents, features]` of one slot; or the
        action of one `agent` on its own row `[features]`. The next call is the next slot.

        Raises `UserError` where the shape is another, where a number is not finite, and where the
        scheme decides by more than observations: `decide` takes the state.
        """
        rows = self._checked(observation, agent)
        try:
            actions, memory = _acted(self.scheduler, self.env, self._key(), rows, self._memory)
        except StateLooked:
            raise UserError(
                f"{self.scheme} decides by the state of the network, not by observations alone: "
                "use policy.decide(state)"
            ) from None
        self._memory, self._slot = memory, self._slot + 1
        return np.asarray(actions if agent is None else actions[agent])

    def decide(self, state: Any) -> Any:
        """The decision in a state of `env`, as `env.evaluate(state, decision)` takes it. The next
        call is the next slot."""
        key = self._key()
        decision, self._memory = _decided(self.scheduler, self.env, key, state, self._memory)
        self._slot += 1
        return decision

    def _key(self) -> PRNGKeyArray:
        return jax.random.fold_in(self.key, self._slot)

    def _checked(self, observation: Any, agent: int | None) -> Array:
        given = np.asarray(observation, dtype=np.float32)
        agents, features = self.observation_shape
        expected = (agents, features) if agent is None else (features,)
        if given.shape != expected:
            raise UserError(
                f"the observation has shape {given.shape}: {self.scheme} takes {expected}, "
                + ("agents x features" if agent is None else "the features of one agent")
            )
        if not np.all(np.isfinite(given)):
            raise UserError("the observation is not finite: every feature must be a number")
        if agent is None:
            return jnp.asarray(given)
        return self._alone(given, agent)

    def _alone(self, row: np.ndarray, agent: int) -> Array:
        """Nobody else is looked at."""
        agents, features = self.observation_shape
        if self.knowledge != "local":
            raise UserError(
                f"{self.scheme} knows more than one agent's row ({self.knowledge}): give all "
                f"observations, {self.observation_shape}"
            )
        if not 0 <= agent < agents:
            raise UserError(f"there is no agent {agent}: allowed [0, {agents - 1}]")
        return jnp.zeros((agents, features), jnp.float32).at[agent].set(row)


class StateLooked(AttributeError):
    """A scheme asked for what is in the state, where there are observations alone."""


class NoState:
    """In the place of a state: there is nothing in it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Asked of every object.
            raise AttributeError(name)
        raise StateLooked(name)


@eqx.filter_jit
def _acted(
    scheduler: AbstractScheduler, env: AbstractEnv, key: PRNGKeyArray, rows: Array, memory: Any
) -> Any:
    return scheduler.decide(undecoded(env, rows), key, NoState(), memory)


@eqx.filter_jit
def _decided(
    scheduler: AbstractScheduler, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
) -> Any:
    return scheduler.decide(env, key, state, memory)
