"""The search for settings: what it asks, what it is told, and that being cut changes nothing."""

import csv
import dataclasses
from pathlib import Path

import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.search import Choice, Range
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.settings import searched, space_of, takes_settings_of
from edgewise.study.tuning import TOGETHER, Trial, Tuning

TUNING = Tuning(SCENARIO, "learn", {"num_users": 2}, slots=10)
TRIALS = 20


def _score(trial: Trial) -> float:
    """Best at a stride of 3."""
    return -abs(float(trial.settings.get("stride", 1.0)) - 3.0)


def _searched(cut_after: int | None = None) -> list[Trial]:
    """A whole search; its process may have ended after some trials and begun anew."""
    finished: list[Trial] = []
    while asked := TUNING.next(finished, TRIALS):
        finished += [Trial(each.settings, (_score(each),) * 3) for each in asked]
        if len(finished) == cut_after:
            finished = [Trial(dict(each.settings), each.scores) for each in finished]
    return finished


def test_the_first_trial_is_the_scheme_as_it_is_and_the_search_finds_better() -> None:
    finished = _searched()
    assert len(finished) == TRIALS
    assert finished[0].settings == {}
    assert TUNING.spec(finished[0]).settings == {"stride": 1.0}
    assert TUNING.best(finished).score > -0.5 > finished[0].score
    assert all(0.1 <= each.settings["stride"] <= 10.0 for each in finished[1:])


def test_a_search_that_was_cut_goes_on_as_if_it_had_not_been() -> None:
    assert _searched() == _searched(cut_after=2 * TOGETHER)


def test_where_lower_is_better_the_lowest_is_best() -> None:
    delay = dataclasses.replace(SCENARIO, score="delay_s")
    trials = [Trial({}, (1.0, 1.0, 1.0)), Trial({"stride": 2.0}, (0.0, 0.0, 3.5))]
    assert dataclasses.replace(TUNING, scenario=delay).best(trials) is trials[0]
    assert TUNING.best(trials) is trials[1]


def test_all_trials_are_recorded(tmp_path: Path) -> None:
    finished = [Trial({}, (1.0, 2.0, 3.0)), Trial({"stride": 0.5}, (2.0, 2.0, 2.0))]
    TUNING.write(tmp_path / "learn.csv", finished)
    with (tmp_path / "learn.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["mean"] for row in rows] == ["2.0", "2.0"]
    assert rows[1]["stride"] == "0.5"
    assert rows[0]["seed_2"] == "3.0"
    assert [row["best"] for row in rows] == ["True", "False"]


def test_what_does_not_learn_is_refused() -> None:
    with pytest.raises(UserError, match="idle has no settings to search"):
        Tuning(SCENARIO, "idle", {})


@pytest.mark.parametrize("name", scenarios.names())
def test_every_learner_declares_where_it_is_searched(name: str) -> None:
    """A space for every scheme that learns, and every point of it is a valid setting."""
    for scheme in scenarios.get(name).schemes:
        if scheme.learns:
            assert scheme.space, scheme.name
            tuning = Tuning(scenarios.get(name), scheme.name, {})
            for trial in tuning.next([Trial({}, (0.0, 0.0, 0.0))], 3):
                scheme.complete_settings(trial.settings)


def test_a_function_hands_on_the_space_of_what_it_builds() -> None:
    @searched(width=Choice((8, 16)), rate=Range(0.0, 1.0))
    def inner(*, width: int = 8, rate: float = 0.5) -> None:
        """Built."""

    @searched(clusters=Choice((1, 2)))
    @takes_settings_of(inner, but=("rate",))
    def outer(*, clusters: int = 1, **settings: int) -> None:
        """Builds."""

    assert space_of(outer) == {"width": Choice((8, 16)), "clusters": Choice((1, 2))}


def test_exploration_may_end_early_in_a_search() -> None:
    """A search that could not find 5% of the run found DQN slower than it is."""
    for learner, name in ((Dqn, "exploration_share"), (Maddpg, "noise_share")):
        share = learner.SPACE[name]
        assert share.low <= 0.05 < share.high == 1.0
        assert share.log
