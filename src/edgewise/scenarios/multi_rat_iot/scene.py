"""The gateway on a map: users at their distances, a colour for each sub-channel."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from edgewise.core.scene import AbstractScene, Ground, Shown, around, numbered, without_deadline
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv


class GatewayScene(AbstractScene[MultiRatIotEnv]):
    """One gateway with one server. Whose signal is not received is not served."""

    def ground(self, env: MultiRatIotEnv, parameters: Any) -> Ground:
        return Ground(
            site_xy_m=np.zeros((1, 2)),
            server_xy_m=np.zeros((1, 2)),
            sites=("gateway",),
            servers=("edge server",),
            channels=numbered("LoRa", env.num_lora_channels)
            + numbered("WiFi", env.num_wifi_channels),
            device="user",
            load="cycles asked for, of what it has",
            load_unit="1",
            full_load=1.0,
            drawn="Distances from the gateway are the model's; directions are not in the model.",
        )

    def shown(self, env: MultiRatIotEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        away = decision.channel >= 0
        radio_s = outcome.transmit_s + env.estimation_s
        return Shown(
            xy_m=around(state.distance_m),
            work=state.task_bits,
            deadline_s=without_deadline(state.task_bits),
            server=away.astype(int),
            site=jnp.where(away, 0, -1),
            channel=decision.channel,
            share=away.astype(float),
            local_s=jnp.where(away, 0.0, outcome.delay_s),
            up_s=jnp.where(away, radio_s, 0.0),
            forward_s=jnp.zeros_like(radio_s),
            server_s=jnp.where(away, jnp.maximum(outcome.delay_s - radio_s, 0.0), 0.0),
            energy_j=outcome.energy_j,
            met=outcome.received | ~away,
            load=jnp.reshape(outcome.required_cycles / env.edge_capacity_cycles, (1,)),
        )


SCENE = GatewayScene()
