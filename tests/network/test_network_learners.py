"""The five papers' learners on a network: each finds the option that is known to be best, decides
what its device can carry out, and is refused where it would not fit."""

import dataclasses
import itertools
import re

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.rollout import rollout
from edgewise.core.seeding import seed_keys
from edgewise.learners.ensemble import Ensemble
from edgewise.runs.execute import _layouts, program_of
from edgewise.runs.spec import describe
from edgewise.scenarios.network.observe import NUMBERS, OWN
from edgewise.scenarios.network.schemes.balanced import Balanced
from edgewise.scenarios.network.schemes.dirs import refined
from edgewise.scenarios.network.schemes.federated import neighbourhoods
from edgewise.scenarios.network.schemes.il_maq import state_of
from edgewise.scenarios.network.schemes.learned import LEARNED
from edgewise.scenarios.network.schemes.linear import OptionBasis, StateBasis
from edgewise.scenarios.network.schemes.rows import lateness, of_options
from edgewise.training.run import train

SCENARIO = scenarios.get("network")
DEVICES = 2
LADDER = {
    "slot_s": 100.0,
    "candidate_sites": 1,
    "candidate_servers": 3,
    "site": [{"name": "A", "x_m": 0.0, "y_m": 0.0}],
    "radio": [
        {
            "name": "lte",
            "access": "shared",
            "channel_bandwidth_hz": 20e6,
            "max_power_w": 0.2,
            "pathloss_intercept_db": 128.1,
            "pathloss_slope_db": 37.6,
            "fading": "none",
        }
    ],
    "application": [
        {
            "name": "video",
            "share": 1.0,
            "arrival_probability": 0.8,
            "bits": 1e5,
            "cycles_per_bit": [800.0, 1200.0],
            "deadline_s": 0.5,
        }
    ],
    "devices": {
        "count": DEVICES,
        "radius_m": 100.0,
        "cpu_hz": 0.5e9,
        "switched_capacitance": 1e-27,
    },
}
"""One site, three servers, two devices that choose a server or none. Local takes about
0.2 s; nothing stays queued until the next slot."""
SLOW_HZ, FAST_HZ = 1e8, 1e11
"""A task takes a second, twice its deadline; or a millisecond."""
BEST = {0: [SLOW_HZ] * 3, 2: [SLOW_HZ, FAST_HZ, SLOW_HZ]}
"""By the best option (local, or the second server): the servers' clocks."""
ONLINE_SLOTS, REPLAY_SLOTS = 2000, 300
SMALL = {
    "num_envs": 4,
    "capacity": 400,
    "batch_size": 32,
    "hidden": [16],
    "update_every": 1,
    "warmup_slots": 8,
    "actor_wait": 20,
    "round_slots": 50,
    "rate": 0.01,
    "actor_rate": 0.01,
    "critic_rate": 0.01,
    "target_rate": 0.05,
    "demonstrations": 32,
    "demonstration_evaluations": 50,
    "online_evaluations": 20,
    "pretraining_steps": 100,
}
"""For networks that learn in a few seconds what a few options are worth."""


def ladder(clocks_hz):
    servers = [{"name": f"server {m}", "site": "A", "cpu_hz": hz} for m, hz in enumerate(clocks_hz)]
    return {**LADDER, "server": servers}


def trained(scheme, parameters, folder):
    """The network, and 50 slots of what was learned on it."""
    small = {name: value for name, value in SMALL.items() if scheme.takes(name)}
    slots = ONLINE_SLOTS if scheme.seeds_together else REPLAY_SLOTS
    spec = describe(SCENARIO, scheme.name, parameters, small, slots)
    env = SCENARIO.env(**spec.parameters)
    keys = jax.tree.map(lambda leaf: leaf[None], seed_keys(0))
    states = _layouts(env, keys.layout)
    program = program_of(SCENARIO, spec, env)
    with jax.numpy_rank_promotion("allow"):  # The replay buffer's own arithmetic.
        carry = train(program, keys.training, states, slots, folder).carry
    carry, state = jax.tree.map(lambda leaf: leaf[0], (carry, states))
    return env, lived(env, program.scheduler(carry), keys.evaluation[0], state)


@eqx.filter_jit
def lived(env, scheduler, key, state):
    return rollout(env, scheduler, key, state, 50)


@pytest.mark.parametrize("best", BEST)
@pytest.mark.parametrize("scheme", LEARNED, ids=lambda scheme: scheme.name)
def test_every_learner_ends_at_the_option_that_is_known_to_be_best(scheme, best, tmp_path):
    env, seen = trained(scheme, ladder(BEST[best]), tmp_path)
    has_task = np.asarray(seen.state.task_bits > 0)
    offered = np.where(has_task, seen.decision.server * (seen.decision.offload_ratio > 0.5), best)
    assert has_task.sum() > 50
    assert np.mean(offered == best) > 0.95
    assert np.all(seen.decision.power_w <= 0.2)
    assert np.all((seen.decision.server >= 0) & (seen.decision.server <= 3))
    assert np.all(seen.outcome.deadline_met[has_task]) or env.continuous


@pytest.mark.parametrize("best", BEST)
def test_the_best_option_is_known(best):
    """Of all joint decisions of the two devices, in a slot where both have a task."""
    env = scenarios.make("network", **ladder(BEST[best]))
    state = with_tasks(env)
    joint = list(itertools.product(range(env.option_list.count), repeat=DEVICES))
    cost = [float(jnp.sum(evaluated(env, state, option).cost)) for option in joint]
    assert joint[int(np.argmin(cost))] == (best, best)


@eqx.filter_jit
def started(env):
    return env.reset(jax.random.key(3))


@eqx.filter_jit
def _evaluated(env, state, option):
    return env.evaluate(state, env.decode(state, option))


def evaluated(env, state, option):
    """The outcome of these options, in the order of devices."""
    return _evaluated(env, state, jnp.asarray(option))


@eqx.filter_jit
def observed(env, state):
    return env.observe(state)


def with_tasks(env, bits=(1e5, 1e5)):
    """A slot in which device n has so many bits to send, a thousand cycles each."""
    state = started(env)
    bits = jnp.asarray(bits)
    return dataclasses.replace(state, task_bits=bits, task_cycles=1000.0 * bits)


def test_lateness_is_what_a_lone_device_lives():
    """t/(t + deadline), with a queue at the servers, and where nobody else has a task."""
    env = scenarios.make("network", **ladder([1e9, 2e9, 4e9]))
    backlog = jnp.array([3e7, 0.0, 1e9])
    state = dataclasses.replace(with_tasks(env, (1e5, 0.0)), backlog_cycles=backlog)
    promised = lateness(of_options(observed(env, state)[0]))
    for option in range(env.option_list.count):
        outcome = evaluated(env, state, (option, 0))
        delay_s = float(outcome.delay_s[0])
        assert float(promised[option]) == pytest.approx(delay_s / (delay_s + 0.5), rel=1e-4)


def row_of(options=3, task=1.0, cycles=0.5, **numbers):
    """A row of `observe` with these numbers; local first."""
    own = [{"task": task, "cycles": cycles}.get(name, 0.0) for name in OWN]
    usable = {"usable": [1.0] * options, "local": [1.0] + [0.0] * (options - 1)}
    known = {**usable, **numbers}
    columns = [known.get(name, [0.0] * options) for name in NUMBERS]
    return jnp.asarray([*own, *np.transpose(columns).ravel()])


def test_the_four_bits_of_a_table_by_hand():
    assert int(state_of(row_of(task=0.0, cycles=0.0))) == 0b0000
    assert int(state_of(row_of(cycles=-0.2))) == 0b1000
    assert int(state_of(row_of())) == 0b1100
    assert int(state_of(row_of(crowd=[0.0, 0.0, 0.3]))) == 0b1110
    assert int(state_of(row_of(queue=[0.0, 0.3, 0.1]))) == 0b1100
    assert int(state_of(row_of(queue=[0.0, 0.3, 0.4]))) == 0b1101
    gone = {"usable": [1.0, 0.0, 1.0], "crowd": [0.0, 0.3, 0.0], "queue": [0.0, 0.0, 0.4]}
    assert int(state_of(row_of(**gone))) == 0b1101


def test_digits_of_a_state_by_hand():
    """A heavy task; local at 0.4 of t/(t + deadline): in time, but hardly. The better of the
    others: 1/4 + 1/4 + 1/4 of the deadline, the quieter link has one other sender."""
    row = row_of(
        computation=[0.4, 0.2, 0.2],
        transmission=[0.0, 0.2, 0.2],
        queue=[0.0, 0.2, 0.9],
        crowd=[0.0, 0.366, 0.231],
    )
    assert StateBasis(3).digits(row).tolist() == [2, 1, 1, 1]
    assert StateBasis(3).digits(row_of(task=0.0)).tolist() == [0, 0, 0, 0]
    # 3/7 for the second option; the third is over nine deadlines late.
    late = OptionBasis(3).digits(row)[1:4]
    assert late.tolist() == [5, 5, 7]


@pytest.mark.parametrize("basis", [StateBasis(4), OptionBasis(4)])
def test_active_functions_are_told_apart(basis):
    """Every function belongs to one value of one digit, and every value has one."""
    seen = {}
    for lowest in itertools.product(*(range(min(level, 3)) for level in basis.levels[:4])):
        digits = jnp.asarray([*lowest, *(0 for _ in basis.levels[4:])])
        active = np.asarray(basis.active(digits))
        assert active.shape[0] == 4
        assert basis.height * active.shape[1] <= 1.0
        assert np.all((active >= 0) & (active < basis.size))
        assert all(len(set(row)) == len(row) for row in active.tolist())
        seen[lowest] = active
    first, other = seen[(0, 0, 0, 0)], seen[(1, 0, 0, 0)]
    assert np.all(np.any(first != other, axis=1))
    assert np.sum(first[1] != other[1]) == 1


def test_what_an_option_promises_is_worth_the_same_by_any_number():
    """Two options that promise the same have the same functions; the weights do not grow."""
    basis = OptionBasis(3)
    same = row_of(transmission=[0.0, 0.4, 0.4], power=[0.0, 0.5, 0.5])
    active = np.asarray(basis.active(basis.digits(same)))
    assert active[1].tolist() == active[2].tolist() != active[0].tolist()
    assert OptionBasis(500).size == basis.size


def test_the_load_term_by_hand():
    env = scenarios.make("network", **{**ladder([1e9, 1e9, 1e9]), "slot_s": 0.1})
    state = with_tasks(env)
    plain = evaluated(env, state, (1, 2))
    balanced = evaluated(Balanced(env, jnp.asarray(2.0)), state, (1, 2))
    # Two servers with 0.1 s, a slot, of work and one with none: the variance is 2/9.
    np.testing.assert_allclose(balanced.reward, plain.reward - 2.0 * 2.0 / 9.0, rtol=1e-5)
    np.testing.assert_array_equal(balanced.cost, plain.cost)


def test_neighbouring_sites_learn_together():
    sites = [{"name": str(i), "x_m": x, "y_m": 0.0} for i, x in enumerate((900.0, 0.0, 600.0, 300))]
    servers = [{"name": "m", "site": "0", "cpu_hz": 1e9}]
    parameters = {**LADDER, "site": sites, "server": servers, "devices.count": 20}
    env = scenarios.make("network", **parameters, backhaul={"rate_bps": 1e9, "delay_s": 0.0})
    state = started(env)
    cluster = np.asarray(neighbourhoods(env, state, 2))
    at_x_m = np.array([900.0, 0.0, 600.0, 300.0])[np.asarray(state.candidate[:, 0])]
    assert cluster.tolist() == (at_x_m > 450.0).astype(int).tolist()
    assert set(cluster.tolist()) == {0, 1}


def test_an_expert_of_a_task_is_shown_its_place():
    ensemble = Ensemble(2, 1, 3, at="task")
    label = ensemble.labels(jnp.array([[2, 0]]))
    assert label[:, :, 0].tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


def test_the_search_shows_nothing_worse_and_local_to_who_has_no_task():
    env = scenarios.make("network", **ladder(BEST[2]))
    state = with_tasks(env, (1e5, 0.0))
    find = jax.jit(lambda key, start: refined(env, key, state, start, 60, 1.0))
    for seed in range(5):
        found = find(jax.random.key(seed), jnp.array([3, 3]))
        assert int(found[1]) == 0
        assert int(found[0]) in (0, 2)  # Not at a slow server any more.


def test_every_scheme_says_how_it_was_adapted():
    names = {scheme.name for scheme in LEARNED}
    assert names >= {"il-maq", "dtomalb", "dtoma", "idql-tolb", "dqn-tolb", "oql-dist", "dirs"}
    assert names >= {"ma-drl", "f-drl", "f-drl-clustered", "il-drl"}
    assert all(scheme.note for scheme in LEARNED)
    assert all(scheme.space for scheme in LEARNED)


BOUNDED = [scheme for scheme in LEARNED if scheme.name != "oql-cent"]


@pytest.mark.parametrize("scheme", BOUNDED, ids=lambda scheme: scheme.name)
def test_a_size_that_does_not_fit_is_refused_with_one_that_does(scheme):
    parameters = {**scheme.run_with, "devices.count": 1_000_000}
    reason = scheme.too_large(scenarios.make("network", **parameters))
    fits = int(re.search(r"up to (\d+) devices fit", reason).group(1))
    assert scheme.too_large(sized(scheme, fits)) is None
    assert scheme.too_large(sized(scheme, fits + 1)) is not None
    with pytest.raises(UserError, match=f"{scheme.name}: .*devices fit, or use"):
        describe(SCENARIO, scheme.name, parameters)


def sized(scheme, devices):
    return scenarios.make("network", **scheme.run_with, **{"devices.count": devices})
