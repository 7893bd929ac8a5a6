"""A graph as an ONNX model."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edgewise.deployment.export.graph import Graph, Node, Tensor

OPSET = 21
"""ONNX Runtime reads it from 1.20 on."""
FORMAT = 10


def model_bytes(graph: Graph, name: str) -> bytes:
    """The model as it is written: the same graph gives the same bytes."""
    model = helper.make_model(
        _graph(graph, name),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="edgewise",
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def _graph(graph: Graph, name: str) -> onnx.GraphProto:
    kept = [numpy_helper.from_array(value, key) for key, value in graph.constants.items()]
    return helper.make_graph(
        [_node(node) for node in graph.nodes],
        name,
        [_value(tensor) for tensor in graph.inputs],
        [_value(tensor) for tensor in graph.outputs],
        initializer=kept,
    )


def _value(tensor: Tensor) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(tensor.name, _type(tensor.dtype), tensor.shape)


def _node(node: Node) -> onnx.NodeProto:
    inputs = ["" if tensor is None else tensor.name for tensor in node.inputs]
    attributes = {name: _attribute(node, name, value) for name, value in node.attributes.items()}
    return helper.make_node(
        node.operator, inputs, [tensor.name for tensor in node.outputs], **attributes
    )


def _attribute(node: Node, name: str, value: Any) -> Any:
    if isinstance(value, Graph):
        return _graph(value, "body")
    if node.operator == "Cast" and name == "to":
        return _type(np.dtype(value))
    return list(value) if isinstance(value, tuple) else value


def _type(dtype: np.dtype) -> int:
    kind: int = {
        "float32": TensorProto.FLOAT,
        "float64": TensorProto.DOUBLE,
        "int32": TensorProto.INT32,
        "int64": TensorProto.INT64,
        "bool": TensorProto.BOOL,
    }[dtype.name]
    return kind
