"""One gateway with an edge server that users reach over LoRa or WiFi sub-channels, in competition
(Liu, Yu, Gao 2020, equations (1)-(21))."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import booleans, floats
from edgewise.core.scaling import centred
from edgewise.core.spaces import Discrete
from edgewise.physics.fading import rayleigh_mean_power
from edgewise.physics.interference import interference_w
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.pathloss import power_law_gain
from edgewise.scenarios.multi_rat_iot.draws import draw_slot
from edgewise.scenarios.multi_rat_iot.model import Decision, Outcome, Priced, State
from edgewise.scenarios.multi_rat_iot.params import MultiRatIotParameters


class MultiRatIotEnv(AbstractEnv[State, Decision, Outcome]):
    """U users around one gateway; all sub-channels are orthogonal."""

    exchangeable: ClassVar[str] = "users"

    num_users: int = eqx.field(static=True)
    num_lora_channels: int = eqx.field(static=True)
    num_wifi_channels: int = eqx.field(static=True)
    power_levels_w: Float[Array, "2 levels"] = floats()
    bandwidth_hz: Float[Array, "2"] = floats()
    noise_w: Float[Array, "2"] = floats()
    sinr_threshold: Float[Array, "2"] = floats()
    distance_mean_m: Float[Array, ""] = floats()
    distance_std_m: Float[Array, ""] = floats()
    path_loss_exponent: Float[Array, ""] = floats()
    fading_scale: Float[Array, ""] = floats()
    task_bits: Float[Array, "2"] = floats()
    cycles_per_bit: Float[Array, ""] = floats()
    user_cpu_hz: Float[Array, "2"] = floats()
    edge_cpu_hz: Float[Array, ""] = floats()
    edge_energy_j_per_cycle: Float[Array, ""] = floats()
    user_energy_j_per_cycle: Float[Array, ""] = floats()
    delay_weight: Float[Array, ""] = floats()
    edge_capacity_cycles: Float[Array, ""] = floats()
    waiting_cost: Float[Array, ""] = floats()
    failure_penalty: Float[Array, ""] = floats()
    slot_s: Float[Array, ""] = floats()
    channel_estimation: Bool[Array, ""] = booleans()
    pilot_s: Float[Array, ""] = floats()
    initial_q: Float[Array, ""] | None = None

    @classmethod
    def from_parameters(cls, parameters: MultiRatIotParameters) -> "MultiRatIotEnv":
        """The environment with these (validated) parameters."""
        fields = parameters.model_dump(exclude={"initial_q"})
        first = parameters.initial_q
        return cls(initial_q=None if first is None else jnp.asarray(first, float), **fields)

    @property
    def num_channels(self) -> int:
        """Sub-channels of both technologies."""
        return self.num_lora_channels + self.num_wifi_channels

    @property
    def num_levels(self) -> int:
        """X, transmit powers to choose from."""
        return self.power_levels_w.shape[1]

    @property
    def num_agents(self) -> int:
        return self.num_users

    @property
    def action_space(self) -> Discrete:
        return Discrete(1 + self.num_levels * self.num_channels)

    @property
    def observation_size(self) -> int:
        return 5

    @property
    def mean_local_cost(self) -> Float[Array, ""]:
        """E[C^L] [J] over tasks and devices: E[d] ν (e^L + β E[1/f_i])."""
        low_hz, high_hz = self.user_cpu_hz
        span = jnp.maximum(high_hz / low_hz - 1.0, 1e-6)
        mean_s_per_cycle = jnp.log1p(span) / (span * low_hz)
        j_per_cycle = self.user_energy_j_per_cycle + self.delay_weight * mean_s_per_cycle
        return jnp.mean(self.task_bits) * self.cycles_per_bit * j_per_cycle

    def rat(self, channel: Int[Array, "*any"]) -> Int[Array, "*any"]:
        """The technology of a channel: 0 LoRa, 1 WiFi."""
        return (channel >= self.num_lora_channels).astype(int)

    def reset(self, key: PRNGKeyArray) -> State:
        place_key, cpu_key, slot_key = jax.random.split(key, 3)
        users = (self.num_users,)
        offset = jax.random.normal(place_key, users, dtype=float)
        layout = State(
            # A wide spread must not put a user behind the gateway or into its antenna.
            distance_m=jnp.maximum(self.distance_mean_m + self.distance_std_m * offset, 1.0),
            user_cpu_hz=jax.random.uniform(
                cpu_key, users, float, self.user_cpu_hz[0], self.user_cpu_hz[1]
            ),
            gain=jnp.zeros((self.num_users, self.num_channels)),
            task_bits=jnp.zeros(users),
            offloaded=jnp.zeros(users, bool),
            received=jnp.zeros(users, bool),
            edge_available=jnp.zeros((), bool),
        )
        return self.restart(slot_key, layout)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        silent = jnp.zeros(self.num_users, bool)
        return self._with_new_tasks(key, state, silent, silent, jnp.zeros((), bool))

    def observe(self, state: State) -> Float[Array, "users features"]:
        """Per user, as 0 or 1, what it knows of the slot before (17)-(20): offloaded, received,
        edge available (broadcast); then its own task and CPU, centred on their ranges. A channel's
        gain is not among them: nobody measures it before transmitting."""
        told = jnp.broadcast_to(state.edge_available, state.offloaded.shape)
        seen = (
            state.offloaded,
            state.received,
            told,
            centred(state.task_bits, self.task_bits),
            centred(state.user_cpu_hz, self.user_cpu_hz),
        )
        return jnp.stack([feature.astype(float) for feature in seen], axis=-1)

    def decode(self, state: State, action: Int[Array, " users"]) -> Decision:
        """Action 0 is local; then the channels in order, each with its powers in order."""
        action = jnp.clip(action, 0, self.action_space.n - 1)
        channel = jnp.where(action > 0, (action - 1) // self.num_levels, -1)
        power_w = self.power_levels_w[self.rat(channel), (action - 1) % self.num_levels]
        return Decision(channel=channel, power_w=jnp.where(action > 0, power_w, 0.0))

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        offloads = decision.channel >= 0
        cycles = state.task_bits * self.cycles_per_bit
        required_cycles = jnp.sum(jnp.where(offloads, cycles, 0.0))
        edge_available = required_cycles <= self.edge_capacity_cycles  # (20)
        ratio = self._sinr(state, decision)
        priced = self.price(
            state.task_bits,
            state.user_cpu_hz,
            decision.channel,
            decision.power_w,
            ratio,
            edge_available,
        )
        return Outcome(
            sinr=ratio,
            required_cycles=required_cycles,
            edge_available=edge_available,
            reward=-priced.cost,
            **vars(priced),
        )

    def price(
        self,
        task_bits: Array,
        user_cpu_hz: Array,
        channel: Array,
        power_w: Array,
        ratio: Array,
        edge_available: Array,
    ) -> Priced:
        """(1)-(8), (12), (21) for tasks sent on `channel` (-1: not sent) that meet the SINR
        `ratio`; all arguments broadcast against each other."""
        offloads, rat = channel >= 0, self.rat(channel)
        received = offloads & (ratio > self.sinr_threshold[rat])  # (19)
        rate_bps = shannon_rate_bps(self.bandwidth_hz[rat], ratio)  # (5)
        transmit_s = self._transmit_s(task_bits, rate_bps, offloads, received)

        def by_place(local: Array | float, edge: Array | float, failed: Array | float) -> Array:
            return jnp.where(received, edge, jnp.where(offloads, failed, local))

        cycles = task_bits * self.cycles_per_bit
        computed_s = by_place(cycles / user_cpu_hz, cycles / self.edge_cpu_hz, 0.0)  # (2), (3)
        computed_j = by_place(  # (1), (4)
            cycles * self.user_energy_j_per_cycle, cycles * self.edge_energy_j_per_cycle, 0.0
        )
        waiting = jnp.where(edge_available, 0.0, self.waiting_cost)
        delay_s = transmit_s + computed_s + self.estimation_s
        energy_j = power_w * transmit_s + computed_j  # (8)
        cost = energy_j + self.delay_weight * delay_s  # (12)
        return Priced(
            rate_bps=rate_bps,
            transmit_s=transmit_s,
            delay_s=delay_s,
            energy_j=energy_j,
            cost=cost + by_place(0.0, waiting, self.failure_penalty),  # (21)
            received=received,
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        offloaded = outcome.transmit_s > 0
        return self._with_new_tasks(key, state, offloaded, outcome.received, outcome.edge_available)

    @property
    def estimation_s(self) -> Float[Array, ""]:
        """Delay [s] of every task while the gateway estimates all users' channels, one user's
        pilot after another; 0 without `channel_estimation`."""
        return jnp.where(self.channel_estimation, self.pilot_s * self.num_users, 0.0)

    def _sinr(self, state: State, decision: Decision) -> Float[Array, " users"]:
        """(9); 0 for a local task."""
        column = jnp.maximum(decision.channel, 0)[:, None]
        gain = jnp.take_along_axis(state.gain, column, axis=1)[:, 0]
        power_w = jnp.where(decision.channel >= 0, decision.power_w, 0.0)
        others_w = interference_w(decision.channel, power_w * gain, self.num_channels)
        return sinr(power_w, gain, self.noise_w[self.rat(decision.channel)], others_w)

    def _transmit_s(
        self, task_bits: Array, rate_bps: Array, offloads: Array, received: Array
    ) -> Float[Array, "..."]:
        """(7), but a transmission that fails is given up at the end of the slot; 0 if local."""
        # A local task's rate is 0 and never used; 1 keeps the quotient finite.
        needed_s = task_bits / jnp.where(offloads, rate_bps, 1.0)
        sent_s = jnp.where(received, needed_s, jnp.minimum(needed_s, self.slot_s))
        return jnp.where(offloads, sent_s, 0.0)

    def _with_new_tasks(
        self, key: PRNGKeyArray, state: State, offloaded: Array, received: Array, available: Array
    ) -> State:
        distance_gain = power_law_gain(state.distance_m, self.path_loss_exponent)
        mean_gain = rayleigh_mean_power(self.fading_scale) * distance_gain
        share, gain = draw_slot(key, mean_gain, self.num_channels)
        least, most = self.task_bits
        return State(
            distance_m=state.distance_m,
            user_cpu_hz=state.user_cpu_hz,
            gain=gain,
            task_bits=least + (most - least) * share,
            offloaded=offloaded,
            received=received,
            edge_available=available,
        )
