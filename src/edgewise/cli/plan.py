"""`edgewise plan FILE.toml`."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from edgewise.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from edgewise.report.planning import Planned
    from edgewise.study.planning import Answer

Target = Annotated[
    str, Parameter(help="METRIC >= NUMBER or METRIC <= NUMBER; its 95% interval has to be beyond.")
]
Vary = Annotated[
    tuple[str, ...],
    Parameter(
        negative="",
        help="NAME=LOW..HIGH: a key of the file, as for --set; or servers=0..3, added one at a "
        "time at the site where it helps most. Given twice: the first, along the second.",
    ),
]
Like = Annotated[
    str | None, Parameter(help="The server that servers=... adds copies of [the first].")
]
Schemes = Annotated[str | None, Parameter(help="Their names, A,B [least-finish,descent].")]


def plan_(
    network: str,
    /,
    *,
    target: Target,
    vary: Vary,
    schemes: Schemes = None,
    like: Like = None,
    seeds: options.Seeds = 5,
    slots: options.Slots = None,
    set_: options.Set = (),
    learn: options.Learn = (),
    keep_stale: options.KeepStale = False,
    out: options.Out = None,
    running: options.Running = options.HERE,
) -> None:
    """The smallest capacity with which a network meets a target, or the largest load under which
    it still does, for each scheme.

    Every point is a run like those of edgewise compare: finished ones are reused, and a command
    that was cut goes on where it was. Writes the curve, and planned.toml with the answer set.
    """
    from edgewise import scenarios
    from edgewise.cli.planner import Planner
    from edgewise.cli.tables import show
    from edgewise.cli.work import results_folder
    from edgewise.report.build import write_plan
    from edgewise.runs.store import Store

    options.at_least_one(slots=slots, jobs=running.jobs)
    planner = Planner.of(
        network,
        target=target,
        vary=vary,
        schemes=schemes,
        like=like,
        seeds=seeds or 0,
        slots=slots,
        parameters=options.given_parameters(set_),
        settings=options.given_settings(learn),
    )
    store = Store(results_folder(out, planner.asked.folder))
    planned = planner.run(store, running, keep_stale)
    show(_table(planned))
    for line in _lines(planned):
        print(line)
    picture = planned.write(store.folder)
    page = write_plan(store, scenarios.get, planned)
    print(f"curve: {picture}, .svg, .pdf, .csv; page: {page}", file=sys.stderr)
    written = planner.write(planned, store.folder)
    if written is not None:
        print(f"the network with {written.told}: edgewise compare {written.path}", file=sys.stderr)


def _table(planned: "Planned") -> "Table":
    from rich.text import Text

    from edgewise.cli.planner import told_value
    from edgewise.cli.tables import bare_table
    from edgewise.study.text import plus_minus, shown_value

    along = [planned.along.name] if planned.along else []
    table = bare_table(planned.target.text, "scheme", *along, planned.axis.name, "", "metric")
    for (scheme, other), answer in planned.answers.items():
        second = [shown_value(other)] if along else []
        cells = (told_value(answer.best.value), _verdict(answer))
        table.add_row(*map(Text, (scheme, *second, *cells, plus_minus(answer.best.interval))))
    table.caption = "metric: mean ± half the 95% confidence interval over seeds"
    return table


def _verdict(answer: "Answer") -> str:
    """What the value beside it is."""
    easy, hard = ("low", "high") if answer.helps else ("high", "low")
    return {
        "found": "smallest that meets it" if answer.helps else "largest that meets it",
        "already": f"already met at the {easy} end",
        "never": f"not met even at the {hard} end",
    }[answer.outcome]


def _lines(planned: "Planned") -> Iterator[str]:
    """What the table does not hold: what each added server brought, and what the bound says."""
    from edgewise.cli.planner import BOUND, BOUNDED_BY
    from edgewise.report.planning import on_the_way

    for (scheme, _), answer in planned.answers.items():
        for each in answer.tried:
            if each.gain is not None and on_the_way(each, answer):
                low, high = each.gain.low, each.gain.high
                gained = f"{each.gain.mean:.3g} [{low:.3g}, {high:.3g}] nearer"
                yield f"{scheme}: server {len(each.value)} at {each.value[-1]}: {gained}"
    if any(scheme == BOUND for scheme, _ in planned.answers):
        yield (
            f"{BOUND}: no decision, whole tasks assumed, could be better in the slots that "
            f"{BOUNDED_BY} met"
        )
    elif any(scheme == "descent" for scheme, _ in planned.answers):
        yield "descent: the best found; no bound on this metric is known"
