"""The square on a map: devices and servers where the layout puts them."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from edgewise.core.scene import AbstractScene, Ground, Shown, numbered, without_deadline
from edgewise.physics.queues import work_assigned
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv


class SquareScene(AbstractScene[JointOffloadingEnv]):
    """Every server has a radio of its own, and every link a band of its own."""

    def ground(self, env: JointOffloadingEnv, parameters: Any) -> Ground:
        nowhere = np.zeros((env.num_servers, 2))
        names = numbered("server", env.num_servers)
        return Ground(
            site_xy_m=nowhere,
            server_xy_m=nowhere,
            sites=names,
            servers=names,
            load="tasks run one after another",
        )

    def placed(self, env: JointOffloadingEnv, state: Any) -> tuple[Array, Array]:
        return state.server_xy_m, state.server_xy_m

    def shown(self, env: JointOffloadingEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        away = decision.server > 0
        work = work_assigned(decision.server, state.task_cycles, env.num_servers + 1)[1:]
        return Shown(
            xy_m=state.device_xy_m,
            work=state.task_bits,
            deadline_s=without_deadline(state.task_bits),
            server=decision.server,
            site=decision.server - 1,
            channel=jnp.full_like(decision.server, -1),
            share=away.astype(float),
            local_s=jnp.where(away, 0.0, outcome.compute_s),
            up_s=outcome.transmit_s,
            forward_s=jnp.zeros_like(outcome.transmit_s),
            server_s=jnp.where(away, outcome.compute_s, 0.0),
            energy_j=outcome.energy_j,
            met=jnp.ones_like(away),
            load=work / env.server_cpu_hz,
        )


SCENE = SquareScene()
