"""What a model is worth: all sites act by it, greedily, on the world that all schemes share."""

from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.federation.compiled import Pieces
from edgewise.federation.parts import Model, Parts, repeated
from edgewise.runs.execute import measured
from edgewise.runs.scenario import Scenario


def scored(scenario: Scenario, parts: Parts, seed: int, model: Model) -> float:
    """The metric that the scenario's schemes are ranked by."""
    spec, team = parts.spec, parts.site.team
    env = scenario.scheme(spec.scheme).view(scenario.env(**spec.parameters))
    keys = seed_keys(seed)

    learned, _ = Pieces(parts).start(0)
    one = parts.site.with_model(learned, model)
    everyone = jax.tree.map(lambda leaf: repeated(leaf, parts.num_sites), one)

    def score(learned: Any, key: PRNGKeyArray, state: Any) -> Array:
        scheduler = team.scheduler(learned)
        metrics, _ = measured(scenario, spec, env, scheduler, key, state)
        value: Array = metrics[scenario.score]
        return value

    return float(eqx.filter_jit(score)(everyone, keys.evaluation, parts.state))
