"""What JAX traces of one agent's decision, written as ONNX and as C."""
