"""A plan's questions as runs in a results folder, and its answer as a network's file."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from edgewise import scenarios
from edgewise.cli import options
from edgewise.cli.axes import SERVERS, axes_of, file_at, sites_to_try
from edgewise.cli.work import work_through
from edgewise.core.errors import UserError
from edgewise.report.planning import Key, Planned
from edgewise.runs.jobs import plan_runs
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store
from edgewise.runs.sweep import Sweep
from edgewise.scenarios import Named, named
from edgewise.scenarios.network.capacity import (
    SHORTFALL,
    best_conceivable,
    with_servers,
)
from edgewise.scenarios.network.file.writing import network_text
from edgewise.study.planning import Axis, Search, Target, answers, bisection, one_by_one
from edgewise.study.statistics import mean_interval
from edgewise.study.text import plus_minus, shown_value
from edgewise.training.checkpoint import write_atomically

BOUND, BOUNDED_BY = "bound", "least-finish"
"""The row of what no decision could better, and the scheme in whose slots that is measured."""
SCHEMES = ("least-finish", "descent")
FRONT = 5
"""Values of a second axis."""
FILE = "planned.toml"


class Written(NamedTuple):
    """A file and what it holds, in words."""

    path: Path
    told: str


@dataclass(frozen=True)
class Planner:
    """What was asked. `parameters` are those of every point, with the file's name among them;
    `settings` are of learners, which train for `slots`."""

    asked: Named
    target: Target
    axis: Axis
    along: Axis | None
    schemes: tuple[str, ...]
    sites: tuple[str, ...]
    like: str | None
    seeds: int
    slots: int | None
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        network: str,
        *,
        target: str,
        vary: tuple[str, ...],
        schemes: str | None,
        like: str | None,
        seeds: int,
        slots: int | None,
        parameters: Mapping[str, Any],
        settings: Mapping[str, Any],
    ) -> "Planner":
        """From the texts of a command line; `UserError` if they do not fit."""
        found = named(network)
        if found.scenario.name != scenarios.NETWORK:
            raise UserError(
                f"{network} is no network file: plan searches what a network needs; "
                "edgewise new writes such a file"
            )
        given = {**found.parameters, **parameters}
        wanted = Target.of(target)
        found.scenario.metric(wanted.metric)
        if seeds < 2:
            raise UserError(f"--seeds {seeds} gives no interval: give at least 2")
        axis, along = axes_of(given, vary)
        names: tuple[str, ...] = ()
        if axis.name == SERVERS:
            names = sites_to_try(given, seeds)
        elif like is not None:
            raise UserError(f"--like {like} says what servers to add: give it with --vary servers=")
        chosen = options.names_in(schemes) if schemes is not None else SCHEMES
        planner = cls(
            found, wanted, axis, along, chosen, names, like, seeds, slots, given, settings
        )
        return planner._with_schemes_that_fit(told=schemes is None)

    def run(self, store: Store, running: options.Running, keep_stale: bool) -> Planned:
        """Search, with what is asked for at once run side by side."""

        def evaluate(batch: list[tuple[Key, Any]]) -> list[np.ndarray]:
            specs = [self._spec(key, value) for key, value in batch]
            wanted = [(spec, self._sweep(spec.scheme).seed_numbers) for spec in specs]
            plan = plan_runs(self.asked.scenario, store, wanted, keep_stale)
            work_through(plan, store, self.asked.scenario, running, keep_stale)
            found = [
                self._values(store, key, spec) for (key, _), spec in zip(batch, specs, strict=True)
            ]
            for (key, value), values in zip(batch, found, strict=True):
                self._tell(key, value, values)
            return found

        metric = self.asked.scenario.metric(self.target.metric)
        found = answers(self._searches(), evaluate)
        return Planned(self.target, metric, self.axis, self.along, found)

    def write(self, planned: Planned, folder: Path) -> Written | None:
        """planned.toml: the network with the first answer of a scheme set; None if there is
        none."""
        for (scheme, other), answer in planned.answers.items():
            if scheme != BOUND and answer.met:
                point = self._point(other, answer.best.value)
                text = network_text(file_at(point), folder)
                write_atomically(folder / FILE, text.encode())
                place = self._told((scheme, other), answer.best.value)
                return Written(folder / FILE, place)
        return None

    def _searches(self) -> dict[Key, Search]:
        """One of every scheme, at each of a few values of the second axis."""
        others: list[Any] = [None] if self.along is None else self.along.few(FRONT)
        bounded = (BOUND,) if self._bounded else ()
        return {
            (scheme, other): self._search()
            for scheme in (*self.schemes, *bounded)
            for other in others
        }

    def _search(self) -> Search:
        if self.axis.name == SERVERS:
            return one_by_one(self.axis, self.sites, self.target)
        return bisection(self.axis, self.target)

    @property
    def _bounded(self) -> bool:
        """Whether the bound on the cost tells how near one could come to the target."""
        better = self.asked.scenario.metric(self.target.metric).better
        return self.target.metric in SHORTFALL and self.target.at_least == (better == "higher")

    def _point(self, other: Any, value: Any) -> dict[str, Any]:
        """The parameters of a point."""
        point = dict(self.parameters)
        if self.along is not None:
            point[self.along.name] = other
        if self.axis.name == SERVERS:
            return {**point, "server": with_servers(file_at(point), value, self.like)}
        return {**point, self.axis.name: value}

    def _spec(self, key: Key, value: Any) -> RunSpec:
        scheme, other = key
        point = self._point(other, value)
        if scheme == BOUND:
            scheme, point = BOUNDED_BY, {**point, **SHORTFALL[self.target.metric]}
        return self._sweep(scheme, point).spec(self.asked.scenario, scheme, {})

    def _sweep(self, scheme: str, point: Mapping[str, Any] | None = None) -> Sweep:
        return Sweep(
            "plan",
            (scheme,),
            self.seeds,
            fixed=point or {},
            fixed_settings=self.settings,
            slots=self.slots,
        )

    def _values(self, store: Store, key: Key, spec: RunSpec) -> np.ndarray:
        """The metric, `[seeds]`."""
        runs = [store.read(spec, seed) for seed in self._sweep(spec.scheme).seed_numbers]
        if key[0] == BOUND:
            return best_conceivable(self.target.metric, [run.metrics for run in runs])
        return np.array([run.metric(self.target.metric) for run in runs])

    def _with_schemes_that_fit(self, told: bool) -> "Planner":
        """At every end of what is varied. A scheme that does not fit is left out if nobody asked
        for it by name, and told of."""
        fitting = []
        for scheme in self.schemes:
            reason = self._too_large(scheme)
            if reason is None:
                fitting.append(scheme)
            elif told:
                print(f"without {scheme}: {reason}", file=sys.stderr)
            else:
                raise UserError(f"{scheme}: {reason}")
        if not fitting:
            raise UserError("--schemes names no scheme: write --schemes A,B")
        return Planner(**{**vars(self), "schemes": tuple(fitting)})

    def _too_large(self, scheme: str) -> str | None:
        method = self.asked.scenario.scheme(scheme)
        for other in [None] if self.along is None else (self.along.low, self.along.high):
            for value in self._ends():
                env = self.asked.scenario.env(**self._point(other, value), **method.run_with)
                if reason := method.too_large(env):
                    return reason
        return None

    def _ends(self) -> tuple[Any, Any]:
        if self.axis.name == SERVERS:
            return (), self.sites[:1] * int(self.axis.high)
        return self.axis.low, self.axis.high

    def _tell(self, key: Key, value: Any, values: np.ndarray) -> None:
        interval = mean_interval(values)
        verdict = "met" if self.target.met(interval) else "not met"
        shown = f"{self.target.metric} {plus_minus(interval)}: {verdict}"
        print(f"{self._told(key, value)}: {shown}", file=sys.stderr)

    def _told(self, key: Key, value: Any) -> str:
        """`descent, server.cpu_hz = 2e+10`"""
        scheme, other = key
        second = "" if self.along is None else f", {self.along.name} = {shown_value(other)}"
        return f"{scheme}{second}, {self.axis.name} = {told_value(value)}"


def told_value(value: Any) -> str:
    """A number; of servers added, how many and where.

    >>> told_value(2e10), told_value(("A", "B", "A")), told_value(())
    ('2e+10', '3 (A, B, A)', '0')
    """
    if isinstance(value, tuple):
        return f"{len(value)} ({', '.join(value)})" if value else "0"
    return shown_value(value)
