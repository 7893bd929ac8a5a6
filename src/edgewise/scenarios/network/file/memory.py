"""How much of the machine's memory is free."""

from pathlib import Path


def free_bytes() -> float:
    """Memory that this process may still take: what the machine has left, or what is left of the
    limit that the process runs under; infinite where neither is told."""
    return min(_machine_bytes(), _limit_bytes())


def _machine_bytes() -> float:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    kilobytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable")), None)
    return float("inf") if kilobytes is None else 1024.0 * int(kilobytes)


def _limit_bytes() -> float:
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text().strip()
        used = (folder / "memory.current").read_text().strip()
    except OSError:
        return float("inf")
    return float("inf") if limit == "max" else float(int(limit) - int(used))


def gigabytes(count: float) -> str:
    """A number of bytes in words.

    >>> gigabytes(2.5e9), gigabytes(3e6)
    ('2.5 GB', '0.003 GB')
    """
    return f"{count / 1e9:.3g} GB"
