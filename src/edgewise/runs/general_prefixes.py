"""What a prefix makes of a scheme that learns: its agents' models averaged, or started from a
teacher."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from jaxtyping import PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.spaces import Discrete
from edgewise.learners.federated import Federated, acting_of
from edgewise.learners.learner import AbstractLearner
from edgewise.learners.parts import held_by_agents
from edgewise.runs.general_learners import said
from edgewise.runs.scheme import Scheme
from edgewise.runs.settings import Maker, own, takes_settings_of
from edgewise.training.imitation import Imitation
from edgewise.training.program import Watch

if TYPE_CHECKING:
    from edgewise.runs.scenario import Scenario

SHARED = "shared"
"""The setting by which agents have one network among them: there would be nothing to average."""


def federated(scenario: "Scenario", scheme: Scheme) -> Scheme:
    """Every agent's own models, averaged over all of them several times in a run."""
    maker = _learner_of(scheme, "federated")

    @takes_settings_of(maker, Federated, but=(SHARED,))
    def learner(env: AbstractEnv, **settings: Any) -> Federated:
        apart = {SHARED: False} if scheme.takes(SHARED) else {}
        return Federated(_made(maker, env, settings | apart), **own(Federated, settings))

    def too_large(env: AbstractEnv) -> str | None:
        built = partial(learner, env, **own(learner, dict(scheme.settings)))
        return scheme.too_large(env) or said(lambda: held_by_agents(built().learner))

    return replace(
        scheme,
        title=f"{scheme.title}, federated",
        source=f"McMahan et al. 2017: models averaged among agents; {scheme.source}",
        learner=learner,
        settings={name: x for name, x in scheme.settings.items() if name != SHARED},
        too_large=too_large,
        note="; ".join(filter(None, (scheme.note, "models exchanged while training, runs local"))),
    )


def imitation(scenario: "Scenario", scheme: Scheme) -> Scheme:
    """Started from what `teacher`, any scheme of the scenario that does not learn, decides: by
    default its reference."""
    maker, loop, reference = _learner_of(scheme, "imitation"), scheme.loop, scenario.reference
    assert loop is not None
    # Held by the program, so that their code counts for its runs: any of them may be the teacher.
    teachers = partial(_teacher, scenario, *(s for s in scenario.schemes if not s.learns))

    @takes_settings_of(maker, loop, Imitation)
    def program(
        env: AbstractEnv,
        score_env: AbstractEnv,
        *,
        episode_slots: int,
        watch: Watch,
        teacher: str = reference,
        **settings: Any,
    ) -> Imitation:
        learner = _made(maker, env, settings)
        common = {"episode_slots": episode_slots, "watch": watch}
        inner = loop(env, score_env, learner, **common, **own(loop, settings))
        return Imitation(inner, teachers(env, teacher), **own(Imitation, settings))

    def too_large(env: AbstractEnv) -> str | None:
        if (reason := scheme.too_large(env)) is not None:
            return reason
        if not isinstance(env.action_space, Discrete):
            return "a teacher's decisions can be told as actions only where these are discrete"
        return said(lambda: acting_of(_made(maker, env, own(maker, scheme.settings))))

    return replace(
        scheme,
        title=f"{scheme.title}, imitating first",
        source=f"behavioural cloning, then {scheme.source}",
        learner=None,
        loop=None,
        program=program,
        too_large=too_large,
        note="; ".join(filter(None, (scheme.note, "a teacher shows its decisions in training"))),
    )


def _learner_of(scheme: Scheme, prefix: str) -> Maker:
    if scheme.learner is None:
        raise UserError(
            f"{prefix}-{scheme.name}: it is fed by no loop of ours; the order of prefixes is "
            "imitation-federated-NAME"
        )
    return scheme.learner


def _made(maker: Maker, env: AbstractEnv, settings: dict[str, Any]) -> AbstractLearner:
    make = getattr(maker, "of", maker)
    learner: AbstractLearner = make(env, **own(maker, settings))
    return learner


def _teacher(scenario: "Scenario", *known: Any) -> Any:
    """(env, name) are the last of `known`, the schemes before them what may be named."""
    *schemes, env, name = known
    found = scenario.scheme(name)
    if found.learns:
        raise UserError(f"teacher = {name} learns itself: choose one of {_names(schemes)}")
    if (reason := found.too_large(env)) is not None:
        raise UserError(f"teacher = {name}: {reason}")

    def planned(key: PRNGKeyArray, state: Any) -> AbstractScheduler:
        return found.planned(env, key, state)

    return planned


def _names(schemes: list[Scheme]) -> str:
    return ", ".join(scheme.name for scheme in schemes)
