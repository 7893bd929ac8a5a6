"""Algorithm 1 of AlQerm and Pan 2020 to the letter: (35) counts the joint actions of all others.

E(x, b) is 1 where the joint action b is optimal for the joint state x, which, Q' being a sum over
agents, is where every agent's action is in its B''. Of the l drawn records, (35) counts those in
which all others acted optimally for the present state. With many agents there is hardly ever one:
E' is then zero for every action, and the agent's choice is uniform.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, PRNGKeyArray

from edgewise.learners.history import AbstractPast
from edgewise.learners.history_q import (
    AbstractHistoryQ,
    HistoryLearned,
    Observation,
    best_actions,
    draw_records,
    random_choice,
)


class JointPast(AbstractPast):
    """The joint state and action of each of the last slots; `slot` is -1 where there is none."""

    action: Int[Array, "window agents"]
    digits: Int[Array, "window agents digits"]
    slot: Int[Array, " window"]

    @classmethod
    def empty(cls, window: int, agents: int, digits: int) -> "JointPast":
        """Nothing recorded yet."""
        return cls(
            jnp.zeros((window, agents), int),
            jnp.zeros((window, agents, digits), int),
            jnp.full(window, -1),
        )

    def filed(
        self, digits: Int[Array, "agents digits"], action: Int[Array, " agents"], slot: Array
    ) -> "JointPast":
        """With one slot more, in place of the oldest."""
        place = slot % self.slot.shape[0]
        return JointPast(
            self.action.at[place].set(action),
            self.digits.at[place].set(digits),
            self.slot.at[place].set(slot),
        )

    def nearest(self, digits: Int[Array, "agents digits"], count: int) -> Bool[Array, " window"]:
        """The `count` slots whose joint state is nearest in Hamming distance, ties to the most
        recent."""
        distance = jnp.sum(self.digits != digits[None], axis=(1, 2))
        order = jnp.lexsort((-self.slot, distance, self.slot < 0))
        rank = jnp.argsort(order)
        return (rank < count) & (self.slot >= 0)


class JointHistoryQ(AbstractHistoryQ):
    """All agents look for joint states like the present one."""

    def no_past(self) -> JointPast:
        digits = len(self.q.basis.levels)
        return JointPast.empty(self.window_slots, self.q.num_agents, digits)

    def choose(
        self, key: PRNGKeyArray, learned: HistoryLearned, observation: Observation
    ) -> Int[Array, " agents"]:
        draw_key, tie_key = jax.random.split(key)
        best = best_actions(self.q.values(learned.own, observation))
        near = learned.past.nearest(self.digits(observation), self.records)
        drawn = draw_records(
            draw_key, jnp.broadcast_to(near, (best.shape[0], near.shape[0])), self.drawn
        )
        return choose_literally(tie_key, learned.past, drawn, best)


def choose_literally(
    key: PRNGKeyArray,
    past: JointPast,
    drawn: Bool[Array, "agents window"],
    best: Bool[Array, "agents actions"],
) -> Int[Array, " agents"]:
    """Lines 12-20 of Algorithm 1 for every agent j.

    If the drawn records agree on what the others did (i), and one of them is optimal for the
    present joint state (ii), j repeats its own part of the most recent such record. Otherwise it
    picks at random among the actions that maximise (35): those of B''_j where some drawn record
    has all others acting optimally, every action where none has.
    """
    agents = best.shape[0]
    good = best[jnp.arange(agents)[None, :], past.action]  # [window, agents]
    others_good = (jnp.sum(~good, axis=1)[:, None] - ~good == 0).T & drawn
    agree = _others_agree(past.action, drawn)
    optimal = others_good & good.T
    latest = jnp.argmax(jnp.where(optimal, past.slot[None, :], -1), axis=1)
    repeated = past.action[latest, jnp.arange(agents)]
    counted = jnp.any(others_good, axis=1)
    otherwise = random_choice(key, jnp.where(counted[:, None], best, True))
    return jnp.where(agree & jnp.any(optimal, axis=1), repeated, otherwise)


def _others_agree(
    action: Int[Array, "window agents"], drawn: Bool[Array, "agents window"]
) -> Bool[Array, " agents"]:
    """(i): whether the records that an agent drew all hold the same actions of the others."""
    first = jnp.argmax(drawn, axis=1)
    differ = action[:, None, :] != action[None, :, :]
    others = jnp.sum(differ, axis=2)[:, :, None] - differ  # [window, window, agents]
    same = (others[first, :, jnp.arange(action.shape[1])] == 0) | ~drawn
    return jnp.all(same, axis=1)
