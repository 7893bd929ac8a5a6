"""The Lévy search against a plain Python account of (19)-(28) on the same random numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from edgewise.baselines import levy
from edgewise.baselines.hill_climb import flips, hill_climb, one_task
from edgewise.baselines.levy import (
    classic_search,
    levy_search,
    levy_steps,
    mantegna_scale,
    preference,
)

TASKS, PLACES = 6, 3


def problem(seed):
    """A random objective over placements: own costs and a penalty on crowding."""
    cost = jax.random.uniform(jax.random.key(seed), (TASKS, PLACES))

    def objective(placement):
        own = jnp.take_along_axis(cost, placement[:, None], axis=1)
        return jnp.sum(own) + 0.1 * jnp.sum(jnp.bincount(placement, length=PLACES) ** 2)

    return np.asarray(cost), objective


KEY, EVALUATIONS, EXPONENT = jax.random.key(3), 60, 1.5


@pytest.fixture(scope="module")
def flights():
    """The random numbers that a search of one block uses, as NumPy arrays."""
    weight = 1.0 - jnp.arange(EVALUATIONS) / EVALUATIONS
    draw = jax.jit(lambda key: levy._draw(key, weight, TASKS, PLACES, EXPONENT))
    return jax.tree.map(np.asarray, draw(jax.random.fold_in(KEY, 0)))


def plain_search(cost, flights, start, mutated):
    """Greedy selection (28) over the candidates that `mutated` proposes, one by one."""

    def objective(placement):
        crowd = np.bincount(placement, minlength=PLACES)
        return cost[np.arange(TASKS), placement].sum() + 0.1 * (crowd**2).sum()

    best, value, trace = start, objective(start), []
    for t in range(len(flights.weight)):
        candidate = np.array([mutated(flights, t, i, best[i]) for i in range(TASKS)])
        if objective(candidate) < value:
            best, value = candidate, objective(candidate)
        trace.append(value)
    return best, np.array(trace)


@pytest.mark.parametrize(("exponent", "scale"), [(1.0, 1.0), (1.5, 0.6966), (1.9, 0.3338)])
def test_mantegna_scale(exponent, scale):
    """1 for Cauchy; 0.6966 is usually printed for 1.5; 1.9 by hand: (1.8274 x 0.15643 /
    (0.88566 x 1.9 x 1.36604))^(1/1.9)."""
    assert mantegna_scale(exponent) == pytest.approx(scale, abs=5e-4)


@pytest.mark.parametrize("exponent", [1.0, 1.5])
def test_steps_have_the_tail_of_their_exponent(exponent):
    """P(|s| > x) ~ x^-b: from x = 10 to 40 it falls by 4^b."""
    u, v = jax.random.normal(jax.random.key(0), (2, 500_000))
    size = np.abs(np.asarray(levy_steps(u, v, exponent)))
    fall = (size > 10.0).mean() / (size > 40.0).mean()
    assert fall == pytest.approx(4.0**exponent, rel=0.1)


@pytest.mark.parametrize("by_present", [False, True])
def test_proposed_search_follows_the_equations(by_present, flights):
    """In both readings of (25): a task goes where h is high, or it leaves where h is low."""
    cost, objective = problem(1)
    gain = jax.random.uniform(jax.random.key(5), (TASKS, PLACES - 1))
    scaled = np.asarray((gain - gain.min(0)[None]) / (gain.max(0) - gain.min(0))[None])

    def mutated(flights, t, i, current):
        k, weight = flights.place[t, i], flights.weight[t]
        mutant = current
        step = abs(weight * flights.mutation_step[t, i])
        goes = k == 0 or scaled[i, k - 1] > step
        leaves = current == 0 or scaled[i, current - 1] < step
        if leaves if by_present else goes:
            mutant = k
        return mutant if abs(weight * flights.crossover_step[t, i]) > 0.5 else current

    start = jnp.array([0, 1, 2, 0, 1, 2])
    found = jax.jit(
        lambda key: levy_search(
            *(key, start, objective, preference(gain), EVALUATIONS, EXPONENT),
            by_present=by_present,
        )
    )(KEY)
    best, trace = plain_search(cost, flights, np.asarray(start), mutated)
    assert found.placement.tolist() == best.tolist()
    np.testing.assert_allclose(found.trace, trace, rtol=1e-6)
    assert trace[-1] < trace[0]


@pytest.mark.parametrize("annealed", [False, True])
def test_classic_search_follows_its_equation(annealed, flights):
    cost, objective = problem(2)

    def mutated(flights, t, i, current):
        scale = flights.weight[t] if annealed else 1.0
        step = np.clip(scale * flights.mutation_step[t, i], -9, 9)
        return int(np.clip(current + np.round(step), 0, PLACES - 1))

    start = jnp.array([2, 2, 2, 0, 0, 0])
    found = jax.jit(
        lambda key: classic_search(key, start, objective, PLACES, EVALUATIONS, EXPONENT, annealed)
    )(KEY)
    best, trace = plain_search(cost, flights, np.asarray(start), mutated)
    assert found.placement.tolist() == best.tolist()
    np.testing.assert_allclose(found.trace, trace, rtol=1e-6)


def moved(name, lots, placement):
    """One proposal, task by task: who moves by the first lot, to the place the second says."""
    first, second = lots
    who = {
        "flips": [lot < 0.3 for lot in first],
        "one task": [i == int(np.argmax(first)) for i in range(TASKS)],
    }[name]
    where = [int(lot * PLACES) for lot in second]
    return np.array([w if moves else p for moves, w, p in zip(who, where, placement, strict=True)])


@pytest.mark.parametrize(("name", "propose"), [("flips", flips(0.3)), ("one task", one_task)])
def test_a_hill_climb_keeps_what_is_better(name, propose):
    _, objective = problem(4)
    start = jnp.array([0, 0, 0, 2, 2, 2])
    found = jax.jit(lambda key: hill_climb(key, start, objective, propose, PLACES, EVALUATIONS))(
        KEY
    )
    lots = np.asarray(jax.random.uniform(KEY, (EVALUATIONS, 2, TASKS), dtype=float))
    best, trace = np.asarray(start), []
    for t in range(EVALUATIONS):
        candidate = moved(name, lots[t], best)
        if float(objective(jnp.asarray(candidate))) < float(objective(jnp.asarray(best))):
            best = candidate
        trace.append(float(objective(jnp.asarray(best))))
    assert found.placement.tolist() == best.tolist()
    np.testing.assert_allclose(found.trace, trace, rtol=1e-6)
    assert len(trace) == EVALUATIONS
    assert trace[-1] < trace[0]


def test_the_best_is_kept_and_the_budget_is_spent():
    """Also where the budget is no multiple of a block."""
    evaluations = 250
    _, objective = problem(1)
    start = jnp.zeros(TASKS, int)
    liked = jnp.full((TASKS, PLACES), jnp.inf)

    @jax.jit
    def search(keys):
        return jax.vmap(lambda key: levy_search(key, start, objective, liked, evaluations, 1.5))(
            keys
        )

    found = search(jax.random.split(jax.random.key(0), 20))
    assert found.trace.shape == (20, evaluations)
    traces = np.asarray(found.trace)
    assert np.all(np.diff(traces, axis=1) <= 0)
    assert np.all(traces <= float(objective(start)))
    np.testing.assert_array_equal(found.objective, traces[:, -1])
    np.testing.assert_allclose(jax.vmap(objective)(found.placement), found.objective, rtol=1e-6)


def test_no_budget_changes_nothing():
    _, objective = problem(0)
    start = jnp.array([1, 1, 0, 2, 0, 1])
    found = levy_search(jax.random.key(0), start, objective, jnp.ones((TASKS, PLACES)), 0, 1.5)
    assert found.placement.tolist() == start.tolist()


def test_equal_gains_give_no_preference():
    assert preference(jnp.ones((3, 1)))[:, 1].tolist() == [0.0, 0.0, 0.0]
