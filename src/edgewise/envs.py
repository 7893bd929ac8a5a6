"""Scenarios as other frameworks know environments; `import edgewise.envs` registers them with
Gymnasium, and so does a name that says so.

    gymnasium.make("edgewise/server-load-balance-v0", num_users=20)
    gymnasium.make("edgewise.envs:edgewise/small-cells-v0")
    gymnasium.make_vec("edgewise/network-v0", num_envs=16, file="my-network.toml")
    edgewise.envs.parallel_env("small-cells")            # PettingZoo
    edgewise.envs.functional("multi-rat-iot")            # gymnax's shape
    edgewise.envs.multi_agent("application-utility")     # JaxMARL's shape

Parameters of the scenario are keywords. `max_slots` ends an episode (by truncation: no scenario
terminates), by default where the scenario's own episodes or evaluations end. With `keep_layout`,
the episodes after a seed's first stay on its layout, as learners of edgewise are trained.
"""

import pkgutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgewise.adapters.episodes import Episodes
    from edgewise.adapters.functional import MultiAgent, SingleController
    from edgewise.adapters.gym import GymEnv, GymVectorEnv
    from edgewise.adapters.parallel import PettingZooEnv

NAMESPACE, VERSION = "edgewise", 0


def parallel_env(
    scenario: str,
    *,
    max_slots: int | None = None,
    keep_layout: bool = False,
    **parameters: object,
) -> "PettingZooEnv":
    """PettingZoo's ParallelEnv; `UserError` (a `ValueError`) for what does not fit."""
    from edgewise.adapters.parallel import PettingZooEnv

    return PettingZooEnv(episodes(scenario, max_slots, keep_layout, **parameters))


def gym_env(
    scenario: str,
    *,
    max_slots: int | None = None,
    keep_layout: bool = False,
    **parameters: object,
) -> "GymEnv":
    """A Gymnasium environment, one controller for all agents."""
    from edgewise.adapters.gym import GymEnv

    return GymEnv(episodes(scenario, max_slots, keep_layout, **parameters))


def vector_env(
    scenario: str,
    *,
    num_envs: int = 1,
    max_slots: int | None = None,
    keep_layout: bool = False,
    **parameters: object,
) -> "GymVectorEnv":
    """Many of them as one compiled program."""
    from edgewise.adapters.gym import GymVectorEnv

    return GymVectorEnv(episodes(scenario, max_slots, keep_layout, **parameters), num_envs)


def functional(
    scenario: str,
    *,
    max_slots: int | None = None,
    keep_layout: bool = False,
    **parameters: object,
) -> "SingleController":
    """Pure functions in gymnax's shape, one controller for all agents."""
    from edgewise.adapters.functional import SingleController

    return SingleController(episodes(scenario, max_slots, keep_layout, **parameters))


def multi_agent(
    scenario: str,
    *,
    max_slots: int | None = None,
    keep_layout: bool = False,
    **parameters: object,
) -> "MultiAgent":
    """Pure functions in JaxMARL's shape, agents by name."""
    from edgewise.adapters.functional import MultiAgent

    return MultiAgent(episodes(scenario, max_slots, keep_layout, **parameters))


def episodes(
    scenario: str, max_slots: int | None, keep_layout: bool, **parameters: object
) -> "Episodes":
    """The scenario, or network file, cut into episodes."""
    from edgewise import scenarios
    from edgewise.adapters.episodes import Episodes
    from edgewise.core.errors import UserError

    if scenario.endswith(".toml"):
        scenario, parameters = scenarios.NETWORK, {"file": scenario, **parameters}
    found = scenarios.get(scenario)
    checked = found.checked(**parameters)
    episode, evaluation = found.slots(checked)
    if max_slots is not None and max_slots < 1:
        raise UserError(f"max_slots = {max_slots} is out of range: allowed [1, inf)")
    return Episodes(found.make(checked), max_slots or episode or evaluation, keep_layout)


def register() -> None:
    """Name every scenario to Gymnasium, `edgewise/NAME-v0`. Nothing of them is imported."""
    from gymnasium.envs import registration

    for name in _names():
        id = f"{NAMESPACE}/{name}-v{VERSION}"
        if id not in registration.registry:
            registration.register(
                id,
                entry_point=f"{__name__}:gym_env",
                vector_entry_point=f"{__name__}:vector_env",
                kwargs={"scenario": name},
            )


def _names() -> list[str]:
    """As `edgewise list` has them."""
    folders = pkgutil.iter_modules([str(Path(__file__).with_name("scenarios"))])
    own = [folder.name.replace("_", "-") for folder in folders if folder.ispkg]
    return sorted({*own, *(point.name for point in entry_points(group="edgewise.scenarios"))})


def _register_where_there_is_gymnasium() -> None:
    try:
        register()
    except ModuleNotFoundError as error:
        if error.name != "gymnasium":
            raise


_register_where_there_is_gymnasium()
