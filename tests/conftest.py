"""What every test run keeps: rank promotion is refused, drawn examples repeat, programs go."""

import os
from pathlib import Path

import jax
import pytest
from hypothesis import settings

# Tests compile far more than they compute: XLA is asked to hurry, here and in the processes that
# tests start. It halves their time, and is read when the first program is compiled.
HURRY = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
    # As all that computes for edgewise (runs.machine.settle): the last bit depends on it.
    "--xla_cpu_multi_thread_eigen=false",
)
os.environ["XLA_FLAGS"] = " ".join([os.environ.get("XLA_FLAGS", ""), *HURRY]).strip()

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
