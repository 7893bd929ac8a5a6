"""What is said of whole numbers beforehand holds of every number that there can be."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.deployment.export.graph import Graph
from edgewise.deployment.export.lowering import Lowering, known_operand, whole
from edgewise.deployment.export.spans import decided, span_of_result, span_of_values

OPERATORS = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Max": np.maximum,
    "Min": np.minimum,
}
COMPARISONS = {
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Equal": np.equal,
}
span = st.tuples(st.integers(-4, 4), st.integers(0, 4)).map(lambda x: (x[0], x[0] + x[1]))


def every_pair(a, b):
    return np.array(list(itertools.product(range(a[0], a[1] + 1), range(b[0], b[1] + 1)))).T


@pytest.mark.parametrize("operator", OPERATORS)
@given(span, span)
def test_a_span_is_the_least_that_holds_all_results(operator, a, b):
    results = OPERATORS[operator](*every_pair(a, b))
    found = span_of_result(operator, [a, b], ((), ()), {})
    assert found == (results.min(), results.max())


@pytest.mark.parametrize("operator", COMPARISONS)
@given(span, span)
def test_a_comparison_is_decided_where_all_pairs_agree(operator, a, b):
    answers = {bool(answer) for answer in COMPARISONS[operator](*every_pair(a, b))}
    alike = operator == "Equal" and a == b and a[0] == a[1]
    expected = answers.pop() if len(answers) == 1 and not alike else None
    assert decided(operator, a, b) == expected


def test_what_is_summed_is_counted():
    assert span_of_result("ReduceSum", [(-2, 3), None], ((4, 5), (4,)), {"keepdims": 0}) == (
        -10,
        15,
    )
    assert span_of_result("ArgMax", [None], ((4, 5), (4,)), {"axis": 1}) == (0, 4)
    assert span_of_result("Where", [(0, 1), (2, 3), (-7, -5)], ((), ()), {}) == (-7, 3)
    assert span_of_result("Gather", [(2, 6), None], ((9,), (4,)), {"axis": 0}) == (2, 6)
    assert span_of_values(np.array([3, -1, 2])) == (-1, 3)
    assert span_of_values(np.array([0.5])) is None


def test_nothing_is_said_of_numbers_that_may_go_round():
    wide = (0, 2**30)
    assert span_of_result("Add", [wide, wide], ((), ()), {}) is None
    assert span_of_result("Mul", [wide, None], ((), ()), {}) is None


@pytest.mark.parametrize(
    ("least", "operators"), [(0, []), (-1, ["Less"])], ids=["never negative", "perhaps negative"]
)
def test_only_what_is_open_takes_an_operator(least, operators):
    graph = Graph(spans={"i": (least, 5)})
    lowering = Lowering(graph, {}, {})
    index = whole(graph.input(np.int32, (3,), "i"))
    nothing = known_operand(np.zeros(3, np.int32))
    negative = lowering.apply("Less", [index, nothing], bool)
    assert negative.known == (not operators)
    assert lowering.apply("Min", [index, known_operand(np.full(3, 5, np.int32))]) is index
    assert [node.operator for node in graph.nodes] == operators
