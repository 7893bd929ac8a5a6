"""The same federation in one process: no wire, no Flower, the average written out."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jaxtyping import Bool

from edgewise.federation.compiled import Pieces
from edgewise.federation.parts import Felt, Model, Parts


@dataclass(frozen=True)
class Participation:
    """Who took part. `acted` in a slot: a site that did not has died. `counted` in a round's
    average: a site that acted may have come too late, or sent what cannot be averaged."""

    acted: Bool[np.ndarray, "slots sites"]
    counted: Bool[np.ndarray, "rounds sites"]

    @classmethod
    def full(cls, parts: Parts) -> "Participation":
        """Everybody, always."""
        sites = parts.num_sites
        return cls(
            np.ones((parts.spec.slots, sites), bool), np.ones((parts.num_rounds, sites), bool)
        )


def federated(pieces: Pieces, took_part: Participation) -> Model:
    """The model after the last round of a run in which these took part."""
    parts = pieces.parts
    sites = [pieces.start(site) for site in range(parts.num_sites)]
    states, seen = pieces.begin()
    model = parts.site.model(sites[0][0])
    for t in range(parts.spec.slots):
        states, seen = _slot(pieces, sites, t, states, seen, took_part.acted[t])
        done, within = divmod(t + 1, parts.round_slots)
        if within == 0:
            model = _averaged(parts, sites, took_part.counted[done - 1], model)
            sites = [(parts.site.with_model(site[0], model), site[1]) for site in sites]
    return model


def mean(models: list[Model], weights: list[float]) -> Model:
    """(26) of Huang et al. 2021, in their order: sum of W_m/W̃ times the model of m.

    >>> mean([[np.array([1.0])], [np.array([5.0])]], [3.0, 1.0])
    [array([2.])]
    """
    shares = [weight / sum(weights) for weight in weights]
    total = [array * shares[0] for array in models[0]]
    for model, share in zip(models[1:], shares[1:], strict=True):
        total = [sum_ + array * share for sum_, array in zip(total, model, strict=True)]
    return total


def _slot(
    pieces: Pieces, sites: list[Any], t: int, states: Any, seen: np.ndarray, acted: np.ndarray
) -> tuple[Any, np.ndarray]:
    """One slot of those who act; `sites` are as they are after it. The next states, and what
    everybody sees there."""
    team = pieces.parts.site.team
    actions = np.zeros((*seen.shape[:2], team.action_size), np.float32)
    here = [int(site) for site in np.flatnonzero(acted)]
    for m in here:
        actions[:, m : m + 1] = pieces.act(m, t, sites[m][0], seen[:, m : m + 1])
    states, felt = pieces.slot(t, states, actions)
    for m in here:
        (learned, stored), mine = sites[m], slice(m, m + 1)
        lived = (seen[:, mine], actions[:, mine], of(felt, m))
        sites[m] = pieces.learn(t, learned, stored, *lived)
    return states, np.asarray(felt.observation)


def of(felt: Felt, site: int) -> Felt:
    """What one of the sites felt, to be sent."""
    return jax.tree.map(lambda leaf: np.asarray(leaf)[:, site : site + 1], felt)


def _averaged(parts: Parts, sites: list[Any], counted: np.ndarray, before: Model) -> Model:
    """The mean of those who count; as before if nobody does."""
    who = np.flatnonzero(counted)
    if not len(who):
        return before
    models = [parts.site.model(sites[m][0]) for m in who]
    return mean(models, [parts.weights[m] for m in who])
