"""Models as Flower's records, in an order that does not depend on how a record is kept."""

import numpy as np
from flwr.app import Array, ArrayRecord


def record_of(model: list[np.ndarray]) -> ArrayRecord:
    """The arrays, named by their place."""
    return ArrayRecord({f"{place:04d}": Array(array) for place, array in enumerate(model)})


def model_of(record: ArrayRecord) -> list[np.ndarray]:
    """The arrays of `record_of`, in their order."""
    return [record[name].numpy() for name in sorted(record)]
