"""A scheme: who decides, what it may know, and how it is made or trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jaxtyping import PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler, Knowledge
from edgewise.core.search import Dimension
from edgewise.runs import settings
from edgewise.runs.settings import Maker
from edgewise.training.program import AbstractProgram, Watch

Plan = Callable[[Any, PRNGKeyArray, Any], AbstractScheduler]
"""(env, key, first state of the run) → scheduler; traceable."""


View = Callable[[Any], Any]
"""An environment as agents see it."""


def as_it_is(env: Any) -> Any:
    """Nothing is hidden."""
    return env


def any_size(env: Any) -> str | None:
    """Nothing is too large."""
    return None


@dataclass(frozen=True)
class Scheme:
    """A scheme under its name on the command line. It is given in one of four ways:

    - `scheduler`: it neither learns nor depends on the network;
    - `plan`: a scheduler made for a network, without learning;
    - `learner` and `loop`: a learner (its class, with `of(env, **settings)`, or a function
      `(env, **settings)`) fed by a loop of `training.programs`;
    - `program`: a training of its own, `(env, score_env, *, episode_slots, watch, **settings)`.

    `settings` replace defaults of what learns; `train_with` are parameters of the scenario that
    differ while training only, `run_with` those that this scheme always has (what its way of
    deciding costs); `slots` is the default length of training. Where `seeds_together`, all seeds
    train as one vmapped program; else each seed is a job of its own. `too_large(env)` says in one
    line why the scheme cannot be run at this size (an exhaustive search); None where it can.
    `trained_view` and `view` are what its agents see of the environment while they learn and when
    they decide, and no training is longer than `most_slots`: see `runs.controls`.
    `exchanged(env)` is what all agents send each other in a slot [B], None where nobody says.
    `brought` is what a scheme was made of that the scenario does not list itself (`runs.guests`):
    its code counts for its runs alone.
    """

    name: str
    title: str
    knowledge: Knowledge
    source: str
    scheduler: AbstractScheduler | None = None
    plan: Plan | None = None
    learner: Maker | None = None
    loop: Maker | None = None
    program: Maker | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    train_with: Mapping[str, Any] = field(default_factory=dict)
    run_with: Mapping[str, Any] = field(default_factory=dict)
    slots: int = 0
    seeds_together: bool = False
    too_large: Callable[[Any], str | None] = any_size
    trained_view: View = as_it_is
    view: View = as_it_is
    most_slots: int | None = None
    note: str = ""
    exchanged: Callable[[Any], float] | None = None
    brought: Any = None

    def __post_init__(self) -> None:
        ways = (self.scheduler, self.plan, self.learner, self.program)
        if sum(way is not None for way in ways) != 1 or (self.learner is None) != (
            self.loop is None
        ):
            raise ValueError(
                f"scheme {self.name}: give a scheduler, a plan, a program, or a learner and a loop"
            )

    @property
    def learns(self) -> bool:
        """Whether it is trained."""
        return bool(self._makers)

    def length(self, slots: int | None) -> int:
        """Of its training, if `slots` are asked for, or by itself."""
        if not self.learns:
            return 0
        asked = self.slots if slots is None else slots
        return asked if self.most_slots is None else min(asked, self.most_slots)

    def takes(self, setting: str) -> bool:
        """Whether what it learns with has a setting of this name."""
        return any(setting in settings.declared(maker) for maker in self._makers)

    @property
    def space(self) -> dict[str, Dimension]:
        """Where its settings may be searched."""
        spaces = (settings.space_of(maker) for maker in self._makers)
        return {name: each for space in spaces for name, each in space.items()}

    def complete_settings(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All settings, as JSON keeps them, with those `given` in place of the scheme's own;
        `UserError` if they do not fit."""
        return settings.complete(self._makers, self.name, self.settings, given or {})

    def planned(self, env: AbstractEnv, key: PRNGKeyArray, state: Any) -> AbstractScheduler:
        """The scheduler of a scheme that does not learn."""
        if self.scheduler is not None:
            return self.scheduler
        assert self.plan is not None
        return self.plan(env, key, state)

    def training(
        self,
        env: AbstractEnv,
        score_env: AbstractEnv,
        episode_slots: int,
        watch: Watch,
        given: Mapping[str, Any],
    ) -> AbstractProgram:
        """The program of a scheme that learns in `env`, with these (complete) settings; it is
        scored in `score_env`."""
        values = settings.typed(self._makers, given)
        common = {"episode_slots": episode_slots, "watch": watch}
        if self.program is not None:
            program: AbstractProgram = self.program(env, score_env, **common, **values)
            return program
        assert self.learner is not None
        assert self.loop is not None
        make = getattr(self.learner, "of", self.learner)
        learner = make(env, **settings.own(self.learner, values))
        looped = settings.own(self.loop, values)
        program = self.loop(env, score_env, learner, **common, **looped)
        return program

    @property
    def _makers(self) -> tuple[Maker, ...]:
        makers = (self.learner, self.loop, self.program)
        return tuple(maker for maker in makers if maker is not None)
