"""Mixed-integer programs for the HiGHS solver, silently.

Not through SciPy: the solver inside it writes to standard output, where tables go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """Minimise cost·x over lower ≤ x ≤ upper, below ≤ rows·x ≤ above, with some x integers."""

    cost: Vector
    lower: Vector
    upper: Vector
    integer: NDArray[np.bool_]
    rows: sparse.csr_array
    below: Vector
    above: Vector
    options: Mapping[str, Any] = field(default_factory=dict)

    def solved(self) -> tuple[Vector, float]:
        """The best x found, and a lower bound on the cost of any.

        >>> one, rows = np.ones(1), sparse.csr_array([[2.0]])  # most x with 2 x ≤ 7
        >>> Program(-one, 0 * one, 9 * one, one > 0, rows, 0 * one, 7 * one).solved()[0].tolist()
        [3.0]
        """
        solver = highspy.Highs()
        for name, value in {"output_flag": False, "threads": 1, **self.options}.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._model())
        solver.run()
        found = solver.getSolution()
        if not found.value_valid:
            status = solver.modelStatusToString(solver.getModelStatus())
            raise RuntimeError(f"HiGHS found no solution: {status}")
        return np.array(found.col_value), float(solver.getInfo().mip_dual_bound)

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.cost.size, self.rows.shape[0]
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, self.lower, self.upper
        model.row_lower_, model.row_upper_ = self.below, self.above
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(whole)] for whole in self.integer]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self.rows.indptr
        model.a_matrix_.index_ = self.rows.indices
        model.a_matrix_.value_ = self.rows.data
        return model
