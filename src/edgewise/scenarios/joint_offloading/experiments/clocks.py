"""CPU seconds of training and of deciding on one core, one after another (Table III)."""

import time
from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import EnsembleLearned, Example
from edgewise.learners.networks import forward, init_network
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.experiments.setup import (
    dirs_of,
    env_of,
    layout_of,
    program_of,
)
from edgewise.scenarios.joint_offloading.schemes import TRAINING_SLOTS
from edgewise.scenarios.joint_offloading.schemes.dirs import Dirs
from edgewise.training.program import AbstractProgram

Carry = TypeVar("Carry")

TRAINED = ("dirs", "actor-critic", "ddpg")
TEXTBOOK = (("actor-critic", {"samples": 1}), ("ddpg", {"num_envs": 1}))
"""The rivals as they are usually run, asking the objective once a slot."""
CLOCKED = ("one agent", "all agents", "actor-critic", "ddpg")
PASSES, SLOTS, REPEATS = 2000, 200, 5
Run = Callable[[], object]
"""What is timed."""
Prepare = Callable[[PRNGKeyArray, State], Run]
"""(key, first slot) → what is timed, on them."""


def clocks(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """CPU seconds of one process, one thing after another, compilation apart, `[seeds, ...]`:
    `slot_s`, a slot of training of each of `TRAINED`, `textbook_slot_s` of each of `TEXTBOOK`;
    `demonstrations_s` and `pretraining_s` of DIRS; `forward_s`, a forward pass of each network of
    `CLOCKED`."""
    env = env_of()
    dirs = dirs_of(env, quick)
    rivals = [program_of(env, name) for name in TRAINED[1:]]
    textbook = [program_of(env, name, **changes) for name, changes in TEXTBOOK]
    tasks: dict[str, list[Prepare]] = {
        "slot_s": [_slots(program) for program in (dirs, *rivals)],
        "textbook_slot_s": [_slots(program) for program in textbook],
        "demonstrations_s": [_demonstrating(dirs)],
        "pretraining_s": [_pretraining(dirs)],
        "forward_s": [_forward(env, name) for name in CLOCKED],
    }
    times = {"slot_s": SLOTS, "textbook_slot_s": SLOTS, "forward_s": PASSES}
    found: dict[str, list[list[float]]] = {name: [] for name in tasks}
    for seed in seeds:
        keys = seed_keys(seed)
        state = layout_of(env, keys.layout)
        for name, runs in tasks.items():
            spent = [_seconds(run, keys.plan, state) / times.get(name, 1) for run in runs]
            found[name].append(spent)
    return {name: np.array(values) for name, values in found.items()}


def _slots(program: AbstractProgram[Carry]) -> Prepare:
    """`SLOTS` slots from the middle of a run, when every learner learns."""
    middle = TRAINING_SLOTS // 2

    @jax.jit
    def run(key: PRNGKeyArray, carry: Carry) -> Carry:
        def slot(t: Array, carry: Carry) -> Carry:
            now = middle + t
            return program.slot(jax.random.fold_in(key, t), carry, now, now / TRAINING_SLOTS)[0]

        ended: Carry = jax.lax.fori_loop(0, SLOTS, slot, carry)
        return ended

    begin = jax.jit(lambda key, state: program.init(key, state))

    def prepared(key: PRNGKeyArray, state: State) -> Run:
        carry = begin(key, state)
        return lambda: run(key, carry)

    return prepared


def _demonstrating(program: Dirs) -> Prepare:
    run = jax.jit(lambda key, state: program.examples(key, state, program.demonstrations))
    return lambda key, state: lambda: run(key, state)


def _pretraining(program: Dirs) -> Prepare:
    """On observations and placements drawn at random: what they are changes no timing."""
    count, steps, batch = program.demonstrations, program.pretraining_steps, program.batch_size

    @jax.jit
    def run(key: PRNGKeyArray) -> EnsembleLearned:
        ensemble = program.ensemble
        size = (count, ensemble.num_agents, ensemble.observation_size)
        placement = jax.random.randint(key, (count, ensemble.num_outputs), 0, 3)
        shown = Example(jax.random.normal(key, size), placement)
        return ensemble.pretrained(key, ensemble.init(key), shown, steps, batch)[0]

    return lambda key, state: lambda: run(key)


def _forward(env: JointOffloadingEnv, name: str) -> Prepare:
    """`PASSES` forward passes of the network, one after another, each fed from the last."""
    m, n = env.num_agents, env.num_devices
    joint = (m * env.observation_size, 80 * m, 60 * m)
    stack, sizes = {
        "one agent": (1, (env.observation_size, 80, 60, n)),
        "all agents": (m, (env.observation_size, 80, 60, n)),
        "actor-critic": (1, (*joint, n * (m + 1))),
        "ddpg": (1, (*joint, m * n)),
    }[name]

    @jax.jit
    def run(key: PRNGKeyArray) -> Array:
        network = init_network(key, stack, sizes)

        def again(x: Array, _: None) -> tuple[Array, None]:
            return x + 1e-6 * jnp.mean(forward(network, x)), None

        return jax.lax.scan(again, jnp.ones((stack, sizes[0], 1)), None, PASSES)[0]

    return lambda key, state: lambda: run(key)


def _seconds(prepare: Prepare, key: PRNGKeyArray, state: State) -> float:
    """The least of a few timings in CPU seconds, after one that compiles. Not by the clock on the
    wall, which also counts what others do on the core."""
    run = prepare(key, state)
    jax.block_until_ready(run())
    spent = []
    for _ in range(REPEATS):
        begun = time.process_time()
        jax.block_until_ready(run())
        spent.append(time.process_time() - begun)
    return min(spent)
