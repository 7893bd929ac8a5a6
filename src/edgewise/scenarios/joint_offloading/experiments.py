"""What the tables and figures need that is not a training run: imitation alone (Table II), the
searches alone (Fig. 7), and clocks (Table III)."""

import dataclasses
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
from edgewise.scenarios.joint_offloading.dirs import Dirs
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.methods import DIRS, METHODS, TRAINING_SLOTS
from edgewise.scenarios.joint_offloading.params import JointOffloadingParameters
from edgewise.scenarios.joint_offloading.placing import objective_of, random_placement
from edgewise.scenarios.joint_offloading.schedulers import Optimum
from edgewise.study.sweep import Experiment
from edgewise.training.program import AbstractProgram

SIZES = (64, 128, 256, 512)
PENALTIES = (DIRS["l2"], 0.0)
TEST_EXAMPLES = 512
BATCH = 256

SEARCHES = ("proposed", "classic", "classic, annealed")
SEARCH_DEVICES = (30, 100)
SEARCH_EXPONENT = 1.5
SEARCH_SLOTS = 32

CLOCKED = ("one agent", "all agents", "actor-critic", "ddpg")
TRAINED = ("dirs", "actor-critic", "ddpg")
PASSES, SLOTS, REPEATS = 2000, 200, 5


def _env(**values: Any) -> JointOffloadingEnv:
    return JointOffloadingEnv.from_parameters(JointOffloadingParameters(**values))


def _program(env: JointOffloadingEnv, scheme: str, quick: bool) -> Any:
    method = next(method for method in METHODS if method.name == scheme)
    assert method.program is not None
    settings = dict(method.settings)
    if quick and scheme == "dirs":
        settings["demonstration_evaluations"] = 30
    return method.program(env, env, episode_slots=0, **settings)


def imitation(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Accuracy after pre-training, `[seeds, sizes, penalties]`: on the demonstrations themselves
    (`train`) and on `TEST_EXAMPLES` others of the same layout (`test`). Smaller sets are parts of
    the larger ones, and all start from the same networks."""
    env = _env()
    found = [_imitation_of_one(env, seed, quick) for seed in seeds]
    return {"train": np.array(found)[..., 0], "test": np.array(found)[..., 1]}


def _imitation_of_one(env: JointOffloadingEnv, seed: int, quick: bool) -> list:
    keys = seed_keys(seed)
    program = _program(env, "dirs", quick)
    state, count = _layout(env, keys.layout), SIZES[-1] + TEST_EXAMPLES
    examples = _demonstrated(program, keys.plan, state, count)
    test = jax.tree.map(lambda leaf: leaf[SIZES[-1] :], examples)
    ensembles = [dataclasses.replace(program.ensemble, l2=l2) for l2 in PENALTIES]
    return [
        [
            np.asarray(_accuracies(ensemble, keys.training, shown, test, program.pretraining_steps))
            for ensemble in ensembles
        ]
        for shown in (jax.tree.map(lambda leaf, n=n: leaf[:n], examples) for n in SIZES)
    ]


@eqx.filter_jit
def _layout(env: JointOffloadingEnv, key: PRNGKeyArray) -> State:
    return env.reset(key)


@eqx.filter_jit
def _demonstrated(program: Dirs, key: PRNGKeyArray, state: State, count: int) -> Example:
    return program.demonstrations(key, state, count)


@eqx.filter_jit
def _accuracies(
    ensemble: Ensemble, key: PRNGKeyArray, shown: Example, test: Example, steps: int
) -> Array:
    """After imitating `shown`: accuracy on it, and on `test`."""
    learned, _ = ensemble.pretrained(key, ensemble.init(key), shown, steps, BATCH)
    return jnp.stack(
        [
            accuracy(learned.network, batch_last(each.observation), ensemble.labels(each.placement))
            for each in (shown, test)
        ]
    )


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
    """Seconds on this machine, one after another in one process, compilation apart, `[seeds, ...]`:
    `slot_s`, a slot of training of each of `TRAINED`; `demonstrations_s` and `pretraining_s` of
    DIRS; `forward_s`, a forward pass of each network of `CLOCKED`."""
    env = _env()
    programs = [_program(env, name, quick) for name in TRAINED]
    tasks: dict[str, list[Callable]] = {
        "slot_s": [_slots(program) for program in programs],
        "demonstrations_s": [_demonstrating(programs[0])],
        "pretraining_s": [_pretraining(programs[0])],
        "forward_s": [_forward(env, name) for name in CLOCKED],
    }
    times = {"slot_s": SLOTS, "forward_s": PASSES}
    found: dict[str, list] = {name: [] for name in tasks}
    for seed in seeds:
        keys = seed_keys(seed)
        state = _layout(env, keys.layout)
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
    """The least of a few timings, after one that compiles: what others do at the same time on
    the machine only adds."""
    run = prepare(key, state)
    jax.block_until_ready(run())
    spent = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        jax.block_until_ready(run())
        spent.append(time.perf_counter() - begun)
    return min(spent)


SEEDS = 5
IMITATION = Experiment("imitation", imitation, SEEDS)
SEARCH = Experiment("searches", searches, SEEDS)
CLOCKS = Experiment("clocks", clocks, SEEDS)
