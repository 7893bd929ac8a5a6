"""The slot's optimum as mixed-integer programs: exact, on the host, for small cells."""

import dataclasses

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from edgewise.baselines.milp import AssignmentProblem, solve
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State


def milp_optimum(env: ServerLoadBalanceEnv, state: State) -> tuple[Decision, float]:
    """The decision with the highest utility, and that utility.

    How many users offload sets everybody's rate (5) and so the order of arrival; with that number
    fixed the problem is an assignment, so there is one program per number 0..N.
    """
    best, lowest = np.zeros(env.num_users, np.int64), np.inf
    for offloaders in range(env.num_users + 1):
        found = solve(_problem(env, state, offloaders), cutoff=lowest)
        if found is not None:
            best, lowest = found
    return Decision(server=jnp.asarray(best)), -lowest


def _problem(env: ServerLoadBalanceEnv, state: State, offloaders: int) -> AssignmentProblem:
    users, servers = env.num_users, env.num_servers
    cpu_hz = np.asarray(env.server_cpu_hz, float)
    cycles = np.asarray(state.task_cycles, float)
    backlog_s = np.asarray(state.backlog_cycles, float) / cpu_hz
    arrival_s = _arrival_s(env, state, offloaders)
    work_s = cycles[:, None] / cpu_hz
    share = float(env.delay_weight) / users
    local_s = cycles / np.asarray(state.user_cpu_hz, float)
    own = share * np.hstack([local_s[:, None], arrival_s + backlog_s + work_s])
    pair = np.zeros((users, users, servers + 1))
    for i in range(users):
        for j in range(i + 1, users):
            # Whoever comes first delays the other by its own work; ties go to the lower index.
            first = np.where(arrival_s[i] <= arrival_s[j], i, j)
            pair[i, j, 1:] = share * work_s[first, np.arange(servers)]
    return AssignmentProblem(
        own=own,
        pair=pair,
        load=np.hstack([np.zeros((users, 1)), work_s]),
        base_load=backlog_s,
        variance_weight=float(env.balance_weight),
        num_outside=users - offloaders,
    )


def _arrival_s(env: ServerLoadBalanceEnv, state: State, offloaders: int) -> NDArray[np.float64]:
    """Arrival of every user's task at every server `[users, servers]` when so many offload.

    The environment's own equations give it: with the band cut to W·N/k, N users get the share
    W/k each.
    """
    if offloaders == 0:
        return np.zeros((env.num_users, env.num_servers))
    widened = dataclasses.replace(env, bandwidth_hz=env.bandwidth_hz * (env.num_users / offloaders))
    everybody = Decision(server=jnp.full(env.num_users, 1))
    upload_s = np.asarray(widened.evaluate(state, everybody).upload_s, float)
    forward_s = np.asarray(state.task_bits / env.forward_rate_bps, float)
    return upload_s[:, None] + np.where(np.arange(env.num_servers) > 0, forward_s[:, None], 0.0)
