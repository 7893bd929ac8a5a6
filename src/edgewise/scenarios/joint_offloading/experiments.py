"""What the tables and figures need that is not a training run: imitation alone (Table II), the
searches alone (Fig. 7), and clocks (Table III)."""

import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.baselines.levy import classic_search, levy_search, preference
from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import Ensemble, Example
from edgewise.learners.imitation import accuracy
from edgewise.learners.networks import batch_last, forward, init_network
from edgewise.scenarios.joint_offloading.dirs import Dirs, make_dirs
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.methods import DIRS
from edgewise.scenarios.joint_offloading.params import JointOffloadingParameters
from edgewise.scenarios.joint_offloading.placing import objective_of, random_placement
from edgewise.scenarios.joint_offloading.schedulers import Optimum
from edgewise.study.sweep import Experiment

SIZES = (64, 128, 256, 512)
PENALTIES = (DIRS["l2"], 0.0)
TEST_EXAMPLES = 512

SEARCHES = ("proposed", "classic", "classic, annealed")
SEARCH_DEVICES = (30, 100)
SEARCH_EXPONENT = 1.5
SEARCH_SLOTS = 32

CLOCKED = ("one agent", "all agents", "actor-critic", "ddpg")
PASSES = 2000


def _env(**values: Any) -> JointOffloadingEnv:
    return JointOffloadingEnv.from_parameters(JointOffloadingParameters(**values))


def _program(env: JointOffloadingEnv, **changes: Any) -> Dirs:
    return make_dirs(env, env, 0, **{**DIRS, **changes})


def imitation(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Accuracy after pre-training, `[seeds, sizes, penalties]`: on the demonstrations themselves
    (`train`) and on `TEST_EXAMPLES` others of the same layout (`test`). Smaller sets are parts of
    the larger ones, and all start from the same networks."""
    env = _env()
    found = [_imitation_of_one(env, seed, quick) for seed in seeds]
    return {"train": np.array(found)[..., 0], "test": np.array(found)[..., 1]}


def _imitation_of_one(env: JointOffloadingEnv, seed: int, quick: bool) -> list:
    keys = seed_keys(seed)
    state = eqx.filter_jit(env.reset)(keys.layout)
    program = _program(env, demonstration_evaluations=30) if quick else _program(env)
    count = SIZES[-1] + TEST_EXAMPLES
    examples = eqx.filter_jit(Dirs.demonstrations)(program, keys.plan, state, count)
    test = jax.tree.map(lambda leaf: leaf[SIZES[-1] :], examples)
    sets = [jax.tree.map(lambda leaf, n=size: leaf[:n], examples) for size in SIZES]
    return [
        [_accuracies(env, keys.training, shown, test, l2, program.pretraining_steps)
         for l2 in PENALTIES]
        for shown in sets
    ]  # fmt: skip


def _accuracies(
    env: JointOffloadingEnv, key: PRNGKeyArray, shown: Example, test: Example, l2: float, steps: int
) -> list[float]:
    ensemble = Ensemble(
        env.num_agents, env.observation_size, env.num_devices, rate=DIRS["learning_rate"], l2=l2
    )

    @eqx.filter_jit
    def run(shown: Example, test: Example) -> list[Array]:
        learned, _ = ensemble.pretrained(key, ensemble.init(key), shown, steps, 256)
        return [
            accuracy(learned.network, batch_last(each.observation), ensemble.labels(each.placement))
            for each in (shown, test)
        ]

    return [float(value) for value in run(shown, test)]


def searches(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Mean best objective over `SEARCH_SLOTS` slots after each evaluation, from the same random
    placements: `traces_N` `[seeds, searches, evaluations]`; and `optimum_N` `[seeds]`."""
    evaluations = 100 if quick else 1000
    found: dict[str, np.ndarray] = {}
    for num_devices in SEARCH_DEVICES:
        env = _env(num_devices=num_devices)
        one = eqx.filter_jit(lambda key, env=env: _traces(env, key, evaluations))
        traces, optimum = zip(*(one(seed_keys(seed).evaluation) for seed in seeds), strict=True)
        found[f"traces_{num_devices}"] = np.array(traces)
        found[f"optimum_{num_devices}"] = np.array(optimum)
    return found


def _traces(env: JointOffloadingEnv, key: PRNGKeyArray, evaluations: int) -> tuple[Array, Array]:
    def one(key: PRNGKeyArray) -> tuple[Array, Array]:
        slot_key, start_key, search_key = jax.random.split(key, 3)
        state = env.reset(slot_key)
        objective, start = objective_of(env, state), random_placement(env, start_key)
        proposed = levy_search(
            search_key, start, objective, preference(state.gain), evaluations, SEARCH_EXPONENT
        )
        classic, annealed = (
            classic_search(
                search_key, start, objective, env.num_servers + 1, evaluations, SEARCH_EXPONENT, a
            )
            for a in (False, True)
        )
        best = objective(Optimum().place(env, key, state))
        return jnp.stack([proposed.trace, classic.trace, annealed.trace]), best

    traces, best = jax.vmap(one)(jax.random.split(key, SEARCH_SLOTS))
    return jnp.mean(traces, axis=0), jnp.mean(best)


def clocks(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Seconds on this machine, compilation apart: a forward pass of each network of `CLOCKED`,
    `forward_s` `[seeds, 4]`; `demonstrations_s` and `pretraining_s` `[seeds]` of DIRS."""
    env = _env()
    passes = [_forward(env, name) for name in CLOCKED]
    program = _program(env, demonstration_evaluations=30) if quick else _program(env)
    demonstrate = eqx.filter_jit(Dirs.demonstrations)
    found: dict[str, list] = {"forward_s": [], "demonstrations_s": [], "pretraining_s": []}
    for seed in seeds:
        keys = seed_keys(seed)
        state = eqx.filter_jit(env.reset)(keys.layout)
        found["forward_s"].append([_seconds(one, keys.plan) / PASSES for one in passes])
        shown, spent = _demonstrated(demonstrate, program, keys.plan, state)
        found["demonstrations_s"].append(spent)
        found["pretraining_s"].append(_pretraining_s(program, keys.plan, shown))
    return {name: np.array(values) for name, values in found.items()}


def _demonstrated(
    demonstrate: Callable, program: Dirs, key: PRNGKeyArray, state: State
) -> tuple[Example, float]:
    def run(key: PRNGKeyArray) -> Example:
        shown: Example = demonstrate(program, key, state, DIRS["demonstrations"])
        return shown

    return run(key), _seconds(run, key)


def _pretraining_s(program: Dirs, key: PRNGKeyArray, shown: Example) -> float:
    @eqx.filter_jit
    def run(key: PRNGKeyArray) -> Any:
        learned = program.ensemble.init(key)
        steps, batch = program.pretraining_steps, program.batch_size
        return program.ensemble.pretrained(key, learned, shown, steps, batch)[0]

    return _seconds(run, key)


def _forward(env: JointOffloadingEnv, name: str) -> Callable[[PRNGKeyArray], Array]:
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

    return run


def _seconds(run: Callable[[PRNGKeyArray], Any], key: PRNGKeyArray, repeats: int = 5) -> float:
    """The least of a few timings, after one that compiles: what others do at the same time on
    the machine only adds."""
    jax.block_until_ready(run(key))
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        jax.block_until_ready(run(key))
        spent.append(time.perf_counter() - begun)
    return min(spent)


SEEDS = 5
IMITATION = Experiment("imitation", imitation, SEEDS)
SEARCH = Experiment("searches", searches, SEEDS)
CLOCKS = Experiment("clocks", clocks, SEEDS)
