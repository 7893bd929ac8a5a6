"""The schemes that meet on a network."""

from jaxtyping import PRNGKeyArray

from edgewise.baselines.blind import FixedAction
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import State
from edgewise.scenarios.network.schemes.learned import LEARNED
from edgewise.scenarios.network.schemes.least_finish import LeastFinish
from edgewise.scenarios.network.schemes.rules import BestRate, Local, Nearest, Random
from edgewise.scenarios.network.schemes.search import (
    Descent,
    Exhaustive,
    best_fixed_options,
    too_many_to_descend,
    too_many_to_try,
)


def _static(env: NetworkEnv, key: PRNGKeyArray, state: State) -> FixedAction:
    return FixedAction(best_fixed_options(env, key, state))


REFERENCES = (
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
    Scheme(
        name="static",
        title="Best fixed options",
        knowledge="local",
        source="reference: each device's one option with the least mean cost, by best responses on "
        "sampled slots",
        plan=_static,
        too_large=too_many_to_descend,
        note="planned centrally on the layout, runs blind",
    ),
    Scheme(
        name="least-finish",
        title="Least finish time",
        knowledge="central",
        source="reference: sequential greedy, each task to the place where it finishes first",
        scheduler=LeastFinish(),
    ),
    Scheme(
        name="descent",
        title="Descent",
        knowledge="central",
        source="reference: best responses and exchanges from several starts, until none lowers "
        "the slot's cost",
        scheduler=Descent(),
        too_large=too_many_to_descend,
        note="best found; how far it can be from the best is its gap to the bound",
    ),
    Scheme(
        name="optimum",
        title="Slot optimum",
        knowledge="central",
        source="reference: every joint decision tried",
        scheduler=Exhaustive(),
        too_large=too_many_to_try,
        note="tiny networks only",
    ),
)

SCHEMES = LEARNED + REFERENCES
