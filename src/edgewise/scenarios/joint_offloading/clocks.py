"""CPU seconds of training and of deciding on one core, one after another (Table III)."""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import Example
from edgewise.learners.networks import forward, init_network
from edgewise.runs.sweep import Experiment
from edgewise.scenarios.joint_offloading.dirs import Dirs
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.experiments import (
    SEEDS,
    env_of,
    layout_of,
    program_of,
)
from edgewise.scenarios.joint_offloading.methods import DIRS, TRAINING_SLOTS
from edgewise.training.program import AbstractProgram

TRAINED = ("dirs", "actor-critic", "ddpg")
TEXTBOOK = (("actor-critic", {"samples": 1}), ("ddpg", {"num_envs": 1}))
"""The rivals as they are usually run, asking the objective once a slot."""
CLOCKED = ("one agent", "all agents", "actor-critic", "ddpg")
PASSES, SLOTS, REPEATS = 2000, 200, 5


def clocks(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """CPU seconds of one process, one thing after another, compilation apart, `[seeds, ...]`:
    `slot_s`, a slot of training of each of `TRAINED`, `textbook_slot_s` of each of `TEXTBOOK`;
    `demonstrations_s` and `pretraining_s` of DIRS; `forward_s`, a forward pass of each network of
    `CLOCKED`."""
    env = env_of()
    programs = [program_of(env, name, quick) for name in TRAINED]
    tasks: dict[str, list[Callable]] = {
        "slot_s": [_slots(program) for program in programs],
        "textbook_slot_s": [
            _slots(program_of(env, name, quick, **changes)) for name, changes in TEXTBOOK
        ],
        "demonstrations_s": [_demonstrating(programs[0])],
        "pretraining_s": [_pretraining(programs[0])],
        "forward_s": [_forward(env, name) for name in CLOCKED],
    }
    times = {"slot_s": SLOTS, "textbook_slot_s": SLOTS, "forward_s": PASSES}
    found: dict[str, list] = {name: [] for name in tasks}
    for seed in seeds:
        keys = seed_keys(seed)
        state = layout_of(env, keys.layout)
        for name, runs in tasks.items():
            spent = [_seconds(run, keys.plan, state) / times.get(name, 1) for run in runs]
            found[name].append(spent)
    return {name: np.array(values) for name, values in found.items()}


def _slots(program: AbstractProgram) -> Callable[[PRNGKeyArray, State], Callable[[], Any]]:
    """`SLOTS` slots from the middle of a run, when every learner learns."""
    middle = TRAINING_SLOTS // 2

    @jax.jit
    def run(key: PRNGKeyArray, carry: Any) -> Any:
        def slot(t: Array, carry: Any) -> Any:
            now = middle + t
            return program.slot(jax.random.fold_in(key, t), carry, now, now / TRAINING_SLOTS)[0]

        return jax.lax.fori_loop(0, SLOTS, slot, carry)

    begin = jax.jit(lambda key, state: program.init(key, state))

    def prepared(key: PRNGKeyArray, state: State) -> Callable[[], Any]:
        carry = begin(key, state)
        return lambda: run(key, carry)

    return prepared


def _demonstrating(program: Dirs) -> Callable[[PRNGKeyArray, State], Callable[[], Any]]:
    run = jax.jit(lambda key, state: program.demonstrations(key, state, DIRS["demonstrations"]))
    return lambda key, state: lambda: run(key, state)


def _pretraining(program: Dirs) -> Callable[[PRNGKeyArray, State], Callable[[], Any]]:
    """On observations and placements drawn at random: what they are changes no timing."""
    count, steps, batch = DIRS["demonstrations"], program.pretraining_steps, program.batch_size

    @jax.jit
    def run(key: PRNGKeyArray) -> Any:
        ensemble = program.ensemble
        size = (count, ensemble.num_agents, ensemble.observation_size)
        placement = jax.random.randint(key, (count, ensemble.num_tasks), 0, 3)
        shown = Example(jax.random.normal(key, size), placement)
        return ensemble.pretrained(key, ensemble.init(key), shown, steps, batch)[0]

    return lambda key, state: lambda: run(key)


def _forward(
    env: JointOffloadingEnv, name: str
) -> Callable[[PRNGKeyArray, State], Callable[[], Any]]:
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


def _seconds(
    prepare: Callable[[PRNGKeyArray, State], Callable[[], Any]], key: PRNGKeyArray, state: State
) -> float:
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


CLOCKS = Experiment("clocks", clocks, SEEDS)
