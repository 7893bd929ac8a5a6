"""What a process that computes is given: one core, one thread, compiled programs kept on disk."""

import hashlib
import os
import platform
from pathlib import Path

import jax


def cores() -> tuple[int, ...]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def settle(core: int) -> None:
    """Make this process compute on `core` alone, in one thread, so that speeds can be compared
    and bits do not depend on the machine's size. To be called before JAX computes anything.

    The CPU is the default even where JAX finds an accelerator: the networks are small. The
    environment variable JAX_PLATFORMS chooses otherwise.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    flags = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    if "JAX_PLATFORMS" not in os.environ:
        jax.config.update("jax_platforms", "cpu")
    folder = compilation_cache()
    if folder is not None:
        keep_compiled(folder)


def keep_compiled(folder: Path) -> None:
    """Keep what takes long to compile in `folder`, for every later process."""
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)


def compilation_cache() -> Path | None:
    """A folder for this version of JAX on this kind of CPU: machine code kept by another CPU (a
    home that moved) is never loaded. None where the user has no home."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    except RuntimeError:
        return None
    kind = f"{jax.__version__} {platform.machine()} {_cpu_features()}"
    return Path(home) / "edgewise" / hashlib.sha256(kind.encode()).hexdigest()[:16]


def _cpu_features() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
