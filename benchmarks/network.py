"""The scenario `network` by size: CPU-seconds per device and slot of a step, of what agents see, of
the least-finish scheduler and of the bound, with sites in proportion to the devices; and
environment steps per CPU-second of 30 devices on 13 sites (mobile-env's are 27).

    python -m benchmarks.network [MOST_DEVICES]
"""

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax

import edgewise
from benchmarks.environments import steps_per_cpu_second
from edgewise.runs.machine import cores, settle
from edgewise.scenarios.network.bound import cost_bound
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import State
from edgewise.scenarios.network.schemes.least_finish import least_finish_decision

DEVICES_PER_SITE = 20
SPACING_M = 500.0
RADIOS = [
    {
        "name": "shared",
        "access": "shared",
        "channel_bandwidth_hz": 20e6,
        "max_power_w": 0.2,
        "pathloss_intercept_db": 128.1,
        "pathloss_slope_db": 37.6,
    },
    {
        "name": "chosen",
        "access": "chosen",
        "channels": 4,
        "channel_bandwidth_hz": 1e6,
        "max_power_w": 0.2,
        "pathloss_intercept_db": 128.1,
        "pathloss_slope_db": 37.6,
    },
]


def network(devices: int, sites: int) -> NetworkEnv:
    """Sites on a square grid, a server at each, devices around them."""
    side = math.ceil(math.sqrt(sites))
    places = [
        {"name": f"{i}", "x_m": SPACING_M * (i % side), "y_m": SPACING_M * (i // side)}
        for i in range(sites)
    ]
    env = edgewise.make(
        "network",
        candidate_sites=3,
        site=places,
        radio=RADIOS,
        server=[{"name": "edge", "site": "*", "cpu_hz": 2e10}],
        **{"devices.count": devices, "devices.radios": ["shared", "chosen"]},
    )
    assert isinstance(env, NetworkEnv)
    return env


def _step(env: NetworkEnv, state: State, key: jax.Array) -> Any:
    return env.step(key, state, env.sample_actions(key))


MEASURED: dict[str, Callable[[NetworkEnv, State, jax.Array], Any]] = {
    "step": _step,
    "observe": lambda env, state, key: env.observe(state),
    "least-finish": lambda env, state, key: least_finish_decision(env, state),
    "bound": lambda env, state, key: cost_bound(env, state),
}


def seconds(call: Callable[..., Any], *arguments: Any) -> float:
    """CPU-seconds of one call, the least of several, compiling apart."""
    compiled = eqx.filter_jit(call)
    jax.block_until_ready(compiled(*arguments))
    best, spent = float("inf"), 0.0
    while spent < 2.0:
        begun = time.process_time()
        jax.block_until_ready(compiled(*arguments))
        took = time.process_time() - begun
        best, spent = min(best, took), spent + max(took, 1e-3)
    return best


def main() -> None:
    """Print a line per size, in microseconds per device and slot; then the steps."""
    settle(cores()[0])
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for devices in (size for size in (100, 1000, 10_000, 100_000) if size <= most):
        env = network(devices, devices // DEVICES_PER_SITE)
        key = jax.random.key(0)
        state = eqx.filter_jit(env.reset)(key)
        found = {name: seconds(call, env, state, key) for name, call in MEASURED.items()}
        shown = ", ".join(f"{name} {1e6 * took / devices:.2f}" for name, took in found.items())
        print(f"{devices} devices, {devices // DEVICES_PER_SITE} sites [us]: {shown}", flush=True)
    rate = steps_per_cpu_second(network(30, 13), 1)
    print(f"30 devices, 13 sites: {rate:,.0f} steps per CPU-second")


if __name__ == "__main__":
    main()
