"""What every test run keeps: rank promotion is refused, and drawn examples repeat."""

import jax
import pytest
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")
settings.register_profile("edgewise", deadline=None, max_examples=25, derandomize=True)
settings.load_profile("edgewise")


@pytest.fixture
def x64():
    """Equations in double precision for the length of a test."""
    with jax.enable_x64(True):
        yield
