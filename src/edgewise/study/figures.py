"""A figure of the paper: what it needs, and how it is drawn from the results."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as Canvas

from edgewise.study.results import Results
from edgewise.study.sweep import Need


@dataclass(frozen=True)
class Figure:
    """`draw(results, canvas)` draws on a matplotlib figure and returns the rows of its CSV."""

    id: str
    title: str
    needs: tuple[Need, ...]
    draw: Callable[[Results, Canvas], list[dict[str, Any]]]
