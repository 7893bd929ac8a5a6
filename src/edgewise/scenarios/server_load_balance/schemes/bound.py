"""What a slot costs at least, whatever is decided.

How many users offload (k) sets everybody's rate (5), so each k is a problem of its own: some k
users go to servers, where they are served in the order of arrival; the others stay local.

Up to `MOST_DIVIDED` users the bound is the optimum itself, but for `PRECISION`. Where the mean of
the loads l is between a and b, the mean of (l - a)(l - b) is below their variance, by (b - a)²/4
at most, and above it where a = b. It has a part for each server, so the cheapest division among
servers is a convolution over subsets. The interval of the lowest bound is halved until that bound
is the cost of some decision.

Up to `MOST_MATCHED` users the bound is an assignment: a task that r - 1 others follow at its server
costs them and itself r times its work, whoever they are; and the variance is at least nothing, and
at least its tangent at a decision. It lets tasks overtake each other, so it is below the optimum.
"""

import dataclasses
import heapq
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from edgewise.baselines import partition
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State

Real = NDArray[np.float64]

MOST_DIVIDED = 11
MOST_MATCHED = 300
PRECISION = 2e-6
MOST_HALVED = 500
"""Intervals; where they do not suffice, the bound stays below the optimum."""
MOST_COUNTS = 32
"""Numbers of offloaders that are solved for. Those between two are bounded together: the fewer
offload, the earlier they all arrive."""


@dataclass(frozen=True)
class Slot:
    """A slot as the host sees it, all in s: computing on the device; arrival at each server when
    `count` users offload; own work, and the work queued, at each server; and the weight of a
    user's delay in the mean cost, and of the variance."""

    local_s: Real  # [users]
    arrival_s: Real  # [counts, users, servers]
    work_s: Real  # [users, servers]
    backlog_s: Real  # [servers]
    delay_weight: float
    balance_weight: float


def least_cost(env: ServerLoadBalanceEnv, state: State, decision: Decision) -> Float[Array, ""]:
    """No decision in this slot has a lower mean cost than this; `decision` is one that is known,
    and is only used for a tangent. Traceable; the work is done by the host."""
    least = jax.pure_callback(
        lambda *arrays: np.float32(_least_cost(*arrays)),
        jax.ShapeDtypeStruct((), np.float32),
        state.task_cycles / state.user_cpu_hz,
        _arrival_s(env, state),
        state.task_cycles[:, None] / env.server_cpu_hz[None, :],
        state.backlog_cycles / env.server_cpu_hz,
        jnp.stack([env.delay_weight / env.num_users, env.balance_weight]),
        decision.server,
        vmap_method="sequential",
    )
    return least.astype(state.gain.dtype)


def _counts(num_users: int) -> Int[np.ndarray, " counts"]:
    """The numbers of offloaders that are solved for, the least and the most among them.

    >>> _counts(3).tolist(), len(_counts(1000))
    ([1, 2, 3], 32)
    """
    return np.unique(np.linspace(1, num_users, min(num_users, MOST_COUNTS)).astype(int))


def _arrival_s(env: ServerLoadBalanceEnv, state: State) -> Float[Array, "counts users servers"]:
    """By the environment's own equations: with the band cut to W·N/k, all N users get W/k each."""

    def upload_s(count: Int[Array, ""]) -> Float[Array, " users"]:
        band_hz = env.bandwidth_hz * (env.num_users / count)
        everybody = Decision(server=jnp.ones(env.num_users, int))
        widened = dataclasses.replace(env, bandwidth_hz=band_hz)
        return widened.evaluate(state, everybody).upload_s

    forward_s = state.task_bits[:, None] / env.forward_rate_bps
    behind_s = jnp.where(jnp.arange(env.num_servers)[None, :] > 0, forward_s, 0.0)
    return jax.vmap(upload_s)(jnp.asarray(_counts(env.num_users)))[:, :, None] + behind_s[None]


def _least_cost(
    local_s: Array, arrival_s: Array, work_s: Array, backlog_s: Array, weights: Array, server: Array
) -> float:
    local, arrival, work, backlog = (
        np.asarray(x, float) for x in (local_s, arrival_s, work_s, backlog_s)
    )
    slot = Slot(local, arrival, work, backlog, *map(float, np.asarray(weights)))
    if len(slot.local_s) <= MOST_DIVIDED:
        return divided(slot)
    return matched(slot, np.asarray(server))


def divided(slot: Slot) -> float:
    """The least mean cost, or at most `PRECISION` less."""
    users = len(slot.local_s)
    queues = [_queues(slot, count) for count in range(1, users + 1)]
    stays = slot.delay_weight * partition.sums(slot.local_s)[::-1]  # Of all but the subset.
    size = partition.sizes(users)

    def least(count: int, low: float, high: float) -> float:
        delay_s, load_s = queues[count - 1]
        spread = (load_s - low) * (load_s - high) / len(load_s)
        servers = slot.delay_weight * delay_s + slot.balance_weight * spread
        return float(np.min((partition.least_divided(servers) + stays)[size == count]))

    idle_s = float(np.mean(slot.backlog_s))
    busy_s = idle_s + float(np.sum(np.max(slot.work_s, axis=1))) / len(slot.backlog_s)
    known = stays[0] + slot.balance_weight * float(np.var(slot.backlog_s))  # Nobody offloads.
    open_ = [(least(k, idle_s, busy_s), k, idle_s, busy_s) for k in range(1, users + 1)]
    heapq.heapify(open_)
    for _ in range(MOST_HALVED):
        lowest, count, low, high = open_[0]
        if lowest >= known * (1 - PRECISION):
            break
        middle = (low + high) / 2
        known = min(known, least(count, middle, middle))
        heapq.heapreplace(open_, (least(count, low, middle), count, low, middle))
        heapq.heappush(open_, (least(count, middle, high), count, middle, high))
    return min(known, open_[0][0])


def _queues(slot: Slot, count: int) -> tuple[Real, Real]:
    """What each server would have to do with each subset of users, `count` of whom share the band,
    `[servers, subsets]`: the sum of their delays, and its load."""
    servers = len(slot.backlog_s)
    each = [_queue(slot.arrival_s[count - 1], slot, m) for m in range(servers)]
    delay_s, load_s = zip(*each, strict=True)
    return np.stack(delay_s), np.stack(load_s)


def _queue(arrival_s: Real, slot: Slot, m: int) -> tuple[Real, Real]:
    """Subset by subset: whoever arrives later doubles their number, and waits for all before."""
    delay_s, load_s, subset = np.zeros(1), slot.backlog_s[m : m + 1], np.zeros(1, int)
    for n in np.argsort(arrival_s[:, m], kind="stable"):
        with_n = load_s + slot.work_s[n, m]
        delay_s = np.concatenate([delay_s, delay_s + arrival_s[n, m] + with_n])
        load_s = np.concatenate([load_s, with_n])
        subset = np.concatenate([subset, subset | 1 << int(n)])
    order = np.argsort(subset)
    return delay_s[order], load_s[order]


def matched(slot: Slot, server: NDArray[np.int64]) -> float:
    """A bound below the least mean cost, from assignments; `server` is where the tangent is."""
    users = len(slot.local_s)
    placed = server > 0
    load_s = slot.backlog_s.copy()
    np.add.at(load_s, server[placed] - 1, slot.work_s[placed, server[placed] - 1])
    slope = 2.0 * slot.balance_weight * (load_s - load_s.mean()) / len(load_s)
    at_none = slot.balance_weight * float(np.var(load_s)) + float(slope @ (slot.backlog_s - load_s))
    solved = _counts(users)
    most = np.append(solved[1:] - 1, users)
    nobody = float(
        slot.delay_weight * slot.local_s.sum() + slot.balance_weight * np.var(slot.backlog_s)
    )
    flat = _assigned(slot, solved, most, np.zeros_like(slope))
    tangent = at_none + _assigned(slot, solved, most, slope)
    return min(nobody, max(flat, tangent))


def _assigned(slot: Slot, fewest: NDArray[np.int64], most: NDArray[np.int64], slope: Real) -> float:
    """The least over k of the cheapest assignment of k tasks to places in the queues and of the
    others to their devices, when a second of work costs `slope` beside its delays, `[servers]`."""
    stay = slot.delay_weight * slot.local_s
    lowest = np.inf
    for arrival_s, few, many in zip(slot.arrival_s, fewest, most, strict=True):
        waits_s = (arrival_s + slot.backlog_s)[:, :, None]
        follow = np.arange(1, many + 1) * slot.work_s[:, :, None]
        go = slot.delay_weight * (waits_s + follow) + (slope * slot.work_s)[:, :, None]
        lowest = min(lowest, _cheapest(stay, go.reshape(len(stay), -1), few, many))
    return lowest


def _cheapest(stay: Real, go: Real, few: int, many: int) -> float:
    """Of the assignments in which from `few` to `many` tasks go. So many devices as must be used
    are made worth more than all else together."""
    spare, must = many - few, len(stay) - many
    worth = 2.0 * len(stay) * max(np.max(np.abs(stay)), np.max(np.abs(go)))
    devices = np.repeat(stay[:, None], must + spare, axis=1)
    devices[:, :must] -= worth
    cost = np.hstack([devices, go])
    return float(cost[linear_sum_assignment(cost)].sum() + must * worth)
