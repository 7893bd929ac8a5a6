"""What an epoch costs per device, from 900 devices on 90 servers to 90,000 on 9,000.

    python -m benchmarks.application_utility

A scheme whose cost is linear has the same figure in every column. The time to learn 1500 epochs at
the paper's size is printed as well. CPU seconds, one thread.
"""

import time
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import next_state
from edgewise.core.seeding import seed_keys
from edgewise.scenarios.application_utility import SCENARIO
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv
from edgewise.training.program import AbstractProgram

SIZES = ((90, 900), (900, 9_000), (9_000, 90_000))
EPOCHS = {900: 100, 9_000: 20, 90_000: 4}
LEARNED = ("oql-cent", "oql-dist", "oql-dist-literal", "oql-na", "oql-na-one-table", "dqn")
REPLAY = {"warmup_slots": 0, "capacity": 64}
"""DQN updates from its first epoch on; the length of its memory does not change what one costs."""
PLANNED = ("sw", "tra", "ecf", "optimum")


def cpu_seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """The least of `repeats`, after one to compile."""
    jax.block_until_ready(call())
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        jax.block_until_ready(call())
        times.append(time.process_time() - begun)
    return min(times)


@eqx.filter_jit
def learn(program: AbstractProgram, key: jax.Array, state: object, epochs: jax.Array) -> object:
    """The carry after `epochs` epochs of learning."""

    def epoch(t: jax.Array, carry: object) -> object:
        return program.slot(jax.random.fold_in(key, t), carry, t, t / epochs)[0]

    return jax.lax.fori_loop(0, epochs, epoch, program.init(key, state))


@eqx.filter_jit
def plan(
    env: ApplicationUtilityEnv,
    scheduler: AbstractScheduler,
    key: jax.Array,
    state: object,
    epochs: jax.Array,
) -> object:
    """The state after `epochs` epochs under a scheduler."""

    def epoch(t: jax.Array, held: tuple) -> tuple:
        state, memory = held
        decision, memory = scheduler.decide(env, key, state, memory)
        outcome = env.evaluate(state, decision)
        return next_state(env, jax.random.fold_in(key, t), state, outcome, t, 0), memory

    return jax.lax.fori_loop(0, epochs, epoch, (state, scheduler.start(env)))


def seconds_per_epoch(name: str, env: ApplicationUtilityEnv, state: object, epochs: int) -> float:
    """CPU time of one epoch of a scheme, deciding, learning and the environment together."""
    scheme, keys, count = SCENARIO.scheme(name), seed_keys(0), jnp.asarray(epochs)
    if scheme.learns:
        settings = scheme.complete_settings(REPLAY if name == "dqn" else {})
        program = scheme.training(env, env, 0, SCENARIO.watched, settings)
        return cpu_seconds(lambda: learn(program, keys.training, state, count)) / epochs
    scheduler = scheme.planned(env, keys.plan, state)
    return cpu_seconds(lambda: plan(env, scheduler, keys.evaluation, state, count)) / epochs


def main() -> None:
    """Print a line per scheme, and the cost of a layout."""
    worlds = []
    for servers, devices in SIZES:
        env = SCENARIO.env(num_servers=servers, num_devices=devices)
        assert isinstance(env, ApplicationUtilityEnv)
        reset = eqx.filter_jit(env.reset)
        key = seed_keys(0).layout
        reset_s = cpu_seconds(lambda reset=reset, key=key: reset(key), repeats=1)
        worlds.append((env, reset(key), devices))
        print(f"{devices} devices, {servers} servers: a layout takes {reset_s:.2f} s")
    print("CPU time per device and epoch [µs], by number of devices:")
    for name in (*LEARNED, *PLANNED):
        each = {n: seconds_per_epoch(name, env, state, EPOCHS[n]) for env, state, n in worlds}
        shown = ", ".join(f"{n:,}: {1e6 * each[n] / n:.2f}" for n in each)
        print(f"{name:18s} {shown}   (1500 epochs at the paper's size: {1500 * each[900]:.1f} s)")


if __name__ == "__main__":
    main()
