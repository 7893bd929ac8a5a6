"""Figures 4 and 5 of AlQerm and Pan 2020: the utility of each application, and of the network."""

from itertools import pairwise

from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Numbers,
    ahead,
    bars,
    lines,
    of_main,
    seed_count,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_SERVERS,
    COMPARED,
    MAIN,
    OURS,
    RIVALS,
    SERVERS,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

SHOWN = (*COMPARED, "equal-split", "optimum")


@figure("4", needs=(MAIN,))
def by_application(results: Results, canvas: Canvas) -> Rows:
    """Utility of each application"""
    axes = canvas.subplots()
    metrics = [(app.upper(), f"utility_{app}") for app in APPLICATIONS]
    rows = bars(results, axes, SHOWN, metrics)
    labelled(axes, "application", "utility [requests/s served in time]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("4"))


@claim("A1", figure="4", criterion="per application, above SW, TRA, ECF and DQN", needs=(MAIN,))
def highest_per_application(results: Results) -> Graded:
    """OQL has the highest utility for every application"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        read = of_main(results, f"utility_{app}")
        holds += ahead(read, RIVALS)[0]
        best = max(RIVALS, key=lambda rival: float(read(rival).mean()))
        for ours in OURS:
            numbers[f"{app}: {ours} - {best}"] = mean_interval(read(ours) - read(best))
    note = "the best rival of each application is shown; units that one gets another goes without"
    return Graded(graded(holds), numbers, seed_count(results), note)


@claim("A2", figure="4", criterion="GSD above 0.9 and VA below 0.8 of OQL's", needs=(MAIN,))
def starve_va(results: Results) -> Graded:
    """TRA, ECF and DQN are near on GSD but very low on VA"""
    holds: list[bool] = []
    numbers: Numbers = {}
    read = {app: of_main(results, f"utility_{app}") for app in ("va", "gsd")}
    for rival in ("tra", "ecf", "dqn"):
        for ours in OURS:
            va, gsd = (mean_interval(of(rival) / of(ours)) for of in read.values())
            holds.append(va.high < 0.8 and gsd.low > 0.9)
            numbers |= {f"VA, {rival}/{ours}": va, f"GSD, {rival}/{ours}": gsd}
    return Graded(graded(holds), numbers, seed_count(results))


@figure("5", needs=(BY_SERVERS,))
def network_utility(results: Results, canvas: Canvas) -> Rows:
    """Network utility against the number of servers"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_SERVERS, "network_utility")
    labelled(axes, "servers", "network utility [requests/s]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("5"))


@claim("A4", figure="5", criterion="above SW, TRA, ECF and DQN", needs=(MAIN,))
def highest_network_utility(results: Results) -> Graded:
    """OQL has the highest network utility"""
    read = of_main(results, "network_utility")
    holds, numbers = ahead(read, RIVALS)
    _, oracles = ahead(read, ("sw-true", "tra-true", "ecf-true"))
    for scheme in COMPARED:
        numbers[f"gap to the optimum, {scheme} [%]"] = mean_interval(
            100 * (1 - read(scheme) / read("optimum"))
        )
    return Graded(graded(holds), {**numbers, **oracles}, seed_count(results))


@claim("A5", figure="5, 12", criterion="M = 30, 60, 90, 120, every step above", needs=(BY_SERVERS,))
def more_servers(results: Results) -> Graded:
    """More servers, more utility"""
    holds: list[bool] = []
    numbers: Numbers = {}
    runs = results.of(BY_SERVERS)
    for scheme in COMPARED:
        utility = [runs.values(scheme, "network_utility", num_servers=m) for m in SERVERS]
        holds += [above(mean_interval(more - fewer)) for fewer, more in pairwise(utility)]
        numbers[f"{scheme}, {SERVERS[0]} to {SERVERS[-1]} servers"] = mean_interval(
            utility[-1] - utility[0]
        )
    return Graded(graded(holds), numbers, len(utility[0]), "every step of every scheme")
