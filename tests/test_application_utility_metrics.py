"""What is measured of application-utility against plain loops over a short trajectory; layouts by
hand; and what each scheme is made of."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_application_utility import by_hand, make

from edgewise.core.rollout import rollout
from edgewise.physics.fairness import envy_freeness_of_members
from edgewise.physics.sharing import compositions, whole_units
from edgewise.scenarios.application_utility import SCENARIO
from edgewise.scenarios.application_utility.env import State
from edgewise.scenarios.application_utility.experiments.living import program_of

APPS = ("gsd", "vr", "va")
EPOCHS = 4


@pytest.fixture(scope="module")
def seen():
    env = make(num_servers=3, num_devices=12, request_probability=0.8)
    start = env.reset(jax.random.key(3))
    scheduler = SCENARIO.scheme("random").planned(env, jax.random.key(0), start)
    return env, rollout(env, scheduler, jax.random.key(1), start, EPOCHS)


def measured(seen, name):
    env, trajectory = seen
    return float(SCENARIO.metric(name).measure(env, trajectory))


def arrays(seen):
    """λ, served, units, q, k, ω, c, d^max, d^n as plain arrays `[epochs, ...]`."""
    _, trajectory = seen
    state, out = trajectory.state, trajectory.outcome
    names = ("arrival_rps", "service_rate_rps", "load", "capacity_units")
    found = [np.asarray(getattr(state, name), float) for name in names]
    delays = [np.asarray(x, float) for x in (state.delay_limit_s, state.network_delay_s)]
    units = np.asarray(trajectory.decision.units, float)
    return (*found, *delays, units, np.asarray(out.served_rps, float), np.asarray(out.utility))


def test_utilities_and_shares(seen):
    arrival, _, _, capacity, limit, _, units, served, utility = arrays(seen)
    for a, app in enumerate(APPS):
        expected = np.mean([utility[t, a].sum() for t in range(EPOCHS)])
        assert measured(seen, f"utility_{app}") == pytest.approx(expected, rel=1e-5)
        assert measured(seen, f"delay_limit_{app}") == pytest.approx(limit[:, a].mean(), rel=1e-5)
    assert measured(seen, "network_utility") == pytest.approx(utility.sum() / EPOCHS, rel=1e-5)
    assert measured(seen, "served_share") == pytest.approx(served.sum() / arrival.sum(), rel=1e-5)
    given = [units[t, :, j].sum() / capacity[t, j] for t in range(EPOCHS) for j in range(3)]
    assert measured(seen, "allocated") == pytest.approx(np.mean(given), rel=1e-5)
    assert np.mean(given) == 1.0
    whole = [
        all(served[t, a, j] >= 0.9999 * arrival[t, a, j] for a in range(3))
        for t in range(EPOCHS)
        for j in range(3)
    ]
    assert measured(seen, "fully_served") == pytest.approx(np.mean(whole))


def test_utilisation_and_its_spread(seen):
    _, trajectory = seen
    _, _, _, capacity, _, _, _, served, _ = arrays(seen)
    rate = np.asarray(trajectory.outcome.rate_per_unit_rps, float)
    busy = np.zeros((EPOCHS, 3))
    for t, j, a in np.ndindex(EPOCHS, 3, 3):
        busy[t, j] += served[t, a, j] / rate[t, a, j] / capacity[t, j] if rate[t, a, j] > 0 else 0
    assert measured(seen, "utilisation") == pytest.approx(busy.mean(), rel=1e-4)
    assert measured(seen, "imbalance") == pytest.approx(np.std(busy.mean(axis=0)), rel=1e-3)


def test_delays(seen):
    """A request at the edge takes ω/(k - served/s) + d^n; of new ones a fifth goes to the cloud at
    once, and what is not served takes as long."""
    arrival, k, load, _, _, network, units, served, _ = arrays(seen)
    env, trajectory = seen
    new = arrival - np.asarray(trajectory.state.backlog_rps, float)
    direct = new * (1 - 0.8) / 0.8
    edge, cloud, taken, processed = np.zeros((4, 3))
    for t, a, j in np.ndindex(EPOCHS, 3, 3):
        rate = served[t, a, j] / units[t, a, j] if units[t, a, j] else 0.0
        processing = load[t, j] / (k[t, a, j] - rate)
        processed[a] += served[t, a, j] * processing
        taken[a] += served[t, a, j]
        edge[a] += served[t, a, j] * (processing + network[t, a, j])
        cloud[a] += (arrival[t, a, j] + direct[t, a, j] - served[t, a, j]) * 0.2
    requests = (arrival + direct).sum(axis=(0, 2))
    for a, app in enumerate(APPS):
        assert measured(seen, f"edge_delay_{app}") == pytest.approx(edge[a] / taken[a], rel=1e-3)
        whole = (edge[a] + cloud[a]) / requests[a]
        assert measured(seen, f"delay_{app}") == pytest.approx(whole, rel=1e-3)
    every = (edge + cloud).sum() / requests.sum()
    assert measured(seen, "delay") == pytest.approx(every, rel=1e-3)
    assert measured(seen, "processing_delay") == pytest.approx(
        processed.sum() / taken.sum(), rel=1e-3
    )
    assert float(env.cloud_delay_s) == pytest.approx(0.2)


def test_envy_among_devices(seen):
    """(36), every device against every other."""
    _, trajectory = seen
    layout = jax.tree.map(lambda x: np.asarray(x[0]), trajectory.state.layout)
    devices, near = layout.server.shape
    sent = np.zeros((3, 3))
    for i, n in np.ndindex(devices, near):
        sent[i % 3, layout.server[i, n]] += layout.share[i, n]
    found = []
    for t in range(EPOCHS):
        q = np.asarray(trajectory.outcome.rate_per_unit_rps[t], float)
        units = np.asarray(trajectory.decision.units[t], float)
        held = np.zeros((devices, 3))
        for i, n in np.ndindex(devices, near):
            j = layout.server[i, n]
            held[i, j] += units[i % 3, j] * layout.share[i, n] / sent[i % 3, j]
        found.append(envy(q, held))
    assert measured(seen, "envy_freeness_devices") == pytest.approx(np.mean(found), rel=1e-4)


def envy(q, held):
    devices = range(len(held))
    own = {i: q[i % 3] * held[i] for i in devices if (q[i % 3] * held[i]).sum() > 0}
    ratios = [
        (own[i].sum() / own[i].max()) / ((q[i % 3] * held[k]).sum() / own[k].max())
        for i in own
        for k in own
        if (q[i % 3] * held[k]).sum() > 0
    ]
    return min([1.0, *ratios]) if {i % 3 for i in own} == {0, 1, 2} else 0.0


@pytest.mark.parametrize(("shares", "free"), [((0, 0, 0), 0), ((3, 3, 0), 0), ((3, 0, 3), 1)])
def test_a_group_of_which_nobody_has_anything_envies_most(shares, free):
    """The first two are of one group, the third is a group of its own."""
    share, server = jnp.asarray(shares, float)[:, None], jnp.zeros((3, 1), int)
    found = envy_freeness_of_members(jnp.ones((2, 1)), share, server, jnp.asarray([0, 0, 1]))
    assert float(found) == free


def test_requests_are_shared_by_distance_and_load_is_over_nominal_capacity():
    env = make(num_servers=3, num_devices=6)
    state = env.reset(jax.random.key(5))
    arrival = np.asarray(state.arrival_rps, float)
    for j in range(3):
        expected = arrival[:, j].sum() / (int(state.capacity_units[j]) * 150.0)
        assert float(state.load[j]) == pytest.approx(expected, rel=1e-5)
    # Servers nearer are asked for more: weights 1/(1 + d/scale), and all of a device's sum to 1.
    share = np.asarray(state.layout.share)
    np.testing.assert_allclose(share.sum(axis=1), 1.0, rtol=1e-5)
    assert (np.diff(share, axis=1) <= 0).all()
    far = make(num_servers=3, num_devices=6, distance_scale_m=1e9).reset(jax.random.key(5))
    np.testing.assert_allclose(far.layout.share, 1 / 3, rtol=1e-4)
    weight = 1 / share[0] / (1 / share[0]).sum()
    assert (np.diff(weight) >= 0).all()


def test_eight_parts_are_whole_units():
    """Every division of 1 to 8 whole units is what some of the 45 actions gives."""
    parts = compositions(8, 3)
    assert len(parts) == 45
    for capacity in range(1, 9):
        each = jnp.full(len(parts), capacity)
        share = jnp.asarray(parts.T * (capacity / 8))
        units = np.asarray(whole_units(share, each, jnp.asarray([3.0, 2.0, 1.0])))
        found = {tuple(split) for split in units.T.tolist()}
        assert found == {tuple(split) for split in compositions(capacity, 3).tolist()}


SHAPES = {
    "oql-cent": (1, 75),
    "oql-dist": (5, 75),
    "oql-dist-no-history": (5, 75),
    "oql-dist-rewards": (5, 75),
    "oql-dist-team": (5, 75),
    "oql-na": (5, 9720),
    "oql-na-no-history": (5, 9720),
    "oql-na-one-table": (1, 9720),
}


@pytest.mark.parametrize("scheme", SHAPES)
def test_who_has_a_theta_of_their_own(scheme):
    program = program_of(make(num_servers=5), scheme)
    learned = jax.eval_shape(program.learner.init, jax.random.key(0))
    assert getattr(learned, "own", learned).weights.shape == SHAPES[scheme]


@pytest.mark.parametrize(("grid", "size"), [(4, 75), (6, 111), (8, 147)])
def test_functions_are_as_many_as_the_grid_asks_for(grid, size):
    env = make(num_servers=5, grid_levels=grid)
    program = program_of(env, "oql-dist")
    assert program.learner.q.basis.size == size
    assert env.action_space.n == (grid + 1) * (grid + 2) // 2


def decided(scheme, state, **parameters):
    env = make(num_servers=1, **parameters)
    scheduler = SCENARIO.scheme(scheme).planned(env, jax.random.key(0), state)
    return np.asarray(
        scheduler.decide(env, jax.random.key(0), state, scheduler.start(env))[0].units
    )


def crowded():
    """Everybody wants all of six units."""
    state = vars(by_hand(capacity_units=[6], delay_limit_s=[[0.041], [0.081], [0.1]]))
    return State(**{**state, "arrival_rps": jnp.full((3, 1), 900.0), "load": jnp.asarray([0.5])})


def test_tra_gives_less_to_whom_matters_less_and_sw_does_not():
    even = decided("tra", crowded(), priority=(1.0, 1.0, 1.0))
    steep = decided("tra", crowded(), priority=(9.0, 3.0, 1.0))
    assert steep[2, 0] < even[2, 0]
    assert steep[0, 0] > even[0, 0]
    assert decided("sw", crowded(), priority=(9.0, 3.0, 1.0))[:, 0].tolist() == [2, 2, 2]


def test_ecf_pays_back_what_it_owes_and_more_so_where_it_is_strict():
    env, state = make(num_servers=1), crowded()
    shares = {}
    for name in ("ecf", "ecf-strict"):
        scheduler = SCENARIO.scheme(name).planned(env, jax.random.key(0), state)
        memory = scheduler.start(env)
        _, memory = scheduler.decide(env, jax.random.key(0), state, memory)
        shares[name] = np.asarray(memory)[:, 0]
    # Of 900 requests, 30% and 90% are owed, less what was served.
    assert (shares["ecf-strict"] >= shares["ecf"]).all()
    owed = shares["ecf-strict"] - shares["ecf"]
    assert owed.max() == pytest.approx(0.6 * 900, rel=1e-5)


def test_random_play_takes_every_action_as_often():
    env = make(num_servers=150)
    state = jax.jit(lambda: env.reset(jax.random.key(0)))()
    scheduler = SCENARIO.scheme("random").planned(env, jax.random.key(0), state)
    keys = jax.random.split(jax.random.key(1), 20)
    decide = jax.jit(jax.vmap(lambda key: scheduler.decide(env, key, state, None)[0].units))
    units, capacity = np.asarray(decide(keys)), np.asarray(state.capacity_units)
    assert (units.sum(axis=1) == capacity).all()
    np.testing.assert_allclose((units / capacity).mean(axis=(0, 2)), 1 / 3, atol=0.04)
