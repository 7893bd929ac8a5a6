"""A federation from beginning to end: world, sites, SuperLink, SuperNodes, and Flower's run."""

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.federation import wire
from edgewise.federation.compiled import Pieces
from edgewise.federation.description import Description
from edgewise.federation.files import FIRST, LAST, REPORT, TOOK_PART, load_model, save_model
from edgewise.federation.flower import app
from edgewise.federation.flower.processes import END_S, Processes, flower, processes
from edgewise.federation.flower.traffic import Traffic
from edgewise.federation.parts import Model, Parts
from edgewise.federation.together import Participation
from edgewise.federation.world import World

LOOK_S = 0.2
START_S = 300.0
"""What processes have to start, and to compile what they will run."""


@dataclass(frozen=True)
class Asked:
    """How a federation is run: a strategy of Flower; what a round may take; what a site may take
    for a slot when another one has acted; the cores of the sites; and what a site's process runs.
    """

    strategy: str = "FedAvg"
    round_s: float = 600.0
    patience_s: float = 60.0
    cores: tuple[int, ...] = (0,)
    site: str = "edgewise.federation.site"


@dataclass(frozen=True)
class Outcome:
    """The last model, who took part, what became of each round, and what Flower counted."""

    model: Model
    took_part: Participation
    rounds: list[dict[str, Any]]
    counted_by_flower: Traffic

    @property
    def counted_by_message(self) -> Traffic:
        """The bytes of the messages that were answered, with their answers."""
        each = (Traffic(r["outbound_bytes"], r["inbound_bytes"]) for r in self.rounds)
        return sum(each, Traffic())


class Federation:
    """A run of `parts` on `seed`, whose files are in `folder`. `looked` is called every now and
    then, with the number of slots that the world has begun; what it raises ends the run.

    Bits are the same everywhere if this process has been settled (`runs.machine.settle`), as the
    sites are: threads change the order of sums.
    """

    def __init__(
        self,
        parts: Parts,
        seed: int,
        folder: Path,
        asked: Asked,
        looked: Callable[[int], None] = lambda slots: None,
    ) -> None:
        self.parts, self.seed, self.folder, self.asked = parts, seed, folder.resolve(), asked
        self.pieces = Pieces(parts)
        self.looked = looked
        self.world: World | None = None
        self.started: Processes | None = None

    def run(self) -> Outcome:
        """The whole of it. `UserError` where a process that all depend on ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / REPORT).unlink(missing_ok=True)
        save_model(self.folder / FIRST, self.pieces.first_model())
        key = wire.new_key()
        with wire.listener(key) as listening, processes(self.folder, key) as started:
            self.started = started
            ports = self._sites(started, listening)
            self._flower(started, ports)
            simulated = threading.Thread(target=self._world.run, daemon=True)
            simulated.start()
            try:
                identity = self._submitted(started)
                report = self._report(started)
                traffic = self._traffic(started, identity)
            finally:
                self._world.ended.set()
                simulated.join(END_S)
        return self._outcome(report, traffic)

    def node(self, site: int) -> str:
        """The name of a site's SuperNode."""
        return f"node-{site}"

    @property
    def _world(self) -> World:
        assert self.world is not None
        return self.world

    def _sites(self, started: Processes, listening: Listener) -> dict[int, int]:
        """Start the sites; the port at which each waits for its ClientApp."""
        port = wire.port_of(listening)
        description = Description(self.parts.spec, self.seed, port, self.asked.cores)
        description.write(self.folder)
        for site in range(self.parts.num_sites):
            command = [sys.executable, "-m", self.asked.site, str(self.folder), str(site)]
            started.start(f"site-{site}", command)
        links: dict[int, Connection] = {}
        ports: dict[int, int] = {}

        def greet() -> None:
            while len(links) < self.parts.num_sites:
                link = listening.accept()
                site, ports[site] = link.recv()
                links[site] = link

        threading.Thread(target=greet, daemon=True).start()
        self._until(lambda: len(links) == self.parts.num_sites, started, "the sites")
        self.world = World(self.pieces, links, self.asked.patience_s)
        return ports

    def _flower(self, started: Processes, ports: dict[int, int]) -> None:
        """Start the SuperLink and a SuperNode before each site."""
        superlink, *nodes = wire.free_ports(1 + len(ports))
        address = f"{wire.HOST}:{superlink}"
        app.write_connection(self.folder / "flwr", address)
        here = ["--insecure", "--host", wire.HOST, "--port"]
        command = [flower("flower-superlink"), *here, str(superlink)]
        started.start("superlink", [*command, "--disable-runtime-dependency-installation"])
        self._until(lambda: wire.listens(superlink), started, "the SuperLink")
        for site, port in ports.items():
            facts = f"site={site} port={port} weight={self.parts.weights[site]!r}"
            command = [flower("flower-supernode"), *here, str(nodes[site])]
            command += ["--superlink", address, "--node-config", facts]
            started.start(self.node(site), command)

    def _submitted(self, started: Processes) -> str:
        """Hand the app in; what Flower calls the run."""
        app.write(self.folder / "app", self._config())
        told = app.asked_of_flower(started, "run", str(self.folder / "app"))
        return str(told["run-id"])

    def _config(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "rounds": self.parts.num_rounds,
            "strategy": self.asked.strategy,
            "timeout-s": self.asked.round_s,
            "weights": json.dumps(self.parts.weights),
        }

    def _report(self, started: Processes) -> dict[str, Any]:
        """What the ServerApp writes when it is done. A site whose SuperNode has died dies too."""
        path = self.folder / REPORT

        def done() -> bool:
            for site in range(self.parts.num_sites):
                dead = started.dead()
                if self.node(site) in dead and f"site-{site}" not in dead:
                    started.kill(f"site-{site}")
            return path.exists()

        self._until(done, started, "the ServerApp", limit_s=None)
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if "error" in report:
            raise UserError(f"the ServerApp failed: {report['error']}; see {self.folder / 'logs'}")
        return report

    def _traffic(self, started: Processes, identity: str) -> Traffic:
        """Flower's own counter."""
        runs = app.asked_of_flower(started, "ls")["runs"]
        (counted,) = (run["network-traffic"] for run in runs if run["run-id"] == identity)
        return Traffic(counted["outbound-bytes"], counted["inbound-bytes"])

    def _outcome(self, report: dict[str, Any], traffic: Traffic) -> Outcome:
        counted = np.zeros((self.parts.num_rounds, self.parts.num_sites), bool)
        for each in report["rounds"]:
            counted[each["round"] - 1, each["counted"]] = True
        took_part = Participation(self._world.acted, counted)
        np.savez(self.folder / TOOK_PART, acted=took_part.acted, counted=counted)
        return Outcome(load_model(self.folder / LAST), took_part, report["rounds"], traffic)

    def _until(
        self,
        ready: Callable[[], bool],
        started: Processes,
        what: str,
        limit_s: float | None = START_S,
    ) -> None:
        """Wait until it is; `UserError` if that cannot be any more."""
        begun = time.monotonic()
        while not ready():
            self.looked(0 if self.world is None else int(self.world.acted.any(axis=1).sum()))
            late = limit_s is not None and time.monotonic() - begun > limit_s
            dead = started.dead()
            if late or "superlink" in dead or (limit_s is not None and dead):
                raise UserError(
                    f"waited for {what}: "
                    + (f"{', '.join(sorted(dead))} ended" if dead else f"{limit_s:g} s are over")
                    + f"; see {self.folder / 'logs'}"
                )
            if all(self.node(site) in dead for site in range(self.parts.num_sites)) and dead:
                raise UserError(f"all SuperNodes have ended; see {self.folder / 'logs'}")
            time.sleep(LOOK_S)
