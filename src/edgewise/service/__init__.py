"""The decision service: an exported folder behind HTTP, for clients that know nothing of edgewise.

It needs the extra `serve`: NumPy and ONNX Runtime decide, FastAPI and uvicorn listen; no JAX.
"""
