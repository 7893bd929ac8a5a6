"""Where Flower or Ray is not installed, what needs it is not collected."""

from importlib.util import find_spec

collect_ignore_glob = [
    *([] if find_spec("flwr") else ["src/edgewise/federation/flower/*"]),
    *([] if find_spec("ray") else ["src/edgewise/runs/engines/on_ray.py"]),
]
