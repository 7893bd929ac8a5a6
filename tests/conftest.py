"""What every test run keeps: rank promotion is refused, and drawn examples repeat."""

import jax
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")
settings.register_profile("edgewise", deadline=None, max_examples=25, derandomize=True)
settings.load_profile("edgewise")
