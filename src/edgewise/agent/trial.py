"""Whether an agent works on this device, and how fast."""

from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any

import numpy as np

from edgewise.agent.agent import Agent
from edgewise.agent.contract import Field

DECISIONS = 2000
WARM = 100
"""Decisions before the clock is looked at."""


@dataclass(frozen=True)
class Trial:
    """So many decisions, how many of them the policy made, and how long they took [s]: half of
    them at most `median_s`, 99 of 100 at most `most_s`."""

    decisions: int
    by_policy: int
    median_s: float
    most_s: float

    def __str__(self) -> str:
        return (
            f"{self.decisions} decisions, {self.by_policy} by the policy: median "
            f"{1e6 * self.median_s:.0f} us, 99 of 100 within {1e6 * self.most_s:.0f} us"
        )


def trial(agent: Agent, decisions: int = DECISIONS, seed: int = 0) -> Trial:
    """The agent's decisions on observations drawn from the ranges of its contract; its memory and
    counts are those of an agent that has made them."""
    random = np.random.default_rng(seed)
    asked = [drawn(random, agent.contract.observation) for _ in range(decisions)]
    for observation in asked[:WARM]:
        agent.decide(observation)
    taken_ns, by_policy = np.zeros(decisions), 0
    for i, observation in enumerate(asked):
        begun = perf_counter_ns()
        decision = agent.decide(observation)
        taken_ns[i] = perf_counter_ns() - begun
        by_policy += decision.by_policy
    median_s, most_s = 1e-9 * np.quantile(taken_ns, (0.5, 0.99))
    return Trial(decisions, by_policy, float(median_s), float(most_s))


def drawn(random: np.random.Generator, fields: tuple[Field, ...]) -> dict[str, Any]:
    """An observation, each entry uniform in its range."""
    return {field.name: _entries(random, field) for field in fields}


def _entries(random: np.random.Generator, field: Field) -> Any:
    if field.kind == "real":
        return random.uniform(field.low, field.high, field.shape)
    return random.integers(int(field.low), int(field.high) + 1, field.shape)
