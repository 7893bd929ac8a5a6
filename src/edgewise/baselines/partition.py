"""Dividing a set among groups, over all divisions at once; on the host, for up to a dozen items.

A subset is a number whose bit i says that item i is in it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Integers = NDArray[np.int64]


def least_divided(cost: Real) -> Real:
    """What each subset costs at least, divided among all groups: with `cost[g, T]` that of giving
    T to group g, the least Σ_g cost[g, T_g] over all T_1 ∪ T_2 ∪ ... = S, disjoint; `[subsets]`.

    3^items sums for every group but the first (a min-plus convolution over subsets).

    >>> two_items = np.array([[0.0, 1.0, 5.0, 9.0], [0.0, 2.0, 3.0, 9.0]])
    >>> least_divided(two_items).tolist()  # both: item 0 to the first group, 1 to the second
    [0.0, 1.0, 3.0, 4.0]
    """
    part, rest, begin = _parts(cost.shape[1])
    least = cost[0]
    for of_group in cost[1:]:
        least = np.minimum.reduceat(of_group[part] + least[rest], begin)
    return least


def sizes(num_items: int) -> Integers:
    """How many items each subset holds, `[subsets]`."""
    return np.array([subset.bit_count() for subset in range(2**num_items)])


def sums(value: Real) -> Real:
    """Σ of an item's `value` over each subset, `[subsets]`."""
    total = np.zeros(1)
    for of_item in value:
        total = np.concatenate([total, total + of_item])
    return total


@cache
def _parts(num_subsets: int) -> tuple[Integers, Integers, Integers]:
    """Every part of every subset, what is left of it, and where each subset's parts begin."""
    parts = [_parts_of(subset) for subset in range(num_subsets)]
    lengths = np.array([len(each) for each in parts])
    part = np.concatenate(parts)
    return part, np.repeat(np.arange(num_subsets), lengths) ^ part, np.cumsum(lengths) - lengths


def _parts_of(subset: int) -> Integers:
    """From the whole down to nothing: one less, without the bits that are not in it."""
    parts = [subset]
    while parts[-1]:
        parts.append((parts[-1] - 1) & subset)
    return np.array(parts)
