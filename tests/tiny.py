"""A scenario on the smallest cell, for tests of what runs and compares: three schemes that work,
and one that does not."""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import unknown_name
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.core.search import Dimension, Range
from edgewise.runs.scenario import Metric, Scenario
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv
from edgewise.scenarios.server_load_balance.params import ServerLoadBalanceParameters
from edgewise.training.program import AbstractProgram, Watch, mean_reward


class Constant(AbstractScheduler):
    """Everybody on the same server, for ever."""

    server: Array

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        return Decision(server=jnp.full(env.num_agents, self.server)), memory


class Drift(AbstractProgram):
    """Learns nothing: walks at random, and ends on the server where it stands."""

    SPACE: ClassVar[dict[str, Dimension]] = {"stride": Range(0.1, 10.0, log=True)}

    env: AbstractEnv
    score_env: AbstractEnv
    episode_slots: int = eqx.field(static=True, default=0)
    stride: float = 1.0
    watch: Watch = eqx.field(static=True, default=mean_reward)

    def init(self, key: PRNGKeyArray, state: Any) -> Any:
        return state, jnp.zeros(())

    def slot(self, key: PRNGKeyArray, carry: Any, t: Array, progress: Array) -> Any:
        state, position = carry
        position = position + self.stride * jax.random.normal(key)
        decision, _ = self.scheduler(carry).decide(self.env, key, state, None)
        outcome = self.score_env.evaluate(state, decision)
        state = self.env.advance(key, state, outcome)
        log = self.watch(self.score_env, state, decision, outcome)
        return (state, position), {**log, "position": position}

    def scheduler(self, carry: Any) -> AbstractScheduler:
        return Constant(jnp.abs(carry[1]).astype(int) % 3)


def _mean(name: str) -> Any:
    def measure(env: AbstractEnv, seen: Trajectory) -> Array:
        return jnp.mean(getattr(seen.outcome, name))

    return measure


SCENARIO = Scenario(
    name="tiny",
    title="A tiny cell",
    paper="none",
    parameters=ServerLoadBalanceParameters,
    make=ServerLoadBalanceEnv.from_parameters,
    schemes=(
        Scheme(
            "learn",
            "Drift",
            "local",
            "made up",
            program=Drift,
            settings={"stride": 1.0},
            train_with={"balance_weight": 0.0},
            slots=300,
        ),
        Scheme(
            "idle",
            "All local",
            "local",
            "made up",
            scheduler=Constant(jnp.asarray(0)),
        ),
        Scheme(
            "coin",
            "One server, drawn",
            "central",
            "made up",
            plan=lambda env, key, state: Constant(jax.random.randint(key, (), 0, 3)),
        ),
        Scheme(
            "broken",
            "Raises",
            "local",
            "made up",
            plan=lambda env, key, state: 1 // 0,
        ),
    ),
    metrics=(
        Metric("utility", "Utility", "1", "higher", _mean("utility")),
        Metric("delay_s", "Mean delay", "s", "lower", _mean("delay_s")),
    ),
    score="utility",
    reference="idle",
    episode_slots=20,
    evaluation_slots=40,
    seeds=2,
    series=lambda env, seen: {
        "load_s": jnp.mean(seen.outcome.load_s, axis=0),
        "task_cycles": seen.state.task_cycles,
        "gain": seen.state.gain,
    },
    presets={"pair": {"num_users": 2}},
)


def find(name: str) -> Scenario:
    """The scenario, as a worker process finds it."""
    if name != SCENARIO.name:
        raise unknown_name("scenario", name, [SCENARIO.name])
    return SCENARIO
