"""First to finish: tasks choose one after another where they would be done first."""

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.baselines.least_finish import least_finish_ways
from edgewise.core.policy import AbstractScheduler
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Decision, State
from edgewise.scenarios.network.solitary import crowd_of, link_s, way_of


class LeastFinish(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """Each task, in the order in which they reach a site, to the place where it would be done
    first, over the quickest link at full power. Each expects to share a band with all that have a
    task and hear that site first, and to be alone on its channel elsewhere."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        return least_finish_decision(env, state), memory


def least_finish_decision(env: NetworkEnv, state: State) -> Decision:
    """See `LeastFinish`. Linear in the devices."""
    devices = state.candidate.shape[0]
    air_s = link_s(env, state, crowd_of(env, state))
    radio, quickest_s = jnp.argmin(air_s, axis=2), jnp.min(air_s, axis=2)
    server = env.option_list.offered[state.candidate]
    way = way_of(env, state, server)
    cycles = state.task_cycles[:, None, None]
    work_s = cycles / env.servers.cpu_hz[server]
    arrival_s = quickest_s[:, :, None] + way.forward_s
    local_s = (state.task_cycles / state.device_cpu_hz)[:, None]
    chosen = least_finish_ways(
        arrival_s=_beside(jnp.zeros_like(local_s), arrival_s),
        work_s=_beside(local_s, work_s),
        queue=_beside(jnp.full((devices, 1), -1), server),
        queued_s=state.backlog_cycles / env.servers.cpu_hz,
    )
    sends = chosen > 0
    candidate, place = jnp.divmod(jnp.maximum(chosen - 1, 0), server.shape[2])
    each = jnp.arange(devices)
    radio = radio[each, candidate]
    channel = jnp.argmax(state.gain[each, candidate, radio], axis=1)
    return Decision(
        server=jnp.where(sends, server[each, candidate, place] + 1, 0),
        candidate=candidate,
        radio=radio,
        channel=jnp.where(env.radios.chosen[radio], channel, 0),
        power_w=jnp.where(sends, env.radios.max_power_w[radio], 0.0),
        offload_ratio=sends * 1.0,
    )


def _beside(local: Array, away: Array) -> Array:
    """Local first, then every candidate site with every place behind it, `[devices, ways]`."""
    return jnp.concatenate([local, away.reshape(away.shape[0], -1)], axis=1)
