"""Negative controls: a learner without what it learns by."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, PRNGKeyArray
from tiny import SCENARIO

from edgewise.core.controls import swapped, unseeing
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.runs.execute import Rig
from edgewise.runs.scenario import Scenario
from edgewise.runs.scheme import Scheme
from edgewise.runs.spec import describe
from edgewise.scenarios.server_load_balance.env import Decision
from edgewise.training.program import AbstractProgram, Watch, mean_reward

USERS = 3


class Comparing(AbstractScheduler):
    """Everybody on server 1 whose features come to more than those of the user after it."""

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        total = jnp.sum(env.observe(state), axis=1)
        return Decision(server=(total > jnp.roll(total, -1)).astype(int)), memory


class Watching(AbstractProgram):
    """Adds up what its agents see."""

    env: AbstractEnv
    score_env: AbstractEnv
    episode_slots: int = eqx.field(static=True, default=0)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    def init(self, key: PRNGKeyArray, state: Any) -> Any:
        return state

    def slot(self, key: PRNGKeyArray, carry: Any, t: Array, progress: Array) -> Any:
        decision, _ = Comparing().decide(self.env, key, carry, None)
        outcome = self.score_env.evaluate(carry, decision)
        log = self.watch(self.score_env, carry, decision, outcome)
        seen = jnp.sum(jnp.abs(self.env.observe(carry)))
        return self.env.advance(key, carry, outcome), {**log, "seen": seen}

    def scheduler(self, carry: Any) -> AbstractScheduler:
        return Comparing()


WATCHED = Scenario(
    **{
        **{name: getattr(SCENARIO, name) for name in SCENARIO.__dataclass_fields__},
        "schemes": (Scheme("see", "Sees", "local", "made up", program=Watching, slots=5),),
        "series": lambda env, seen: {"server": seen.decision.server},
    }
)


def executed(name: str, folder: Path) -> Any:
    (finished,) = Rig(WATCHED, describe(WATCHED, name, {"num_users": USERS})).execute((7,), folder)
    return finished.result


def test_the_views_change_what_is_seen_and_nothing_else():
    env = SCENARIO.env(num_users=USERS)
    state = env.reset(jax.random.key(0))
    rows = np.asarray(env.observe(state))
    assert np.ptp(rows, axis=0).any()
    np.testing.assert_array_equal(unseeing(env).observe(state), np.zeros_like(rows))
    np.testing.assert_array_equal(swapped(env).observe(state), rows[[2, 0, 1]])
    decision = Decision(server=jnp.array([1, 0, 2]))
    for view in (unseeing(env), swapped(env)):
        outcome, plain = view.evaluate(state, decision), env.evaluate(state, decision)
        np.testing.assert_array_equal(outcome.utility, plain.utility)
        assert jax.tree.structure(view) == jax.tree.structure(type(view)(**vars(env)))


def test_a_view_compiles_once_for_all_parameters():
    one, other = (unseeing(SCENARIO.env(num_users=USERS, delay_weight=x)) for x in (1.0, 2.0))
    assert type(one) is type(other)
    assert jax.tree.structure(one) == jax.tree.structure(other)


def test_untrained_is_before_the_first_slot(tmp_path):
    assert describe(WATCHED, "see~untrained", {}, slots=100).slots == 0
    assert executed("see~untrained", tmp_path).log("seen").shape == (0,)


def test_blind_learns_and_decides_on_nothing(tmp_path):
    plain, blind = executed("see", tmp_path / "a"), executed("see~blind", tmp_path / "b")
    assert (plain.log("seen") > 0).all()
    assert (blind.log("seen") == 0).all()
    assert np.ptp(plain.evaluation("server")) == 1
    assert (blind.evaluation("server") == 0).all()  # 0 > 0 is nowhere true


def test_shuffled_learns_as_ever_and_decides_on_its_neighbours_row(tmp_path):
    plain, other = executed("see", tmp_path / "a"), executed("see~shuffled", tmp_path / "b")
    np.testing.assert_array_equal(plain.log("seen"), other.log("seen"))
    assert plain.evaluation("server")[0].any()
    first = np.roll(plain.evaluation("server")[0], 1)
    np.testing.assert_array_equal(other.evaluation("server")[0], first)


def test_controls_are_named_and_described_apart():
    specs = [describe(WATCHED, name, {}) for name in ("see", "see~blind", "see~shuffled")]
    assert len({spec.digest for spec in specs}) == 3
    assert WATCHED.scheme("see~blind").title == "Sees, blind"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("learn~blnd", "did you mean 'blind'"),
        ("idle~blind", "only what learns has controls"),
        ("lern~blind", "did you mean 'learn'"),
    ],
)
def test_what_has_no_control_is_told(name, told):
    with pytest.raises(UserError, match=told):
        SCENARIO.scheme(name)
