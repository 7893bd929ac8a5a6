"""The best assignment of users to places whose total load fits a capacity; on the host."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from edgewise.baselines.highs import Program

Matrix = NDArray[np.float64]
Places = NDArray[np.int64]
"""The place of each user, -1 for none."""

MAX_NODES = 100
GAP = 1e-6
"""The program is solved to this relative gap, or until it has so many nodes: then what is left is
the gap at the root, under 0.3% with 30 users and 23 places."""
ROUNDS = 40


def best_assignment_on_host(saving: Matrix) -> Places:
    """The assignment with the largest total saving, whatever its load."""
    worth = np.maximum(saving, 0.0)
    users, places = linear_sum_assignment(worth, maximize=True)
    useful = worth[users, places] > 0
    place = np.full(len(worth), -1)
    place[users[useful]] = places[useful]
    return place


def best_assignment_within(
    saving: Matrix, load: Matrix, capacity: float, at_least: float = -np.inf
) -> Places | None:
    """The assignment with the largest total saving among those that fit; None where that cannot
    be above `at_least`.

    >>> saving, load = np.array([[9.0], [5.0]]), np.array([3.0, 1.0])
    >>> best_assignment_within(saving, load, capacity=2.0).tolist()
    [-1, 0]
    >>> best_assignment_within(saving, load, capacity=2.0, at_least=7.5) is None
    True
    """
    place = best_assignment_on_host(saving)
    if np.sum(load[place >= 0]) <= capacity:
        return place
    if saving_bound(saving, load, capacity) <= at_least:
        return None
    return _by_mixed_integer_program(np.maximum(saving, 0.0), load, capacity)


def total_saving(saving: Matrix, place: Places) -> float:
    """Σ of the users' savings in their places."""
    placed = np.flatnonzero(place >= 0)
    return float(np.sum(saving[placed, place[placed]]))


def saving_bound(saving: Matrix, load: Matrix, capacity: float) -> float:
    """No assignment that fits saves more: the least, over prices μ ≥ 0 of load, of
    μ·capacity + (what the best assignment saves when load costs μ)."""

    def priced(price: float) -> tuple[float, float]:
        net = saving - price * load[:, None]
        place = best_assignment_on_host(net)
        return price * capacity + total_saving(net, place), float(np.sum(load[place >= 0]))

    low, high = 0.0, float(np.max(np.max(saving, axis=1) / load, initial=0.0))
    bound = np.inf
    for _ in range(ROUNDS):
        price = (low + high) / 2
        value, used = priced(price)
        bound = min(bound, value)
        low, high = (price, high) if used > capacity else (low, price)
    return bound


def _by_mixed_integer_program(worth: Matrix, load: Matrix, capacity: float) -> Places:
    """max Σ worth·x over binary x[user, place], rows and columns at most 1, Σ load·x ≤ capacity."""
    users, places = worth.shape
    one_place = sparse.kron(sparse.eye_array(users), np.ones((1, places)))
    one_user = sparse.kron(np.ones((1, users)), sparse.eye_array(places))
    # In units of the capacity and of the largest saving: the solver's tolerances are absolute.
    used = sparse.csr_array(np.repeat(load / capacity, places)[None])
    rows = sparse.csr_array(sparse.vstack([one_place, one_user, used]))

    program = Program(
        cost=-worth.ravel() / worth.max(),
        lower=np.zeros(worth.size),
        upper=np.ones(worth.size),
        integer=np.ones(worth.size, bool),
        rows=rows,
        below=np.full(rows.shape[0], -np.inf),
        above=np.ones(rows.shape[0]),
        options={"mip_rel_gap": GAP, "mip_max_nodes": MAX_NODES},
    )
    x = program.solved()[0].reshape(worth.shape)
    chosen = (x > 0.5) & (worth > 0)
    return np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
