"""One environment step and one update of all ten actors and critics, against the matmul bound.

    python -m benchmarks.maddpg

The bound is the time that the update's matrix products alone would take at this core's best
matrix-product rate, which is measured in the same process, before and after.
"""

import time
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp

import edgewise
from edgewise.core.seeding import seed_keys
from edgewise.learners.maddpg import Maddpg
from edgewise.training.programs import Replay
from edgewise.training.run import CHUNK_SLOTS, _chunk, _log_names

BATCH, SLOTS, REPEATS = 256, 200, 5


def peak_flops(size: int = 512) -> float:
    """The best rate of a float32 matrix product on this core [FLOP/s]."""
    product = jax.jit(lambda a, b: a @ b)
    a = jnp.ones((size, size))
    product(a, a).block_until_ready()
    return 2 * size**3 / min(_seconds(lambda: product(a, a)) for _ in range(30))


def update_flops(learner: Maddpg, batch: int) -> float:
    """Matrix-product work of one update [FLOP], two for each multiply-add.

    Critics: three products with their input (slow copy, forward, weights' slope) and six of the
    later layers (slow copy, forward, two slopes; forward and slope in the actors' step). Actors:
    slow copy, forward, and the slopes of weights and hidden inputs. The correction for an agent's
    own action: forward and slope.
    """
    agents, actions, seen = learner.num_agents, learner.action_size, learner.observation_size
    first = learner.hidden[0]
    inputs = (seen + actions) * (agents if learner.critic_view == "joint" else 1)
    critic = 3 * inputs * first + 6 * _products((*learner.hidden, 1))
    actor_layers = _products((seen, *learner.hidden, actions))
    actor = 2 * actor_layers + (2 * actor_layers - seen * first)
    return 2.0 * batch * agents * (critic + actor + 2 * first * actions)


def _products(widths: tuple[int, ...]) -> int:
    """Multiply-adds of the layers between these widths, for one input."""
    return sum(inputs * outputs for inputs, outputs in pairwise(widths))


def seconds_per_slot(program: Replay) -> float:
    """Least time per slot over repeats of a compiled chunk, in steady state."""
    env = program.env
    keys = jax.tree.map(lambda leaf: leaf[None], seed_keys(0))
    states = jax.tree.map(lambda leaf: leaf[None], eqx.filter_jit(env.reset)(seed_keys(0).layout))
    carry = jax.tree.map(
        lambda leaf: leaf[None], eqx.filter_jit(program.init)(keys.training[0], _first(states))
    )
    names = tuple(sorted(_log_names(program, keys.training, carry)))
    best = float("inf")
    for repeat in range(REPEATS + 1):
        begun = time.perf_counter()
        carry, _ = jax.block_until_ready(
            _chunk(program, keys.training, carry, repeat * SLOTS, SLOTS, CHUNK_SLOTS, names)
        )
        if repeat:
            best = min(best, (time.perf_counter() - begun) / SLOTS)
    return best


def _first(tree: object) -> object:
    return jax.tree.map(lambda leaf: leaf[0], tree)


def _seconds(call: object) -> float:
    begun = time.perf_counter()
    jax.block_until_ready(call())  # type: ignore[operator]
    return time.perf_counter() - begun


def main() -> None:
    """Print the figures."""
    env = edgewise.make("server-load-balance")
    learner = Maddpg(env.num_agents, env.observation_size, env.action_space)
    before = peak_flops()
    slot_s = {
        num_envs: seconds_per_slot(
            Replay(env, env, learner, 20, num_envs, batch_size=BATCH, warmup_slots=0)
        )
        for num_envs in (1, 16)
    }
    peak = max(before, peak_flops())
    work = update_flops(learner, BATCH)
    bound_s = work / peak
    print(f"matrix products: {peak / 1e9:.0f} GFLOP/s; one update: {work / 1e6:.0f} MFLOP")
    print(f"matmul bound: {bound_s * 1e3:.2f} ms")
    for num_envs, seconds in slot_s.items():
        print(
            f"step of {num_envs} environments + update of {env.num_agents} agents: "
            f"{seconds * 1e3:.2f} ms, {seconds / bound_s:.2f} times the bound"
        )


if __name__ == "__main__":
    main()
