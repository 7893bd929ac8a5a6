"""edgewise: computation offloading and resource allocation at the network edge."""

import importlib
from typing import TYPE_CHECKING, Any

from edgewise.version import VERSION as __version__

if TYPE_CHECKING:
    from edgewise.api.compare import compare
    from edgewise.api.load import load
    from edgewise.core.check import check_env
    from edgewise.core.env import AbstractEnv
    from edgewise.core.errors import UserError
    from edgewise.core.policy import AbstractPolicy, AbstractScheduler
    from edgewise.learners.learner import AbstractLearner
    from edgewise.runs.check import check_learner, check_scheme
    from edgewise.runs.scheme import Scheme
    from edgewise.scenarios import make
    from edgewise.scenarios import names as list_scenarios

__all__ = [
    "AbstractEnv",
    "AbstractLearner",
    "AbstractPolicy",
    "AbstractScheduler",
    "Scheme",
    "UserError",
    "__version__",
    "check_env",
    "check_learner",
    "check_scheme",
    "compare",
    "list_scenarios",
    "load",
    "make",
]

_HOME = {
    "AbstractEnv": ("edgewise.core.env", "AbstractEnv"),
    "AbstractLearner": ("edgewise.learners.learner", "AbstractLearner"),
    "AbstractPolicy": ("edgewise.core.policy", "AbstractPolicy"),
    "AbstractScheduler": ("edgewise.core.policy", "AbstractScheduler"),
    "Scheme": ("edgewise.runs.scheme", "Scheme"),
    "UserError": ("edgewise.core.errors", "UserError"),
    "check_env": ("edgewise.core.check", "check_env"),
    "check_learner": ("edgewise.runs.check", "check_learner"),
    "check_scheme": ("edgewise.runs.check", "check_scheme"),
    "compare": ("edgewise.api.compare", "compare"),
    "list_scenarios": ("edgewise.scenarios", "names"),
    "load": ("edgewise.api.load", "load"),
    "make": ("edgewise.scenarios", "make"),
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
