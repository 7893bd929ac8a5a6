"""How long the Lévy search and the exact optimum take: `python -m benchmarks.levy`."""

import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

import edgewise
from edgewise.scenarios.joint_offloading.schemes.placing import refined
from edgewise.scenarios.joint_offloading.schemes.schedulers import Optimum

EVALUATIONS, EXPONENT = 1000, 1.5
SIZES = ((30, 2), (100, 2), (1000, 100))
BATCH = 256


def main() -> None:
    """Print a line per size and method."""
    for num_devices, num_servers in SIZES:
        env = edgewise.make("joint-offloading", num_devices=num_devices, num_servers=num_servers)
        case = f"{num_devices} devices, {num_servers} servers"
        state = eqx.filter_jit(env.reset)(jax.random.key(0))
        search = eqx.filter_jit(lambda key, state, env=env: _search(env, key, state))
        solve = eqx.filter_jit(
            lambda state, env=env: Optimum().place(env, jax.random.key(0), state)
        )
        key = jax.random.key(1)
        _print(f"{case}: {EVALUATIONS} evaluations", search, key, state)
        _print(f"{case}: optimum", solve, state)
    env = edgewise.make("joint-offloading")
    keys = jax.random.split(jax.random.key(2), BATCH)
    states = eqx.filter_jit(lambda keys: jax.vmap(env.reset)(keys))(keys)
    batch = eqx.filter_jit(
        lambda keys, states: jax.vmap(lambda key, state: _search(env, key, state))(keys, states)
    )
    _print(
        f"30 devices, 2 servers: {EVALUATIONS} evaluations of {BATCH} states", batch, keys, states
    )


def _search(env: Any, key: Any, state: Any) -> Any:
    start = jnp.zeros(env.num_devices, int)
    return refined(env, key, state, start, EVALUATIONS, EXPONENT)


def _print(what: str, run: Callable, *arguments: Any) -> None:
    """The least of five timings in CPU seconds, compilation apart."""
    jax.block_until_ready(run(*arguments))
    spent = []
    for _ in range(5):
        begun = time.process_time()
        jax.block_until_ready(run(*arguments))
        spent.append(time.process_time() - begun)
    print(f"{what}: {1e3 * min(spent):.2f} ms")


if __name__ == "__main__":
    main()
