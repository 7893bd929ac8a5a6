"""The schemes that meet on a network."""

from edgewise.runs.scheme import Scheme
from edgewise.scenarios.network.schemes.rules import BestRate, Local, Nearest, Random

SCHEMES = (
    Scheme(
        name="local",
        title="Local",
        knowledge="local",
        source="reference: every task on its own device",
        scheduler=Local(),
    ),
    Scheme(
        name="random",
        title="Random",
        knowledge="local",
        source="reference: one of the device's options, uniform",
        scheduler=Random(),
    ),
    Scheme(
        name="nearest",
        title="Nearest",
        knowledge="local",
        source="reference: the nearest site's server, best channel by own gain, full power",
        scheduler=Nearest(),
    ),
    Scheme(
        name="best-rate",
        title="Best rate",
        knowledge="local",
        source="reference: the link with the best rate under the last slot's interference",
        scheduler=BestRate(),
    ),
)
