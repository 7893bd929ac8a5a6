"""Figures 4 and 5 of AlQerm and Pan 2020: the utility of each application, and of the network."""

from functools import partial
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    along,
    asked_of,
    at,
    bars,
    depends_on,
    leads,
    leads_over,
    lines,
    of_all_controls,
    of_main,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_GRID,
    BY_SERVERS,
    COMPARED,
    FEW_CONTROLS,
    GRIDS,
    MAIN,
    OURS,
    RIVALS,
    SERVERS,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.scenarios.application_utility.schemes import STRICT_SHARE
from edgewise.scenarios.application_utility.schemes.schedulers import DriftPlusPenalty
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, more, ratio
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

SHOWN = (*COMPARED, "equal-split", "optimum")
NEAR = (0.9, 1.1)
VERY_LOW = 0.8
STARVING = ("tra", "ecf", "dqn")
"""Of which the paper says that they starve VA."""


@figure("4", needs=(MAIN,))
def by_application(results: Results, canvas: Canvas) -> Rows:
    """Utility of each application"""
    axes = canvas.subplots()
    metrics = [(app.upper(), f"utility_{app}") for app in APPLICATIONS]
    rows = bars(results, axes, SHOWN, metrics)
    labelled(axes, "application", "utility [requests/s served in time]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("4"))


@claim("A1", figure="4", criterion="per application, above all of SW, TRA, ECF, DQN", needs=(MAIN,))
def highest_per_application(results: Results) -> Verdict:
    """OQL has the highest utility for every application"""

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            leads(f"{app}, {scheme}", read(scheme), {rival: read(rival) for rival in RIVALS})
            for app in APPLICATIONS
            for read in [of_main(results, f"utility_{app}")]
            for scheme in schemes
        ]

    numbers: Numbers = {
        f"{app}, {name}": value
        for app in APPLICATIONS
        for name, value in leads_over(of_main(results, f"utility_{app}"), OURS, RIVALS).items()
    }
    note = "units that one application gets another goes without"
    return Verdict(criterion(OURS), of_all_controls(criterion), numbers, note)


@claim(
    "A2",
    figure="4",
    criterion="GSD between 0.9 and 1.1 of OQL's, VA below 0.8 of it",
    needs=(MAIN,),
)
def starve_va(results: Results) -> Verdict:
    """TRA, ECF and DQN are near on GSD but very low on VA"""
    va, gsd = (of_main(results, f"utility_{app}") for app in ("va", "gsd"))

    def compared(schemes: Schemes, rivals: Schemes) -> list[Part]:
        return [
            part
            for rival in rivals
            for scheme in schemes
            for part in (
                ratio(f"GSD, {rival}/{scheme}", gsd(rival), gsd(scheme), *NEAR),
                ratio(f"VA, {rival}/{scheme}", va(rival), va(scheme), high=VERY_LOW),
            )
        ]

    strict = compared(OURS, ("tra", "ecf-strict", "dqn"))
    by_share = {DriftPlusPenalty.target_share: compared(OURS, STARVING), STRICT_SHARE: strict}
    return Verdict(
        by_share[DriftPlusPenalty.target_share],
        of_all_controls(lambda schemes: compared(schemes, STARVING)),
        {part.name: part.quantity for part in strict if "ecf-strict" in part.name},
        "ECF with η = 0.9, which is not printed, insists on more than it can serve, and starves VA",
        depends=depends_on("η of ECF", by_share),
    )


@figure("5", needs=(BY_SERVERS,))
def network_utility(results: Results, canvas: Canvas) -> Rows:
    """Network utility against the number of servers"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_SERVERS, "network_utility", COMPARED)
    labelled(axes, "servers", "network utility [requests/s]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("5"))


@figure("grid", needs=(BY_GRID,))
def by_grid(results: Results, canvas: Canvas) -> Rows:
    """Network utility over the parts that an action divides the capacity into"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_GRID, "network_utility", (*OURS, "dqn", "grid-optimum"))
    labelled(axes, "parts of the capacity", "network utility [requests/s]", beside=True)
    return rows


@claim(
    "A4",
    figure="5",
    criterion="M = 30, 90, 120, and G = 6, 8 at M = 90: above all of SW, TRA, ECF, DQN",
    needs=(MAIN, BY_SERVERS, BY_GRID),
)
def highest_network_utility(results: Results) -> Verdict:
    """OQL has the highest network utility"""

    def by_servers(schemes: Schemes) -> list[Part]:
        return [
            leads(f"{m} servers, {s}", read(s), {rival: read(rival) for rival in RIVALS})
            for m in SERVERS
            for read in [at(results, BY_SERVERS, "network_utility", num_servers=m)]
            for s in schemes
        ]

    def on_grid(schemes: Schemes, grid: int) -> list[Part]:
        rivals = {rival: _on_grid(results, grid, rival) for rival in RIVALS}
        return [leads(f"G = {grid}, {s}", _on_grid(results, grid, s), rivals) for s in schemes]

    def criterion(schemes: Schemes) -> list[Part]:
        finer = [part for grid in GRIDS[1:] for part in on_grid(schemes, grid)]
        return by_servers(schemes) + finer

    return Verdict(
        criterion(OURS),
        asked_of(FEW_CONTROLS, by_servers),
        {**_gaps(results), **_by_pairs(results)},
        "how many parts an action divides the capacity into is not printed: G = 4, unless it says",
        depends=depends_on("grid_levels", {grid: on_grid(OURS, grid) for grid in GRIDS}),
    )


def _on_grid(results: Results, grid: int, scheme: str) -> np.ndarray:
    """SW, TRA and ECF divide whole units on any grid."""
    if scheme in BY_GRID.schemes:
        return at(results, BY_GRID, "network_utility", grid_levels=grid)(scheme)
    return of_main(results, "network_utility")(scheme)


def _gaps(results: Results) -> Numbers:
    read = of_main(results, "network_utility")
    return {
        f"gap to the optimum, {scheme} [%]": mean_interval(
            100 * (1 - read(scheme) / read("optimum"))
        )
        for scheme in COMPARED
    }


def _by_pairs(results: Results) -> Numbers:
    """Each setting minus each rival: by servers, by grid, and the rivals that know k."""
    oracles = ("sw-true", "tra-true", "ecf-true")
    numbers = leads_over(of_main(results, "network_utility"), OURS, oracles)
    for m in SERVERS:
        pairs = leads_over(at(results, BY_SERVERS, "network_utility", num_servers=m), OURS, RIVALS)
        numbers |= {f"{m} servers, {name}": value for name, value in pairs.items()}
    for grid in GRIDS[1:]:
        pairs = leads_over(partial(_on_grid, results, grid), OURS, RIVALS)
        numbers |= {f"G = {grid}, {name}": value for name, value in pairs.items()}
    return numbers


@claim("A5", figure="5, 12", criterion="M = 30, 90, 120, every step above", needs=(BY_SERVERS,))
def more_servers(results: Results) -> Verdict:
    """More servers, more utility"""

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            more(f"{scheme}, {m} to {n} servers", later, earlier)
            for scheme in schemes
            for (m, earlier), (n, later) in pairwise(
                zip(SERVERS, along(results, BY_SERVERS, scheme, "network_utility"), strict=True)
            )
        ]

    return Verdict(criterion(COMPARED), asked_of(FEW_CONTROLS, criterion), note="every scheme")
