"""edgewise: computation offloading and resource allocation at the network edge."""

from edgewise.core.check import check_env
from edgewise.scenarios import make
from edgewise.scenarios import names as list_scenarios

__version__ = "0.1.0"
__all__ = ["__version__", "check_env", "list_scenarios", "make"]
