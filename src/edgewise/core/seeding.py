"""One integer seed gives every draw of a run; schemes with the same seed meet the same world."""

import equinox as eqx
import jax
from jaxtyping import Array, Int, PRNGKeyArray


class SeedKeys(eqx.Module):
    """Independent keys of one seed. `layout` and `evaluation` do not depend on the scheme, so
    schemes are compared on the same positions, tasks and fading."""

    layout: PRNGKeyArray
    plan: PRNGKeyArray
    training: PRNGKeyArray
    evaluation: PRNGKeyArray


def seed_keys(seed: int | Int[Array, ""]) -> SeedKeys:
    """The keys of `seed` (an integer, or an integer array to map over)."""
    return SeedKeys(*jax.random.split(jax.random.key(seed), 4))
