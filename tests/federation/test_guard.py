"""Flower's strategies behind the guard, with messages of Flower's and without its processes."""

import re
from unittest.mock import create_autospec

import numpy as np
import pytest

pytest.importorskip("flwr", reason="needs Flower: pip install -c constraints-federate.txt")

from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
from flwr.app.error import Error
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity

from edgewise.federation.flower.arrays import model_of, record_of
from edgewise.federation.flower.guard import guarded
from edgewise.federation.names import STRATEGIES
from edgewise.federation.together import mean

WEIGHTS = (1.0, 2.0, 1.0, 0.5, 3.0)
RNG = np.random.default_rng(0)


def _drawn():
    return [RNG.normal(size=shape).astype(np.float32) for shape in ((3, 4), (3,), (1, 3))]


FIRST, MODELS = _drawn(), [_drawn() for _ in WEIGHTS]


NODES = create_autospec(Grid, instance=True)
NODES.get_node_ids.return_value = [100 + site for site in range(len(WEIGHTS))]


@pytest.fixture(autouse=True)
def _in_a_run(monkeypatch):
    """Messages are made in a task of a run."""
    for name in ("_run_id", "_task_id", "_node_id"):
        monkeypatch.setattr(TaskIdentity, name, 1)


def _asked(name="FedAvg"):
    """A strategy that has asked all sites for round 3, and what it asked, by site."""
    strategy = guarded(name, WEIGHTS)
    messages = strategy.configure_train(3, record_of(FIRST), ConfigRecord(), NODES)
    return strategy, {message.metadata.dst_node_id - 100: message for message in messages}


def _reply(asked, who, /, model=None, **facts):
    facts = {"num-examples": WEIGHTS[who], "site": who, "round": 3, **facts}
    arrays = record_of(MODELS[who] if model is None else model)
    content = RecordDict({"arrays": arrays, "metrics": MetricRecord(facts)})
    return Message(content, reply_to=asked[who])


def _same(record, model):
    return all(np.array_equal(a, b) for a, b in zip(model_of(record), model, strict=True))


def test_fedavg_is_the_mean_bit_for_bit_however_replies_arrive():
    expected = mean(MODELS, list(WEIGHTS))
    for order in ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]):
        strategy, asked = _asked()
        record, _ = strategy.aggregate_train(3, [_reply(asked, site) for site in order])
        assert _same(record, expected)
        assert strategy.rounds[0].counted == [0, 1, 2, 3, 4]


def _spoiled(place, array):
    model = [*MODELS[1]]
    model[place] = array
    return model


NAN, INF = MODELS[1][0].copy(), MODELS[1][2].copy()
NAN[1, 2], INF[0, 0] = np.nan, np.inf
BAD = {
    "NaN": ({"model": _spoiled(0, NAN)}, "not a finite number"),
    "infinite": ({"model": _spoiled(2, INF)}, "not a finite number"),
    "shape": ({"model": _spoiled(1, np.zeros(4, np.float32))}, r"float32\(4,\), not float32\(3,\)"),
    "turned": ({"model": _spoiled(0, MODELS[1][0].T.copy())}, r"float32\(4, 3\)"),
    "type": ({"model": _spoiled(1, np.zeros(3))}, "float64"),
    "fewer": ({"model": MODELS[1][:2]}, "other arrays"),
    "more": ({"model": [*MODELS[1], MODELS[1][0]]}, "other arrays"),
    "late": ({"round": 2}, "late: of round 2"),
    "weight": ({"num-examples": 1e9}, "a weight of"),
    "nobody": ({"site": 5}, "no site 5"),
    "another": ({"site": 0}, "a second reply of site 0"),
    "facts": ({"more": 1}, "not the metrics"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_reply_is_refused_and_spoils_nothing(bad):
    changes, reason = BAD[bad]
    strategy, asked = _asked()
    replies = [_reply(asked, 0), _reply(asked, 1, **changes), _reply(asked, 4)]
    record, _ = strategy.aggregate_train(3, replies)
    assert _same(record, mean([MODELS[0], MODELS[4]], [1.0, 3.0]))
    (happened,) = strategy.rounds
    assert happened.counted == [0, 4]
    (told,) = happened.refused.items()
    assert told[0] == "101"
    assert re.search(reason, told[1])


def test_an_error_and_a_reply_without_arrays_are_refused():
    strategy, asked = _asked()
    failed = Message(Error(code=0, reason="it broke"), reply_to=asked[0])
    empty = Message(RecordDict({"metrics": MetricRecord({"site": 1})}), reply_to=asked[1])
    record, _ = strategy.aggregate_train(3, [failed, empty, _reply(asked, 2)])
    assert _same(record, MODELS[2])
    refused = strategy.rounds[0].refused
    assert refused["100"] == "error: it broke"
    assert refused["101"].startswith("not one record")


def test_a_round_without_a_usable_reply_changes_nothing():
    strategy, asked = _asked()
    record, _ = strategy.aggregate_train(3, [_reply(asked, 1, round=1)])
    assert record is None
    assert strategy.aggregate_train(4, [])[0] is None


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_is_flowers_and_stays_finite(name):
    strategy, asked = _asked(name)
    base = type(strategy).__mro__[2]
    assert base.__module__.startswith("flwr.serverapp.strategy")
    assert base.__name__ == name
    spoiled = _reply(asked, 1, model=_spoiled(0, NAN))
    replies = [spoiled, *(_reply(asked, site) for site in (0, 2, 3, 4))]
    record, _ = strategy.aggregate_train(3, replies)
    assert isinstance(record, ArrayRecord)
    for array, first in zip(model_of(record), FIRST, strict=True):
        assert array.shape == first.shape
        assert np.isfinite(array).all()
