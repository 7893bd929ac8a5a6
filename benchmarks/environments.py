"""Environment steps per CPU-second with 1, 64 and 1024 copies, for every scenario.

python -m benchmarks.environments
"""

import time

import equinox as eqx
import jax

import edgewise
from edgewise.core.env import AbstractEnv

SLOTS = 64


def steps_per_cpu_second(env: AbstractEnv, copies: int) -> float:
    """Steps of uniform actions in one compiled loop, all copies counted."""

    @eqx.filter_jit
    def run(env: AbstractEnv, key: jax.Array, states: object) -> object:
        def slot(states: object, key: jax.Array) -> tuple[object, None]:
            def one(key: jax.Array, state: object) -> object:
                act_key, step_key = jax.random.split(key)
                return env.step(step_key, state, env.sample_actions(act_key))[0]

            return jax.vmap(one)(jax.random.split(key, copies), states), None

        return jax.lax.scan(slot, states, jax.random.split(key, SLOTS))[0]

    keys = jax.random.split(jax.random.key(0), copies)
    states = jax.block_until_ready(eqx.filter_jit(jax.vmap(lambda key: env.reset(key)))(keys))
    best = float("inf")
    for repeat in range(4):
        begun = time.process_time()
        jax.block_until_ready(run(env, jax.random.key(repeat), states))
        if repeat:
            best = min(best, time.process_time() - begun)
    return copies * SLOTS / best


def main() -> None:
    """Print a line per scenario."""
    for name in edgewise.list_scenarios():
        env = edgewise.make(name)
        rates = {copies: steps_per_cpu_second(env, copies) for copies in (1, 64, 1024)}
        shown = ", ".join(f"{copies}: {rate:,.0f}" for copies, rate in rates.items())
        print(f"{name}: steps per CPU-second with copies {shown}")


if __name__ == "__main__":
    main()
