"""Exact assignment of items to places by mixed-integer programming (HiGHS through SciPy)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class AssignmentProblem:
    """Minimise over one place x for each item

        Σ_i own[i, x_i] + Σ_{i<j, x_i = x_j = p} pair[i, j, p]
        + variance_weight · var_p(base_load[p] + Σ_{i: x_i = p} load[i, p])

    where the variance runs over the places 1, 2, ...: place 0 is outside the balance. If
    `num_outside` is given, exactly so many items go to place 0. `pair` must not be negative.
    """

    own: Matrix  # [items, places]
    pair: NDArray[np.float64]  # [items, items, places]; i < j
    load: Matrix  # [items, places]
    base_load: Matrix  # [places - 1]
    variance_weight: float
    num_outside: int | None = None

    def variance(self, choice: NDArray[np.int64]) -> float:
        """The population variance of the balanced places' loads."""
        return float(np.var(self._loads(choice)))

    def _loads(self, choice: NDArray[np.int64]) -> Matrix:
        loads = np.concatenate([[0.0], self.base_load])
        np.add.at(loads, choice, self.load[np.arange(len(choice)), choice])
        return loads[1:]


def solve(
    problem: AssignmentProblem, cutoff: float = np.inf, tolerance: float = 1e-9
) -> tuple[NDArray[np.int64], float] | None:
    """The cheapest assignment and its cost, or None where none is cheaper than `cutoff`.

    Products of two choices are linearised; the variance, convex in the choices, is bounded from
    below by its tangents, one added at every solution that undercuts it, until none does.
    """
    items, places = problem.own.shape
    first, second = np.triu_indices(items, k=1)
    pairs = len(first) * places
    size = items * places + pairs + 1  # choices x, products y, the variance v
    objective = np.concatenate(
        [
            problem.own.ravel(),
            problem.pair[first, second].ravel(),
            [problem.variance_weight],
        ]
    )
    integral = np.concatenate([np.ones(items * places), np.zeros(pairs + 1)])
    constraints = [_one_place_each(problem, size), _products(problem, size)]
    if problem.num_outside is not None:
        constraints.append(_outside(problem, size))
    while True:
        found = milp(objective, integrality=integral, constraints=constraints)
        if found.x is None:
            return None
        if found.fun >= cutoff - tolerance:
            return None
        choice = np.argmax(found.x[: items * places].reshape(items, places), axis=1)
        missing = problem.variance(choice) - found.x[-1]
        if problem.variance_weight * missing <= tolerance:
            return choice, float(found.fun + problem.variance_weight * missing)
        constraints.append(_tangent(problem, choice, size))


def _one_place_each(problem: AssignmentProblem, size: int) -> LinearConstraint:
    items, places = problem.own.shape
    rows = csr_array(np.kron(np.eye(items), np.ones(places)))
    return LinearConstraint(_padded(rows, size), 1.0, 1.0)


def _outside(problem: AssignmentProblem, size: int) -> LinearConstraint:
    items, places = problem.own.shape
    row = csr_array(np.tile(np.arange(places) == 0, items)[None].astype(float))
    count = float(problem.num_outside or 0)
    return LinearConstraint(_padded(row, size), count, count)


def _products(problem: AssignmentProblem, size: int) -> LinearConstraint:
    """y ≥ x_i + x_j - 1: y costs something, so it is never larger than it must be."""
    items, places = problem.own.shape
    first, second = np.triu_indices(items, k=1)
    count = len(first) * places
    place = np.tile(np.arange(places), len(first))
    row = np.arange(count)

    def choices(item: NDArray[np.intp]) -> csr_array:
        column = np.repeat(item, places) * places + place
        return csr_array((np.ones(count), (row, column)), shape=(count, items * places))

    minus_y = csr_array((-np.ones(count), (row, row)), shape=(count, count))
    rows = hstack([choices(first) + choices(second), minus_y]).tocsr()
    return LinearConstraint(_padded(rows, size), -np.inf, 1.0)


def _tangent(problem: AssignmentProblem, choice: NDArray[np.int64], size: int) -> LinearConstraint:
    """v ≥ var(l̂) + ∇var(l̂)·(l - l̂), with the loads l linear in the choices."""
    loads = problem._loads(choice)
    slope = 2.0 * (loads - loads.mean()) / len(loads)
    per_choice = np.hstack([np.zeros((len(choice), 1)), problem.load[:, 1:] * slope]).ravel()
    row = np.concatenate([per_choice, np.zeros(size - len(per_choice) - 1), [-1.0]])
    limit = float(slope @ (loads - problem.base_load) - np.var(loads))
    return LinearConstraint(vstack([csr_array(row[None])]), -np.inf, limit)


def _padded(rows: csr_array, size: int) -> csr_array:
    missing = csr_array((rows.shape[0], size - rows.shape[1]))
    return hstack([rows, missing]).tocsr()
