"""From the words of `edgewise compare` to the comparison they ask for."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgewise.cli import options
from edgewise.cli.real_sites import with_real_sites
from edgewise.core.errors import UserError
from edgewise.runs.scenario import Scenario
from edgewise.study.compare import Comparison, fitting


def asked(
    scenario: Scenario,
    schemes: str | None = None,
    seeds: int | None = None,
    slots: int | None = None,
    set_: tuple[str, ...] = (),
    preset: str | None = None,
    learn: tuple[str, ...] = (),
    sites: Path | None = None,
    users: Path | None = None,
    of_file: Mapping[str, Any] | None = None,
) -> Comparison:
    """What the options mean, on top of a network file's parameters; `UserError` if they cannot be
    used."""
    options.at_least_one(seeds=seeds, slots=slots)
    parameters = {**(of_file or {}), **options.given_parameters(set_, preset)}
    typed = parameters if of_file else None
    if typed is not None:
        parameters = _all_of(scenario, typed)
    parameters, layout = with_real_sites(scenario, parameters, sites, users)
    return Comparison(
        scenario.name,
        _chosen(scenario, schemes) or _all_that_fit(scenario, parameters),
        seeds or scenario.seeds,
        slots,
        parameters,
        options.given_settings(learn),
        layout,
        typed,
    )


def _all_of(scenario: Scenario, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter, as JSON has it."""
    found: dict[str, Any] = scenario.checked(**given).model_dump(mode="json")
    return found


def _all_that_fit(scenario: Scenario, parameters: dict[str, Any]) -> tuple[str, ...]:
    """Every scheme, but for those that this size is too large for: they are named."""
    names, reasons = fitting(scenario, parameters)
    for name, reason in reasons.items():
        print(f"without {name}: {reason}", file=sys.stderr)
    return tuple(names)


def _chosen(scenario: Scenario, schemes: str | None) -> tuple[str, ...]:
    if schemes is None:
        return ()
    names = options.names_in(schemes)
    if not names:
        raise UserError("--schemes names no scheme: write --schemes A,B")
    return tuple(dict.fromkeys(scenario.scheme(name).name for name in names))
