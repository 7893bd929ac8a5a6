"""Up to which size each way of learning can be trained, and what to use beyond it."""

from collections.abc import Callable

from edgewise.scenarios.network.env import NetworkEnv

CAPACITY = 4000
"""Slots that are replayed."""
MOST_REPLAY_BYTES = 2**30
MOST_CRITIC_INPUTS = 250_000
"""Of all devices' joint critics together: 64 weights each, four copies, and a product per batch."""
MOST_JOINT_INPUTS = 20_000
MOST_TABLE_BYTES = 2**30
REAL_BYTES = 4


def replay_too_large(env: NetworkEnv) -> str | None:
    """Of agents that learn from replay of their own rows: what is kept of each slot is the row
    before and after."""
    stored = 2 * REAL_BYTES * CAPACITY * env.num_agents * env.observation_size
    if stored <= MOST_REPLAY_BYTES:
        return None
    return (
        f"{CAPACITY} slots of {env.num_agents} devices and {env.observation_size} numbers each are "
        f"{stored / 2**30:.1f} GiB of replay, of at most {MOST_REPLAY_BYTES / 2**30:.0f}: "
        f"{_fits(env.num_agents, MOST_REPLAY_BYTES / stored)}, or use oql-cent"
    )


def joint_critics_too_large(env: NetworkEnv) -> str | None:
    """Of MADDPG: every device's critic reads all observations and actions."""
    space = env.action_space
    action = space.size if env.continuous else space.n  # type: ignore[union-attr]
    inputs = env.num_agents**2 * (env.observation_size + action)
    if inputs <= MOST_CRITIC_INPUTS:
        return replay_too_large(env)
    return (
        f"the critics of {env.num_agents} devices, each on all observations and actions, read "
        f"{inputs} numbers, of at most {MOST_CRITIC_INPUTS}: "
        f"{_fits(env.num_agents, (MOST_CRITIC_INPUTS / inputs) ** 0.5)}, or use idql-tolb or "
        "il-drl, whose networks read their own row alone"
    )


def central_too_large(env: NetworkEnv) -> str | None:
    """Of one network that reads all rows and values every option of everybody."""
    inputs = env.num_agents * env.observation_size
    if inputs <= MOST_JOINT_INPUTS:
        return replay_too_large(env)
    return (
        f"one network for {env.num_agents} devices reads {inputs} numbers, of at most "
        f"{MOST_JOINT_INPUTS}: {_fits(env.num_agents, MOST_JOINT_INPUTS / inputs)}, or use "
        "idql-tolb"
    )


def tables_too_large(per_option: int) -> Callable[[NetworkEnv], str | None]:
    """Of agents that each keep `per_option` numbers for every option."""

    def too_large(env: NetworkEnv) -> str | None:
        kept = REAL_BYTES * per_option * env.num_agents * env.option_list.count
        if kept <= MOST_TABLE_BYTES:
            return None
        return (
            f"{env.num_agents} devices with {per_option} numbers for each of "
            f"{env.option_list.count} options keep {kept / 2**30:.1f} GiB, of at most "
            f"{MOST_TABLE_BYTES / 2**30:.0f}: "
            f"{_fits(env.num_agents, MOST_TABLE_BYTES / kept)}, or use oql-cent"
        )

    return too_large


def _fits(devices: int, share: float) -> str:
    return f"up to {max(int(devices * share), 1)} devices fit"
