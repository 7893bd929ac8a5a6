"""The federation in one process: who counts, who acts, and the compiled loop beside it."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from federation_small import parts_of, spec_of

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.federation.compiled import Pieces
from edgewise.federation.names import check_strategy
from edgewise.federation.parts import Parts
from edgewise.federation.together import Participation, federated, mean
from edgewise.runs.spec import describe


@pytest.fixture(scope="module", autouse=True)
def _ranks():
    # The replay buffer's library promotes ranks.
    with jax.numpy_rank_promotion("allow"):
        yield


@pytest.fixture(scope="module")
def pieces():
    """Of two cells, one round."""
    return Pieces(parts_of(2))


def _model(pieces, acted=(True, True), counted=(True, True)):
    parts = pieces.parts
    acted = np.broadcast_to(np.array(acted), (parts.spec.slots, 2))
    return federated(pieces, Participation(acted, np.array([counted])))


def _same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_rounds_model_is_that_of_those_who_count(pieces):
    """Whoever counts, in the only round all learn the same: so the parts make up the whole."""
    both, first = _model(pieces), _model(pieces, counted=(True, False))
    second = _model(pieces, counted=(False, True))
    assert _same(both, [(a + b) / 2 for a, b in zip(first, second, strict=True)])
    assert not _same(first, second)
    assert _same(_model(pieces, counted=(False, False)), pieces.first_model())


def test_who_is_silent_disturbs_nobody(pieces):
    """The first cell's rewards without the other are those of a world where it sends nothing."""
    states, seen = pieces.begin()
    action = pieces.act(0, 0, pieces.start(0)[0], seen[:, :1])
    silent = np.concatenate([action, np.zeros_like(action)], axis=1)
    env = pieces.parts.world.loop.env
    state = jax.tree.map(lambda leaf: leaf[0], states)
    decision = eqx.filter_jit(env.decode)(state, jnp.asarray(silent[0]))
    assert float(decision.power_w[1, 0]) == 0.0
    _, felt = pieces.slot(0, states, silent)
    expected = eqx.filter_jit(env.evaluate)(state, decision).reward
    np.testing.assert_allclose(felt.reward[0], expected, rtol=1e-6)
    alone = _model(pieces, acted=(True, False), counted=(True, False))
    assert not _same(alone, _model(pieces, counted=(True, False)))


def test_it_is_the_compiled_loop_but_for_rounding(pieces):
    """`training.federated` on the same seed: all slots, and the round's end."""
    parts = pieces.parts
    program, keys = parts.site.program, seed_keys(2000)
    carry = eqx.filter_jit(program.init)(keys.training, parts.state)
    step = eqx.filter_jit(program.slot)
    for t in range(parts.spec.slots):
        progress = jnp.asarray(t) / parts.spec.slots
        carry, _ = step(jax.random.fold_in(keys.training, t), carry, jnp.asarray(t), progress)
    expected = jax.tree.leaves(program.models(carry[0][1]))
    moved = 0.0
    for ours, theirs, first in zip(_model(pieces), expected, pieces.first_model(), strict=True):
        np.testing.assert_allclose(ours, theirs[0], rtol=0, atol=1e-6)
        moved = max(moved, np.abs(ours - first).max())
    assert moved > 1e-3


def test_the_mean_weighs():
    rng = np.random.default_rng(0)
    models = [[rng.normal(size=(2, 3))] for _ in range(3)]
    (found,) = mean(models, [1.0, 2.0, 5.0])
    expected = np.average([model[0] for model in models], axis=0, weights=[1, 2, 5])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_cannot_be_federated_is_refused():
    scenario = scenarios.get("small-cells")
    with pytest.raises(UserError, match="averages no models"):
        Parts.of(scenario, describe(scenario, "il-drl", {}), 2000)
    with pytest.raises(UserError, match="within clusters"):
        parts_of(2, clusters=2)
    with pytest.raises(UserError, match="no whole number of rounds"):
        Parts.of(scenario, dataclasses.replace(spec_of(2), slots=5), 2000)
    with pytest.raises(UserError, match="unknown strategy 'FedProx'"):
        check_strategy("FedProx")
    with pytest.raises(UserError, match="--strategy FedAvg, not FedAdam"):
        check_strategy("FedAdam", verify=True)
