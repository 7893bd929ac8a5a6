"""What an agent's policy has decided in a run, in order, as far as its answers tell."""

from dataclasses import dataclass, field

from edgewise.deployment.emulation.wire import Answer


@dataclass
class Followed:
    """The slots that the policy decided; whether its memory was as at the start before each, and
    the answer, None if it was lost. `unknown` answers could not be followed: the policy remembers,
    and which observations came to it before is not known."""

    slots: list[int] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)
    answers: list[Answer | None] = field(default_factory=list)
    unknown: int = 0

    def add(self, slot: int, fresh: bool, answer: Answer | None) -> None:
        """One decision more."""
        self.slots.append(slot)
        self.fresh.append(fresh)
        self.answers.append(answer)


def followed(
    asked: list[int], answers: dict[int, Answer], before: Answer | None, remembers: bool
) -> Followed:
    """From the slots of all questions to one agent and its answers by slot; `before` is the last
    answer of an earlier run. A lost answer is known by the count of decisions in the next one: the
    policy decided either none of the slots in between, or all, or nobody knows which."""
    found, fresh, lost = Followed(), True, False
    started, count = (before.started, before.count) if before else (-1, 0)
    between: list[int] = []
    for slot in asked:
        answer = answers.get(slot)
        if answer is None:
            between.append(slot)
            continue
        if answer.started != started:
            started, count, fresh, lost = answer.started, 0, True, False
        by_policy = not answer.reason
        missing = answer.count - count - by_policy
        if missing == len(between):
            for each in between:
                found.add(each, fresh, None)
                fresh = False
        elif missing and remembers:
            lost = True
        between, count = [], answer.count
        if by_policy and lost:
            found.unknown += 1
        elif by_policy:
            found.add(slot, fresh, answer)
            fresh = False
    return found
