"""edgewise: computation offloading and resource allocation at the network edge."""

import importlib
from typing import TYPE_CHECKING, Any

from edgewise.version import VERSION as __version__

if TYPE_CHECKING:
    from edgewise.core.check import check_env
    from edgewise.scenarios import make
    from edgewise.scenarios import names as list_scenarios
    from edgewise.study.tidy import results

__all__ = ["__version__", "check_env", "list_scenarios", "make", "results"]

_HOME = {
    "check_env": ("edgewise.core.check", "check_env"),
    "list_scenarios": ("edgewise.scenarios", "names"),
    "make": ("edgewise.scenarios", "make"),
    "results": ("edgewise.study.tidy", "results"),
}


def __dir__() -> list[str]:
    """The public names, those too that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: JAX takes a second, and `edgewise --help` and
    the deployed agent do without it."""
    if name not in _HOME:
        raise AttributeError(f"module 'edgewise' has no attribute '{name}'")
    module, attribute = _HOME[name]
    return getattr(importlib.import_module(module), attribute)
