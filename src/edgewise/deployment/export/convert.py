"""A function of arrays, as JAX traces it, as a graph."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from edgewise.deployment.export import elementwise, indexing, loops, shapes, sorting
from edgewise.deployment.export.equations import Known, Listing
from edgewise.deployment.export.graph import Graph, Tensor
from edgewise.deployment.export.lowering import Handler, Lowering, known_operand, whole
from edgewise.deployment.export.spans import Span

HANDLERS: Mapping[str, Handler] = {
    **elementwise.HANDLERS,
    **shapes.HANDLERS,
    **indexing.HANDLERS,
    **sorting.HANDLERS,
    **loops.HANDLERS,
}
"""Every primitive that can be written."""


def graph_of(
    function: Listing,
    names: Sequence[str],
    results: Sequence[str],
    known: Known,
    spans: Mapping[str, Span] = MappingProxyType({}),
) -> Graph:
    """The function with inputs and outputs of these names; `known` are values that it begins
    from beside its inputs, `spans` say within which ends inputs of whole numbers lie. An input
    that nothing looks at is left out."""
    graph = Graph(spans=dict(spans))
    inputs = [
        Tensor(name, variable.aval.dtype, variable.aval.shape)
        for name, variable in zip(names, function.inputs, strict=True)
    ]
    values = dict(zip(function.inputs, map(whole, inputs), strict=True))
    values |= {variable: known_operand(value) for variable, value in known.items()}
    lowering = Lowering(graph, values, HANDLERS)
    made = lowering.function(function)
    for name, operand in zip(results, made, strict=True):
        graph.outputs.append(graph.copy(lowering.full(operand), name))
    graph.inputs = inputs
    graph.prune()
    return graph
