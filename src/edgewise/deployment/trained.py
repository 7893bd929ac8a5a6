"""A finished run, as what can be deployed of it: the one place that knows how runs are kept."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.seat import AbstractSeat
from edgewise.core.seeding import seed_keys
from edgewise.deployment.contract import Run, Scheme
from edgewise.runs.names import find_run
from edgewise.runs.rescore import learned
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import read_description


@dataclass(frozen=True)
class Trained:
    """The scheduler of a run, the environment that it was made for, and the first state of the
    run, whose layout it was made on."""

    scenario: str
    scheme: Scheme
    run: Run
    parameters: dict[str, Any]
    env: Any
    state: Any
    scheduler: AbstractScheduler

    @classmethod
    def of(
        cls, scenario: Scenario, spec: RunSpec, seed: int, state: Any, scheduler: AbstractScheduler
    ) -> "Trained":
        """What became of the run `spec` of this seed."""
        scheme = scenario.scheme(spec.scheme)
        return cls(
            scenario=scenario.name,
            scheme=Scheme(
                name=scheme.name,
                title=scheme.title,
                knowledge=scheme.knowledge,
                source=scheme.source,
            ),
            run=Run(digest=spec.digest, seed=seed, slots=spec.slots),
            parameters=spec.parameters,
            env=scenario.env(**spec.parameters),
            state=state,
            scheduler=scheduler,
        )

    @property
    def seat(self) -> AbstractSeat:
        """An agent's seat in the scenario."""
        return seat_of(self.scenario)


def read(run: Path) -> Trained:
    """The finished run of this name, or in this folder; `UserError` if there is none."""
    folder = find_run(run)
    spec, seed = read_description(folder)
    found = scenarios.get(spec.scenario)
    env, keys = found.env(**spec.parameters), seed_keys(seed)
    state = eqx.filter_jit(env.reset)(keys.layout)
    return Trained.of(found, spec, seed, state, learned(found, spec, keys, folder, env))


def seat_of(scenario: str) -> AbstractSeat:
    """The seat that a scenario's folder declares; `UserError` if it has none."""
    name = f"{scenarios.__name__}.{scenario.replace('-', '_')}.seat"
    try:
        seat: AbstractSeat = importlib.import_module(name).SEAT
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UserError(f"{scenario} has no seat.py: its schemes cannot be deployed") from None
    return seat
