"""Flower's strategies by name, known without Flower."""

from edgewise.core.errors import UserError, unknown_name

STRATEGIES = (
    "FedAvg",
    "FedAvgM",
    "FedAdagrad",
    "FedAdam",
    "FedMedian",
    "FedTrimmedAvg",
    "FedYogi",
    "Krum",
)
"""Of `flwr.serverapp.strategy`: those that change the server's work alone."""
MEAN = "FedAvg"


def check_strategy(name: str, verify: bool = False) -> None:
    """`UserError` for a strategy that is not on offer, or that has no counterpart to `verify`."""
    if name not in STRATEGIES:
        raise unknown_name("strategy", name, STRATEGIES)
    if verify and name != MEAN:
        raise UserError(f"--verify compares with a plain mean: --strategy {MEAN}, not {name}")
