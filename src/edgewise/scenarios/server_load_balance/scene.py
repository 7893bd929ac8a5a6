"""The cell on a map: users at their distances, the servers behind the base station in a row."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from edgewise.core.scene import (
    AbstractScene,
    Ground,
    Shown,
    around,
    in_a_row,
    numbered,
    without_deadline,
)
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv


class CellScene(AbstractScene[ServerLoadBalanceEnv]):
    """Server 1 stands at the base station, the others behind it over fibre."""

    def ground(self, env: ServerLoadBalanceEnv, parameters: Any) -> Ground:
        reach_m = float(_reach_m(env))
        behind = in_a_row(env.num_servers - 1, (1.25 * reach_m, 0.0), 0.4 * reach_m)
        return Ground(
            site_xy_m=np.zeros((1, 2)),
            server_xy_m=np.concatenate([[[0.0, 0.0]], behind]),
            sites=("base station",),
            servers=numbered("server", env.num_servers),
            device="user",
            drawn="Distances from the base station are the model's; directions, and where the "
            "servers behind it stand, are not in the model.",
        )

    def shown(self, env: ServerLoadBalanceEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        away = decision.server > 0
        return Shown(
            xy_m=around(state.distance_m),
            work=state.task_bits,
            deadline_s=without_deadline(state.task_bits),
            server=decision.server,
            site=jnp.where(away, 0, -1),
            channel=jnp.full_like(decision.server, -1),
            share=away.astype(float),
            local_s=jnp.where(away, 0.0, outcome.response_s),
            up_s=outcome.upload_s,
            forward_s=outcome.forward_s,
            server_s=jnp.where(away, outcome.response_s, 0.0),
            energy_j=outcome.energy_j,
            met=jnp.ones_like(away),
            load=outcome.load_s,
        )


def _reach_m(env: ServerLoadBalanceEnv) -> Array:
    given = env.user_distances_m
    return jnp.max(given) if given.shape[0] else env.distance_m[1]


SCENE = CellScene()
