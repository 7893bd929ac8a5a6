"""What a process that computes is given: one core, one thread, compiled programs kept on disk."""

import fcntl
import hashlib
import os
import platform
import tempfile
from pathlib import Path

import jax

ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"
HURRY = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)


def cores() -> tuple[int, ...]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def claim_core() -> int:
    """A core that no other process which asked has, for as long as this one lives. Where all are
    claimed, one that others have too."""
    for core in cores():
        path = Path(tempfile.gettempdir()) / f"edgewise-{os.getuid()}-core-{core}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return core  # The lock goes with the process.
        except BlockingIOError:
            os.close(descriptor)
    return cores()[os.getpid() % len(cores())]


def settle(core: int) -> None:
    """Make this process compute on `core` alone, in one thread, so that speeds can be compared
    and bits do not depend on the machine's size. To be called before JAX computes anything.

    The CPU is the default even where JAX finds an accelerator: the networks are small. The
    environment variable JAX_PLATFORMS chooses otherwise; the process then sees one device.
    """
    _see_one_device(cores().index(core) if core in cores() else 0)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    _add_flags(ONE_THREAD)
    if "JAX_PLATFORMS" not in os.environ:
        jax.config.update("jax_platforms", "cpu")
    folder = compilation_cache()
    if folder is not None:
        keep_compiled(folder)


def _see_one_device(number: int) -> None:
    """Of several accelerators, the one whose turn it is; where one alone is to be seen, that."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    here = sorted(path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia[0-9]*"))
    devices = here if given is None else [name for name in given.split(",") if name]
    if "JAX_PLATFORMS" in os.environ and len(devices) > 1:
        os.environ["CUDA_VISIBLE_DEVICES"] = devices[number % len(devices)]


def hurry() -> None:
    """Have programs compiled in half the time, here and in processes that are started from here.
    They run slower and their last bits are others: for what is compiled more than it is run. To be
    called before JAX compiles anything."""
    _add_flags(*HURRY)


def _add_flags(*flags: str) -> None:
    """For XLA, which reads them from the environment when it compiles for the first time."""
    given = os.environ.get("XLA_FLAGS", "").split()
    os.environ["XLA_FLAGS"] = " ".join([*given, *(flag for flag in flags if flag not in given)])


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
