"""From one decision to a better one on the same channels, by the reward itself.

Against what it hears, a UE's reward has its maximum where something begins or ends: everything or
nothing is offloaded, device or base station just make the deadline, both end at once; at full
power, at the power of least delay and energy together, or at the least that makes the deadline.
Whether such a choice is good for all, those it disturbs included, is what `evaluate` says.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from edgewise.physics.link import shannon_rate_bps
from edgewise.physics.power import least_cost_power_w
from edgewise.scenarios.small_cells.decode import at, least_power_w
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, PerUe, State
from edgewise.scenarios.small_cells.schemes.settle import SPARE, Shares, answer, heard, total_reward

Choices = Float[Array, "choices cells ues"]
Priced = tuple[Decision, Float[Array, ""]]
LEAST_RATE_BPS = 1e-6
"""Keeps the time of a task that is not sent at all finite."""
ANSWERS = 8
"""After a step: how often everybody's power follows everybody else's."""
STEPS = (0.3, 0.1, 0.1, 0.03, 0.03, 0.01, 0.01, 0.003)


def ascended(env: SmallCellsEnv, state: State, decision: Decision, rounds: int) -> Priced:
    """A decision of at least the same reward, and that reward: in every round each UE in turn
    takes the ratio and the power, and then each cell the division of its server, that are the
    best for all."""
    cells, ues = state.task_bits.shape

    def improve(_: Array, held: Priced) -> Priced:
        held = jax.lax.fori_loop(0, cells * ues, lambda i, h: _better_ue(env, state, h, i), held)
        return jax.lax.fori_loop(0, cells, lambda m, h: _better_cell(env, state, h, m), held)

    return jax.lax.fori_loop(0, rounds, improve, (decision, total_reward(env, state, decision)))


def best_of(env: SmallCellsEnv, state: State, held: Priced, tried: Decision) -> Priced:
    """What is held, or the best of the decisions tried (stacked) if that is better."""
    rewards = jax.vmap(lambda decision: total_reward(env, state, decision))(tried)
    best = jnp.argmax(rewards)
    chosen = jax.tree.map(lambda leaf: leaf[best], tried)
    better = rewards[best] > held[1]
    return jax.tree.map(lambda new, old: jnp.where(better, new, old), (chosen, rewards[best]), held)


def _better_ue(env: SmallCellsEnv, state: State, held: Priced, index: Array) -> Priced:
    decision = held[0]
    m, n = jnp.divmod(index, env.ues_per_cell)
    ratio, power_w = (each[:, m, n] for each in choices(env, state, decision))

    def chosen(ratio: Float[Array, ""], power_w: Float[Array, ""]) -> Decision:
        return dataclasses.replace(
            decision,
            offload_ratio=decision.offload_ratio.at[m, n].set(ratio),
            power_w=decision.power_w.at[m, n].set(power_w),
        )

    return best_of(env, state, held, jax.vmap(chosen)(ratio, power_w))


def choices(env: SmallCellsEnv, state: State, decision: Decision) -> tuple[Choices, Choices]:
    """The ratios, and the powers [W] that go with them, that can be best for each UE against what
    it hears now."""
    channel, cpu_share = decision.channel, decision.cpu_share
    cells = env.cells(heard(env, state, channel, decision.power_w))
    one, least = jnp.ones_like(state.task_bits), least_ratio(env, state)

    def in_time_w(ratio: Array) -> Array:
        return (1.0 + SPARE) * jax.vmap(least_power_w)(cells, channel, ratio, cpu_share)

    disturbance_w = env.noise_w + cells.interference_w
    snr_per_w = jax.vmap(at)(cells.gain / disturbance_w[:, None, :], channel)
    quick_w = least_cost_power_w(snr_per_w, 1.0, 1.0, env.max_power_w)
    powers = [0.0 * one, env.max_power_w * one, quick_w, decision.power_w]
    powers += [in_time_w(one), in_time_w(least)]
    power_w = jnp.where(channel >= 0, jnp.minimum(jnp.stack(powers), env.max_power_w), 0.0)
    ratios = jax.vmap(lambda power_w: _ratios(env, state, decision, snr_per_w * power_w))(power_w)
    each_w = jnp.broadcast_to(power_w[:, None], ratios.shape)
    flat = (-1, *one.shape)
    return ratios.reshape(flat), jnp.where(ratios > 0, each_w, 0.0).reshape(flat)


def _ratios(env: SmallCellsEnv, state: State, decision: Decision, snr: PerUe) -> Choices:
    """The ratios that can be best at these signals: none, all, what the device cannot do in time,
    what there is, what the base station can do in time, what lets both end at once."""
    rate_bps = shannon_rate_bps(env.channel_bandwidth_hz, snr)
    send_s = state.task_bits / jnp.maximum(rate_bps, LEAST_RATE_BPS)
    whole_s = send_s + state.task_cycles / (decision.cpu_share * env.sbs_cpu_hz)
    local_s = state.task_cycles / env.ue_cpu_hz
    in_time = jnp.minimum((1.0 - SPARE) * state.deadline_s / whole_s, 1.0)
    late = least_ratio(env, state)
    ratio, one = decision.offload_ratio, jnp.ones_like(whole_s)
    return jnp.stack([0.0 * one, one, late, ratio, in_time, local_s / (local_s + whole_s)])


def least_ratio(env: SmallCellsEnv, state: State) -> PerUe:
    """The device alone is late with more than the deadline's share of the task."""
    local_s = state.task_cycles / env.ue_cpu_hz
    return jnp.clip(1.0 - (1.0 - SPARE) * state.deadline_s / local_s, 0.0, 1.0)


def _better_cell(env: SmallCellsEnv, state: State, held: Priced, m: Array) -> Priced:
    """Its server in equal parts, or in proportion to the work that is sent, or to its root."""
    decision = held[0]
    sent = decision.offload_ratio[m] * state.task_cycles[m]
    weights = jnp.stack([jnp.ones_like(sent), sent, jnp.sqrt(sent)])
    weights = weights + 1e-3 * jnp.max(weights, axis=1, keepdims=True)

    def divided(weight: Float[Array, " ues"]) -> Decision:
        share = decision.cpu_share.at[m].set(weight / jnp.sum(weight))
        return dataclasses.replace(decision, cpu_share=share)

    return best_of(env, state, held, jax.vmap(divided)(weights))


def fine_tuned(env: SmallCellsEnv, state: State, held: Priced) -> Priced:
    """By ever smaller steps of one ratio, one power or one share of a server, up and down, of all
    powers together, and of one ratio against another; whatever pays is kept. After a step, who is
    in time stays so: ratios and powers follow what is heard."""
    decision = held[0]
    served = env.evaluate(state, decision).deadline_met & (decision.power_w > 0)
    limited = answer(env, state, decision.channel, _all_of(decision), decision.power_w)
    most = jnp.where(
        decision.offload_ratio < 0.99 * limited.offload_ratio, decision.offload_ratio, 1.0
    )

    def try_one(carry: tuple[Priced, PerUe], step: Array) -> tuple[tuple[Priced, PerUe], None]:
        (decision, reward), most = carry
        ratio, log_power, weight = step.reshape(3, *most.shape)
        moved = Decision(
            offload_ratio=jnp.clip(decision.offload_ratio + ratio, 0.0, 1.0),
            channel=decision.channel,
            power_w=jnp.minimum(decision.power_w * jnp.exp(log_power), env.max_power_w),
            cpu_share=jax.nn.softmax(jnp.log(decision.cpu_share) + weight, axis=1),
        )
        limit = jnp.clip(most + ratio, 0.0, 1.0)
        fitted = refitted(env, state, moved, limit, served)
        held = best_of(env, state, (decision, reward), stacked(moved, fitted))
        return (held, jnp.where(held[1] > reward, limit, most)), None

    (held, _), _ = jax.lax.scan(try_one, (held, most), jnp.asarray(_steps(most.size)))
    return held


def refitted(
    env: SmallCellsEnv, state: State, decision: Decision, most: PerUe, served: Array
) -> Decision:
    """The same, where those `served` offload what full power brings through in time, at `most`
    so much, with the least power for it, and hear each other do so."""

    def follow(_: Array, held: Decision) -> Decision:
        shares = Shares(most, held.cpu_share)
        fit = answer(env, state, held.channel, shares, held.power_w)
        return jax.tree.map(lambda new, old: jnp.where(served, new, old), fit, held)

    return jax.lax.fori_loop(0, ANSWERS, follow, decision)


def _all_of(decision: Decision) -> Shares:
    return Shares(jnp.ones_like(decision.offload_ratio), decision.cpu_share)


def _steps(ues: int) -> Float[np.ndarray, "steps numbers"]:
    """Of ratios, logarithms of powers, and logarithms of weights on the servers."""
    one, none = np.eye(ues), np.zeros((ues, ues))
    alone = np.kron(np.diag([1.0, 3.0, 3.0]), one)
    together = np.concatenate([none[:1], 3.0 * np.ones((1, ues)), none[:1]], axis=1)
    against = (one[:, None] - one[None]).reshape(-1, ues)
    against = np.hstack([against, np.zeros((len(against), 2 * ues))])
    moves = np.concatenate([alone, -alone, together, -together, against])
    return np.concatenate([size * moves for size in STEPS])


def stacked(*decisions: Decision) -> Decision:
    """Decisions with a leading axis, as `best_of` takes them."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *decisions)
