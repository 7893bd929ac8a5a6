"""What every test run keeps: rank promotion is refused, drawn examples repeat, programs go."""

import os
from pathlib import Path

import jax
import pytest
from hypothesis import settings

from edgewise.runs.machine import ONE_THREAD, hurry

# Tests compile far more than they compute: here and in the processes that they start. In one
# thread, as all that computes for edgewise: the last bit depends on it.
hurry()
os.environ["XLA_FLAGS"] += f" {ONE_THREAD}"

jax.config.update("jax_numpy_rank_promotion", "raise")
settings.register_profile("edgewise", deadline=None, max_examples=25, derandomize=True)
settings.load_profile("edgewise")

# Every compiled program holds a handful of memory mappings; Linux allows a process 65,530 of them
# and XLA dies without a word at the next one. One file's programs are hardly another's.
MAPPINGS = 20_000


@pytest.fixture(autouse=True, scope="module")
def _compiled_programs_are_let_go():
    yield
    maps = Path("/proc/self/maps")
    if maps.exists() and maps.read_bytes().count(b"\n") > MAPPINGS:
        jax.clear_caches()
