"""A site as a process: its learner, its replay, and what it lives through, slot by slot.

    python -m edgewise.federation.site FOLDER SITE

It is told of a round by its own ClientApp, which brings the model to go on from and takes away the
one that has come of it. Nothing else of what it holds leaves it.
"""

import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import jax.numpy as jnp

from edgewise.federation import wire
from edgewise.federation.compiled import Pieces
from edgewise.federation.description import Description
from edgewise.federation.parts import Felt, Model, Parts
from edgewise.runs.machine import settle

Answer = Callable[[int, Model], Model]
"""(round, model) → what is sent."""


def honest(number: int, model: Model) -> Model:
    """What was learned, as it is."""
    return model


class Site:
    """Number `site`, in the world at the other end of `world`."""

    def __init__(self, parts: Parts, site: int, world: Connection) -> None:
        self.pieces, self.site, self.world = Pieces(parts), site, world
        self.learned, self.stored = self.pieces.start(site)
        self.seen = world.recv()
        self._compile()

    def round(self, number: int, model: Model) -> Model:
        """The model after round `number` (from 1), gone on from `model`."""
        parts = self.pieces.parts
        self.learned = parts.site.with_model(self.learned, model)
        for t in range((number - 1) * parts.round_slots, number * parts.round_slots):
            self._slot(t)
        return parts.site.model(self.learned)

    def _compile(self) -> None:
        """Before the first round, whose time is limited: a slot of which nothing is kept."""
        action = self.pieces.act(self.site, 0, self.learned, self.seen)
        seen = jnp.asarray(self.seen)
        felt = Felt(jnp.zeros(seen.shape[:2]), seen, seen)
        self.pieces.learn(0, self.learned, self.stored, self.seen, action, felt)

    def _slot(self, t: int) -> None:
        action = self.pieces.act(self.site, t, self.learned, self.seen)
        self.world.send(action)
        felt: Felt = self.world.recv()
        lived = (self.seen, action, felt)
        self.learned, self.stored = self.pieces.learn(t, self.learned, self.stored, *lived)
        self.seen = felt.observation


def main(folder: Path, number: int, answer: Answer = honest) -> None:
    """Serve rounds until the world ends. What it answers can be changed, to see what comes of
    sites that answer badly."""
    description = Description.read(folder)
    settle(description.cores[number % len(description.cores)])
    parts = description.parts()
    with wire.connected(description.port) as world, wire.listener() as rounds:
        world.send((number, wire.port_of(rounds)))
        site = Site(parts, number, world)
        while True:
            with rounds.accept() as asking:
                count, model = asking.recv()
                asking.send(answer(count, site.round(count, model)))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except (EOFError, ConnectionError):
        sys.exit(0)  # The world has ended.
