"""Which ranks the seeds can tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from edgewise.study.statistics import holm, paired_p


@dataclass(frozen=True)
class Ranking:
    """A scheme's place, 1 the best: from `first` to `last`, since the seeds do not tell it apart
    from those it is `tied` with. A scheme whose mean is better is told apart if a paired t-test
    says so, with Holm's correction for all pairs of the table, at 5%."""

    first: int
    last: int
    tied: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def rank(values: Mapping[str, np.ndarray], better: str) -> dict[str, Ranking]:
    """The ranking of every scheme by its values `[seeds]`, the best mean first; `better` says
    which way is up.

    >>> up = np.arange(5.0)
    >>> {n: str(r) for n, r in rank({"a": up, "b": up + 2, "c": up + 2.0}, "higher").items()}
    {'b': '1-2', 'c': '1-2', 'a': '3'}
    """
    sign = 1 if better == "lower" else -1
    names = sorted(values, key=lambda name: sign * float(np.mean(values[name])))
    pairs = list(combinations(names, 2))
    told = holm([paired_p(values[a], values[b]) for a, b in pairs])
    apart = dict(zip(pairs, told, strict=True))
    return {name: _place(name, names, apart) for name in names}


def better_than(values: Mapping[str, np.ndarray], reference: str, better: str) -> tuple[str, ...]:
    """The schemes that are better than the reference beyond doubt: paired t-tests, with Holm's
    correction for all schemes, at 5%.

    >>> best, other = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.5, 2.51])
    >>> better_than({"best": best, "other": other}, "other", "higher")
    ('best',)
    """
    others = [name for name in values if name != reference]
    told = holm([paired_p(values[name], values[reference]) for name in others])
    sign = -1 if better == "lower" else 1
    ahead = {name: sign * float(np.mean(values[name] - values[reference])) for name in others}
    return tuple(name for name, sure in zip(others, told, strict=True) if sure and ahead[name] > 0)


def _place(name: str, names: list[str], apart: Mapping[tuple[str, str], bool]) -> Ranking:
    ahead = [other for other in names if apart.get((other, name), False)]
    behind = [other for other in names if apart.get((name, other), False)]
    tied = [other for other in names if other not in (*ahead, *behind, name)]
    return Ranking(len(ahead) + 1, len(names) - len(behind), tuple(tied))
