"""The world as a process among the others: steps when all who live have acted."""

import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from edgewise.federation.compiled import Pieces
from edgewise.federation.together import of

LOOK_S = 0.2
"""How often the world looks whether it is to end."""


@dataclass
class World:
    """Simulates `pieces` for the sites at the other ends of `links`. A site that does not act
    within `patience_s` of another one's action is held to be dead, as is one that hung up."""

    pieces: Pieces
    links: dict[int, Connection]
    patience_s: float
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        parts = self.pieces.parts
        self.acted: Bool[np.ndarray, "slots sites"] = np.zeros(
            (parts.spec.slots, parts.num_sites), bool
        )

    def run(self) -> None:
        """All slots of the run; `acted` is who acted in each."""
        parts = self.pieces.parts
        states, seen = self.pieces.begin()
        self._tell({site: seen[:, site : site + 1] for site in self.links})
        for t in range(parts.spec.slots):
            actions = np.zeros((*seen.shape[:2], parts.site.team.action_size), np.float32)
            for site, action in self._actions(t).items():
                actions[:, site : site + 1] = action
            if not self.links or self.ended.is_set():
                break
            states, felt = self.pieces.slot(t, states, actions)
            self._tell({site: of(felt, site) for site in self.links})

    def _actions(self, t: int) -> dict[int, Float[np.ndarray, "envs 1 actions"]]:
        """Of all who live."""
        heard: dict[int, Any] = {}
        waited_s = 0.0
        while (missing := set(self.links) - set(heard)) and not self.ended.is_set():
            ready = wait([self.links[site] for site in missing], LOOK_S)
            waited_s = 0.0 if ready or not heard else waited_s + LOOK_S
            late = waited_s > self.patience_s
            for site in missing:
                if self.links[site] in ready:
                    self._hear(t, site, heard)
                elif late:
                    self._buried(site)
        return heard

    def _hear(self, t: int, site: int, heard: dict[int, Any]) -> None:
        try:
            heard[site] = self.links[site].recv()
            self.acted[t, site] = True
        except (EOFError, OSError):
            self._buried(site)

    def _tell(self, words: dict[int, Any]) -> None:
        for site, word in words.items():
            try:
                self.links[site].send(word)
            except OSError:
                self._buried(site)

    def _buried(self, site: int) -> None:
        self.links.pop(site).close()
