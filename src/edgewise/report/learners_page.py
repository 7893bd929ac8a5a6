"""docs/learners.md: what the settings of the general learners mean, which values they have, where
they may be searched and where the values come from. Names, values and ranges are the code's; what
is written here is what they mean and what a paper prints."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from edgewise.core.errors import UserError
from edgewise.core.search import Choice, Dimension, Range
from edgewise.runs import general
from edgewise.runs.scenario import Scenario
from edgewise.runs.scheme import Scheme

MEANING = {
    "levels": "bins of each number of a row, of equal width over -1..1",
    "discount": "γ: what the next slot's worth counts for in this one's",
    "exploration": "chance of a uniform action; at the start of the run and at the end, if two",
    "exploration_share": "share of the run over which exploration falls to its end",
    "first_rate": "learning rate of the first slot",
    "last_rate": "learning rate of the last slot (iddpg, maddpg: as a share of the first)",
    "initial_value": "of every entry of a table before it is learned",
    "step": "share of an error that the first step takes away",
    "step_slots": "slots until steps begin to shrink",
    "step_power": "steps shrink with the slots to this power",
    "view": "own: a network for each agent; joint: one, with a head for each",
    "critic_view": "what critics see while training: own, the agent's row; joint, all rows",
    "reward": "what is learned from: own, the agent's reward; team, the mean of all",
    "shared": "one network for all agents, told apart by their number, or one each",
    "hidden": "widths of the hidden layers",
    "rate": "Adam's learning rate at the start; it falls to zero over the run",
    "actor_rate": "the same, of the actors",
    "critic_rate": "the same, of the critics",
    "target_rate": "share by which slow copies follow their networks in an update",
    "huber": "error, on the scale of rewards, beyond which the loss grows linearly",
    "longest_slope": "norm to which a longer slope is cut",
    "temperature": "of the softmax by which actors draw",
    "raw_penalty": "weight of the squares of the actors' raw outputs",
    "noise": "exploration at the start and after `noise_share`: share of uniform actions, or "
    "standard deviation in the unit cube",
    "noise_share": "share of the run over which noise falls to its end",
    "actor_wait": "updates before the actors move",
    "reward_scale": "what rewards are divided by; null: standardised as they come",
    "trace": "λ: how far ahead rewards count before the critic's word is taken",
    "clip": "ε: how much likelier an action may become before more is not counted",
    "entropy_weight": "what a nat of entropy is worth",
    "value_weight": "weight of the critic's error beside the actors' gain",
    "epochs": "times that each stretch is gone through",
    "parts": "parts of a stretch, each a step",
    "spread": "standard deviation of draws at the start, where actions are continuous",
    "embedding": "units of the mixing network",
    "mixer_hidden": "hidden units of the networks that make its weights",
    "entropy_share": "entropy aimed at, over the most there is, where actions are discrete",
    "first_temperature": "α at the start: what a nat of entropy is worth",
    "num_envs": "copies of the layout that are lived side by side",
    "horizon": "slots of a stretch",
    "capacity": "transitions that are kept",
    "batch_size": "transitions of an update",
    "warmup_slots": "slots before the first update",
    "update_every": "slots between updates",
    "rounds": "times in a run that models are averaged",
    "teacher": "scheme that shows what to do; as a rule the scenario's reference",
    "shown_slots": "slots that a teacher shows",
    "shown_steps": "steps of Adam that fit the acting networks to them",
    "shown_batch": "slots of such a step",
    "shown_rate": "learning rate of these steps",
}
PPO: Mapping[str, Any] = {
    "discount": 0.99,
    "trace": 0.95,
    "clip": 0.2,
    "entropy_weight": 0.01,
    "value_weight": 1.0,
    "huber": 10.0,
    "longest_slope": 10.0,
    "epochs": 10,
    "parts": 1,
    "rate": 5e-4,
    "shared": True,
}
PRINTED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "iddpg": ("Lillicrap et al. 2016", {"critic_rate": 1e-3}),
    "maddpg": (
        "Lowe et al. 2017",
        {"critic_view": "joint", "discount": 0.95, "target_rate": 0.01, "hidden": [64, 64]},
    ),
    "ippo": ("Yu et al. 2022", PPO),
    "mappo": ("Yu et al. 2022", {**PPO, "reward": "team", "critic_view": "joint"}),
    "qmix": (
        "Rashid et al. 2018",
        {
            "discount": 0.99,
            "embedding": 32,
            "rate": 5e-4,
            "exploration": [1.0, 0.05],
            "shared": True,
        },
    ),
    "isac": (
        "Haarnoja et al. 2018",
        {"discount": 0.99, "target_rate": 0.005, "rate": 3e-4, "batch_size": 256},
    ),
}
"""What the papers print of their settings; where a value is another here, it is ours."""
PREFIXED = ("federated-idqn", "imitation-idqn")
"""An example of each prefix: it adds the same to every learner."""
HEADER = ("setting", "value", "searched in", "meaning", "kind", "source")
_NONE = object()
Rows = list[tuple[str, ...]]


def settings_rows(scenario: Scenario, name: str, without: frozenset[str] = frozenset()) -> Rows:
    """A row for every setting of a general learner."""
    scheme = scenario.scheme(name)
    paper, printed = PRINTED.get(name, ("", {}))
    values = scheme.complete_settings()
    theirs = {name for name, value in values.items() if printed.get(name, _NONE) == value}
    return [
        (
            f"`{setting}`",
            "" if setting == "teacher" else _shown(value),
            _searched(scheme.space.get(setting)),
            MEANING[setting],
            "printed" if setting in theirs else "substituted",
            paper if setting in theirs else "ours",
        )
        for setting, value in values.items()
        if setting not in without
    ]


def sections(scenario: Scenario) -> Iterator[tuple[str, Rows]]:
    """Heading and rows, for every learner, then for what each prefix adds."""
    for name in general.LEARNERS:
        scheme = scenario.scheme(name)
        yield _heading(name, scheme), settings_rows(scenario, name)
    for name in PREFIXED:
        prefix, _, inner = name.partition("-")
        known = frozenset(scenario.scheme(inner).complete_settings())
        yield f"`{prefix}-NAME` adds", settings_rows(scenario, name, known)


def fitting_rows(found: Mapping[str, Scenario]) -> Rows:
    """Which learner runs where with the parameters as they are, and why not where it does not."""
    return [
        (f"`{name}`", *(_fits(scenario, name) for scenario in found.values()))
        for name in general.LEARNERS
    ]


def _fits(scenario: Scenario, name: str) -> str:
    try:
        reason = scenario.scheme(name).too_large(scenario.env())
    except UserError as error:
        reason = str(error)
    return reason or "yes"


def _heading(name: str, scheme: Scheme) -> str:
    return f"`{name}`: {scheme.source}"


def _shown(value: Any) -> str:
    """As JSON has it, numbers short, lists without brackets.

    >>> _shown([1.0, 0.05]), _shown(None), _shown("own")
    ('1, 0.05', 'null', 'own')
    """
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return value if isinstance(value, str) else f"{value:g}"


def _searched(where: Dimension | None) -> str:
    """As one reads it.

    >>> _searched(Range(0.1, 1.0, log=True)), _searched(Choice((1, (2, 3)))), _searched(None)
    ('0.1..1, log', '1 / 2, 3', '')
    """
    if where is None:
        return ""
    if isinstance(where, Range):
        return f"{where.low:g}..{where.high:g}" + (", log" if where.log else "")
    if isinstance(where, Choice):
        return " / ".join(_shown(list(x) if isinstance(x, tuple) else x) for x in where.values)
    return "; ".join(_searched(each) for each in where)
