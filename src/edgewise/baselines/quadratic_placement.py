"""The exact placement of unequal tasks on servers that divide their speed: a mixed-integer program.

Minimise Σ C[i, a_i] + Σ_p g_p S_p², S_p = Σ_{i at p} r_i. HiGHS solves it with the squares
replaced by tangents below them; tangents are added where its answer lies until the two agree.
"""

import jax
import numpy as np
from jaxtyping import Array, Float, Int
from scipy import sparse

from edgewise.baselines.highs import Program

FIRST_TANGENTS = 24
MAX_ROUNDS = 50
RELATIVE_GAP = 1e-6
"""Between what HiGHS promises and what the placement costs."""
SIZE_OF_TOTAL = 1e3
"""HiGHS forgives 1e-6 in every constraint; costs are scaled so that this is next to nothing."""


def exact_placement(
    place_cost: Float[Array, "tasks places"],
    root: Float[Array, " tasks"],
    congestion: Float[Array, " places"],
) -> Int[Array, " tasks"]:
    """The place of each task that makes Σ C[i, a_i] + Σ g_p (Σ r_i)² least, within 1e-6.

    Traceable; the work is done by the host, so it is not for training loops.
    """
    shape = jax.ShapeDtypeStruct(root.shape, np.int32)
    return jax.pure_callback(
        _solve, shape, place_cost, root, congestion, vmap_method="sequential"
    ).astype(int)


def _solve(place_cost: Array, root: Array, congestion: Array) -> np.ndarray:
    cost, r, g = (np.asarray(value, dtype=float) for value in (place_cost, root, congestion))
    crowded = [place for place in range(g.size) if g[place] > 0]
    cost, r, g = _scaled(cost, r, g)
    points = np.linspace(0.0, 1.0, FIRST_TANGENTS).tolist()
    tangents = [(p, s) for p in crowded for s in points]
    for _ in range(MAX_ROUNDS):
        place, promised = _solve_with_tangents(cost, r, g, tangents)
        load = np.bincount(place, weights=r, minlength=g.size)
        total = cost[np.arange(r.size), place].sum() + (g * load**2).sum()
        if total - promised <= RELATIVE_GAP * abs(total):
            return place.astype(np.int32)
        tangents += [(p, float(load[p])) for p in crowded]
    raise RuntimeError(f"no exact placement of {r.size} tasks within {MAX_ROUNDS} rounds")


def _scaled(
    cost: np.ndarray, r: np.ndarray, g: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same problem with Σ r = 1 and a total of about `SIZE_OF_TOTAL`."""
    g, r = g * r.sum() ** 2, r / r.sum()
    scale = SIZE_OF_TOTAL / cost.min(axis=1).sum()
    return cost * scale, r, g * scale


def _solve_with_tangents(
    cost: np.ndarray, r: np.ndarray, g: np.ndarray, tangents: list[tuple[int, float]]
) -> tuple[np.ndarray, float]:
    """The best placement, and a lower bound, where S² is the largest of the tangents
    2 s S - s². Variables: x[task, place] row by row, then g S² of each place."""
    num_tasks, num_places = cost.shape
    num_x = num_tasks * num_places
    one_place_each = sparse.hstack(
        [
            sparse.kron(sparse.eye_array(num_tasks), np.ones((1, num_places))),
            sparse.csr_array((num_tasks, num_places)),
        ]
    )
    above_tangent = sparse.lil_array((len(tangents), num_x + num_places))
    for row, (place, point) in enumerate(tangents):
        slope = 2.0 * point * g[place]
        above_tangent[row, np.arange(num_tasks) * num_places + place] = -slope * r
        above_tangent[row, num_x + place] = 1.0
    at_zero = np.array([-g[place] * point**2 for place, point in tangents])
    one = np.ones(num_tasks)
    program = Program(
        cost=np.concatenate([cost.ravel(), np.ones(num_places)]),
        lower=np.zeros(num_x + num_places),
        upper=np.concatenate([np.ones(num_x), np.full(num_places, np.inf)]),
        integer=np.arange(num_x + num_places) < num_x,
        rows=sparse.csr_array(sparse.vstack([one_place_each, above_tangent])),
        below=np.concatenate([one, at_zero]),
        above=np.concatenate([one, np.full(len(tangents), np.inf)]),
        options={"mip_rel_gap": RELATIVE_GAP / 10},
    )
    x, promised = program.solved()
    return x[:num_x].reshape(num_tasks, num_places).argmax(axis=1), promised
