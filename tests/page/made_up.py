"""A network that never was, on a page: for tests of the page in a browser, and of its speed."""

from collections.abc import Sequence

import numpy as np
from tiny import SCENARIO

from edgewise.core.scene import Ground
from edgewise.report import page
from edgewise.report.charts import comparing, lines
from edgewise.report.claims import claim_sections
from edgewise.report.page import Chapter, Section
from edgewise.report.play.pack import packed
from edgewise.report.play.record import Recording
from edgewise.report.play.section import play
from edgewise.study.scorecard import ClaimRecord, PaperRecord, PartRecord, Quantity, Scorecard
from edgewise.study.sensitivity import Stability

SCHEMES = ("learn", "idle")


def recording(slots: int, devices: int, servers: int, seed: int) -> Recording:
    """Tasks are the same whatever the seed; what is done with them is not."""
    world, own = np.random.default_rng(0), np.random.default_rng(seed)
    shape = (slots, devices)
    work = world.uniform(1e5, 1e6, shape) * (world.random(shape) < 0.9)
    place = world.uniform(-200, 200, (devices, 2))
    usual = own.integers(0, servers + 1, devices)
    server = np.where(own.random(shape) < 0.7, usual, own.integers(0, servers + 1, shape))
    away = (server > 0) & (work > 0)
    up = np.where(away, work / own.choice([1e6, 5e6, 2e7], shape), 0.0)
    local, busy = np.where(away, 0.0, work / 2e6), np.where(away, 0.05, 0.0)
    shown = {
        "xy_m": np.broadcast_to(place, (*shape, 2)),
        "work": work,
        "deadline_s": np.full(shape, 0.4),
        "server": np.where(away, server, 0),
        "site": np.where(away, (server - 1) % 3, -1),
        "channel": np.where(away, own.integers(0, 4, shape), -1),
        "share": away.astype(float),
        "local_s": local,
        "up_s": up,
        "forward_s": np.where(away, 0.002, 0.0),
        "server_s": busy,
        "energy_j": 0.1 * up + 0.5 * local,
        "met": np.maximum(local, up + 0.002 + busy) <= 0.4,
        "load": own.gamma(2.0, 0.1, (slots, servers)),
    }
    score = -np.mean(local + up, axis=1)
    return Recording(shown, score, {})


def ground(servers: int) -> Ground:
    """Three sites; servers among them."""
    sites = np.array([[-120.0, -60.0], [0.0, 110.0], [130.0, -40.0]])
    return Ground(
        site_xy_m=sites,
        server_xy_m=sites[np.arange(servers) % 3],
        sites=("west", "north", "east"),
        servers=tuple(f"server {m + 1}" for m in range(servers)),
        channels=("a", "b", "c", "d"),
        drawn="Nothing of it is real.",
    )


def play_of(slots: int, devices: int, servers: int) -> Section:
    """Two schemes of the tiny scenario, slot by slot."""
    recordings = {name: recording(slots, devices, servers, i + 1) for i, name in enumerate(SCHEMES)}
    content = packed(recordings, 1_300_000)
    return Section("Network", play(SCENARIO, ground(servers), recordings, content, ["coin"]))


def charts() -> list[Section]:
    """Of two schemes and five seeds."""
    drawn, seeds = np.random.default_rng(1), list(range(2000, 2005))
    values = {
        metric.name: {name: drawn.normal(i, 0.2, 5) for i, name in enumerate(SCHEMES)}
        for metric in SCENARIO.metrics
    }
    curves = {"learn": np.cumsum(drawn.normal(0.1, 1.0, (5, 200)), axis=1)}
    learning = lines.learning(curves, {"idle": 5.0}, "utility", SCHEMES)
    return [
        Section("Charts", page.chips(SCHEMES), comparing.charts(SCENARIO, values, seeds)),
        Section("Learning", "", {"learning": learning}, wide=True),
    ]


def part(name: str, answer: str, mean: float, half: float) -> PartRecord:
    """That should be above 0."""
    return PartRecord(
        name=name,
        answer=answer,  # type: ignore[arg-type]
        quantity=Quantity(mean=mean, low=mean - half, high=mean + half),
        low=0.0,
        high=None,
        chance=0.01,
        detectable=0.5,
        seeds=10,
        seeds_wanted=None,
    )


def claim(id: str, outcome: str, parts: Sequence[PartRecord]) -> ClaimRecord:
    """With a control, a note, a number and its stability."""
    return ClaimRecord(
        id=id,
        figure="4",
        statement=f"Sentence {id} of <the paper> & more.",
        criterion="the difference is above 0",
        outcome=outcome,
        parts=list(parts),
        controls={"random": list(parts)},
        passing=[],
        numbers={"share": 0.25, "delay": Quantity(mean=1.0, low=0.5, high=1.5)},
        seeds=10,
        seeds_wanted=30,
        impossible=None,
        depends=None,
        stability=Stability(
            outcome=outcome, points=8, share=0.75, others={"undecided": 2}, turned_by=[]
        ),
        note="a note",
    )


def card() -> Scorecard:
    """Of three claims, each with another verdict."""
    claims = [
        claim("C1", "holds", [part("gain", "yes", 2.0, 0.5)]),
        claim("C2", "does not hold", [part("gain", "no", -2.0, 0.5)]),
        claim("C3", "undecided", [part("gain", "open", 0.1, 0.5)]),
    ]
    paper = PaperRecord(scenario="tiny", paper="none", code="0", claims=claims)
    return Scorecard(edgewise="0", jax="0", processor="none", quick=False, papers=[paper])


def whole_page(slots: int, devices: int, servers: int, charted: bool = True) -> str:
    """All of it; charts are what takes a browser long."""
    claims = claim_sections(card(), lambda scenario, figure: f"#figure-{figure}")
    rows = page.table(["scheme", "score"], [["learn", "1"], ["idle", "2"]], 1)
    sections = [
        Section("Table", rows),
        play_of(slots, devices, servers),
        *(charts() if charted else ()),
        *claims,
        Section("Figure 4", page.paragraph("drawn"), id="figure-4"),
    ]
    return page.page(Chapter("Made up", "a page for tests", sections))
