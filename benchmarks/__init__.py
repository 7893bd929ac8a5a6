"""Speed, always as a ratio or a rate measured within one run: machines are noisy."""

import os

# One thread: what is measured is a core's work. Must be set before JAX starts.
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 "
    + os.environ.get("XLA_FLAGS", "")
)
