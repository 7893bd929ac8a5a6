"""The simulated world that agents decide in: the equations of the scenario, slot by slot."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.errors import UserError
from edgewise.core.rollout import Trajectory, next_state
from edgewise.core.seat import AbstractSeat, Measured
from edgewise.core.seeding import seed_keys
from edgewise.deployment.contract import Contract
from edgewise.deployment.trained import seat_of
from edgewise.runs.scenario import Scenario

Rows = dict[str, np.ndarray]
"""Field name → value, `[agents, ...]`."""


class World:
    """The world in which a run with this seed is evaluated: the same layout, tasks and fading."""

    def __init__(self, scenario: Scenario, seat: AbstractSeat, parameters: Any, seed: int) -> None:
        self._scenario, self._seat = scenario, seat
        self.env = scenario.env(**parameters)
        self._episode_slots, _ = scenario.slots(scenario.checked(**parameters))
        self._keys = seed_keys(seed)
        self.restart()

    def restart(self) -> None:
        """Back to before the first slot."""
        self._slot = 0
        self._lived: list[Trajectory] = []
        self._state = _laid_out(self.env, self._keys.layout)
        self.measured = _rows(self._seat.measured(self.env, self._state, None))

    def decide(self, decided: Rows) -> None:
        """The slot under these decisions, and what is `measured` in the next one."""
        world_key, _ = jax.random.split(self._keys.evaluation)
        key = jax.random.fold_in(world_key, self._slot)
        given = {name: jnp.asarray(value) for name, value in decided.items()}
        arguments = (self.env, key, self._state, given, jnp.asarray(self._slot))
        seen, self._state, measured = _slot(self._seat, self._episode_slots, *arguments)
        self._lived.append(jax.tree.map(np.asarray, seen))
        self.measured = _rows(measured)
        self._slot += 1

    def metrics(self) -> dict[str, float]:
        """The scenario's, over all slots so far."""
        seen = jax.tree.map(lambda *each: jnp.asarray(np.stack(each)), *self._lived)
        return {m.name: float(m.measure(self.env, seen)) for m in self._scenario.metrics}

    def check_fields(self, deployed: Contract) -> None:
        """`UserError` if agents see or decide other things here than those that were exported."""
        here = (*self._seat.observation(self.env), *self._seat.decision(self.env))
        shapes = {field.name: list(field.shape) for field in here}
        for field in (*deployed.observation, *deployed.decision):
            if shapes.get(field.name) != field.shape:
                raise UserError(
                    f"{field.name} has the shape {shapes.get(field.name)} here, and {field.shape} "
                    "where it was exported: export a run of this network"
                )


@eqx.filter_jit
def _laid_out(env: Any, key: PRNGKeyArray) -> Any:
    return env.reset(key)


@eqx.filter_jit
def _slot(
    seat: AbstractSeat,
    episode_slots: int,
    env: Any,
    key: PRNGKeyArray,
    state: Any,
    decided: Measured,
    slot: Array,
) -> tuple[Trajectory, Any, Measured]:
    decision = seat.joined(env, state, decided)
    outcome = env.evaluate(state, decision)
    following = next_state(env, key, state, outcome, slot, episode_slots)
    return Trajectory(state, decision, outcome), following, seat.measured(env, following, outcome)


def _rows(measured: Measured) -> Rows:
    return {name: np.asarray(value) for name, value in measured.items()}


def world_of(scenario: Scenario, of_file: dict[str, Any], deployed: Contract) -> World:
    """The world of an exported run; of a network's file, if one is given: `UserError` if other
    agents live there than were exported."""
    if scenario.name != deployed.scenario:
        raise UserError(f"the folder was exported from {deployed.scenario}, not {scenario.name}")
    parameters = deployed.parameters
    if of_file:
        parameters = scenario.checked(**of_file).model_dump(mode="json")
    world = World(scenario, seat_of(scenario.name), parameters, deployed.run.seed)
    if world.env.num_agents != deployed.agents:
        raise UserError(
            f"{world.env.num_agents} agents live there, but {deployed.agents} were exported: "
            "export a run of this network"
        )
    world.check_fields(deployed)
    return world
