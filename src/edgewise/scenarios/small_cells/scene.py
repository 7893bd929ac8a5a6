"""The small cells on a map: base stations and their UEs where the layout puts them."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from edgewise.core.scene import AbstractScene, Ground, Shown, numbered
from edgewise.scenarios.small_cells.env import SmallCellsEnv


class CellsScene(AbstractScene[SmallCellsEnv]):
    """A server stands at every base station; a UE belongs to one of them."""

    def ground(self, env: SmallCellsEnv, parameters: Any) -> Ground:
        nowhere = np.zeros((env.num_cells, 2))
        return Ground(
            site_xy_m=nowhere,
            server_xy_m=nowhere,
            sites=numbered("cell", env.num_cells),
            servers=numbered("server", env.num_cells),
            channels=numbered("channel", env.num_channels),
            devices=tuple(
                f"UE {ue + 1} of cell {cell + 1}"
                for cell in range(env.num_cells)
                for ue in range(env.ues_per_cell)
            ),
            device="UE",
            load="share of the server that is given away",
            load_unit="1",
            full_load=1.0,
        )

    def placed(self, env: SmallCellsEnv, state: Any) -> tuple[Array, Array]:
        return state.sbs_xy_m, state.sbs_xy_m

    def shown(self, env: SmallCellsEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        own = jnp.broadcast_to(jnp.arange(env.num_cells)[:, None], decision.channel.shape)
        away = decision.offload_ratio > 0
        fields = {
            "work": state.task_bits,
            "deadline_s": state.deadline_s,
            "server": jnp.where(away, own + 1, 0),
            "site": jnp.where(away, own, -1),
            "channel": jnp.where(away, decision.channel, -1),
            "share": decision.offload_ratio,
            "local_s": outcome.local_s,
            "up_s": outcome.transmit_s,
            "forward_s": jnp.zeros_like(outcome.transmit_s),
            "server_s": outcome.execute_s,
            "energy_j": outcome.energy_j,
            "met": outcome.deadline_met,
        }
        return Shown(
            xy_m=state.ue_xy_m.reshape(-1, 2),
            load=jnp.sum(jnp.where(away, decision.cpu_share, 0.0), axis=1),
            **{name: each.reshape(-1) for name, each in fields.items()},
        )


SCENE = CellsScene()
