"""What a plan found, as a picture with its CSV, and as a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.report import page
from edgewise.report.charts import embed
from edgewise.report.page import Section
from edgewise.runs.scenario import Metric
from edgewise.study.claims import Rows
from edgewise.study.drawing import draw_files, labelled, legend_beside, line_style, line_with_bars
from edgewise.study.planning import Answer, Axis, Target, Tried
from edgewise.study.text import plus_minus, shown_value, with_unit

NAME = "plan"
Key = tuple[str, float | None]
"""A scheme, and the value of the second axis (None where there is one axis)."""


@dataclass(frozen=True)
class Planned:
    """What was asked, and the answer of every scheme; with a second axis, `along`, at a few of its
    values."""

    target: Target
    metric: Metric
    axis: Axis
    along: Axis | None
    answers: Mapping[Key, Answer]

    def write(self, folder: Path) -> Path:
        """`plan.png`, `.svg` and `.csv` in the folder; returns the picture's path."""
        draw_files(folder, NAME, self._front if self.along else self._curves, size=(8.0, 4.0))
        return folder / f"{NAME}.png"

    def _curves(self, canvas: Canvas) -> Rows:
        """The metric over what was varied; a ring around each answer."""
        axes = canvas.subplots()
        for i, ((scheme, _), answer) in enumerate(self.answers.items()):
            path = [each for each in answer.tried if on_the_way(each, answer)]
            x, intervals = [_number(each.value) for each in path], [each.interval for each in path]
            line_with_bars(axes, x, intervals, scheme, marker=".", **line_style(i))
            if answer.met:
                at = _number(answer.best.value)
                axes.plot(at, answer.best.interval.mean, "o", mfc="none", mec="#000000", ms=10)
        axes.axhline(self.target.level, color="#555555", ls=":", lw=1, label=self.target.text)
        _scale(axes.set_xscale, self.axis)
        unit = "" if self.metric.unit in ("", "1") else f" [{self.metric.unit}]"
        labelled(axes, self.axis.name, self.metric.title + unit, beside=True)
        return self.rows()

    def _front(self, canvas: Canvas) -> Rows:
        """What is needed of the first axis, over the second."""
        assert self.along is not None
        axes = canvas.subplots()
        for i, scheme in enumerate(dict.fromkeys(scheme for scheme, _ in self.answers)):
            self._line(axes, i, scheme)
        _scale(axes.set_xscale, self.along)
        _scale(axes.set_yscale, self.axis)
        axes.set_xlabel(self.along.name)
        axes.set_ylabel(self.axis.name)
        legend_beside(axes, self.target.text)
        return self.rows()

    def _line(self, axes: Axes, i: int, scheme: str) -> None:
        points = [
            (other, _number(answer.best.value))
            for (name, other), answer in self.answers.items()
            if name == scheme and other is not None and answer.met
        ]
        x, y = [point[0] for point in points], [point[1] for point in points]
        axes.plot(x, y, marker="o", label=scheme, **line_style(i))

    def rows(self) -> Rows:
        """Everything that was tried, one line a value; `answer` marks the answers."""
        return [
            {
                "scheme": scheme,
                **({self.along.name: other} if self.along else {}),
                self.axis.name: _number(each.value),
                **({"at": "; ".join(each.value)} if isinstance(each.value, tuple) else {}),
                **each.interval.as_json(),
                "met": each.met,
                "answer": answer.met and each is answer.best,
            }
            for (scheme, other), answer in self.answers.items()
            for each in answer.tried
        ]


def plan_sections(planned: Planned, folder: Path) -> Iterator[Section]:
    """The curves, and all that was tried; `folder` is where the picture is."""
    if embed.available() and planned.along is None:
        told = f"The target is the dashed line: {planned.target.text}, with the whole interval."
        yield Section("Curves", page.paragraph(told, "note"), {"curves": _chart(planned)}, True)
    else:
        svg = (folder / f"{NAME}.svg").read_text(encoding="utf-8")
        yield Section("Curves", page.figure(svg[svg.index("<svg") :], planned.target.text, NAME))
    rows = [
        [
            scheme,
            *([shown_value(other)] if planned.along else []),
            shown_value(_number(each.value)),
            plus_minus(each.interval),
            "met" if each.met else "not met",
            "answer" if answer.met and each is answer.best else "",
        ]
        for (scheme, other), answer in planned.answers.items()
        for each in answer.tried
    ]
    along = [planned.along.name] if planned.along else []
    metric = with_unit(planned.metric.title, planned.metric.unit)
    header = ["scheme", *along, planned.axis.name, metric, "target", ""]
    yield Section("Everything that was tried", page.table(header, rows))


def _chart(planned: Planned) -> Any:
    from edgewise.report.charts import lines

    across = {}
    for (scheme, _), answer in planned.answers.items():
        path = sorted(
            (each for each in answer.tried if on_the_way(each, answer)),
            key=lambda each: _number(each.value),
        )
        across[scheme] = ([_number(each.value) for each in path], [each.interval for each in path])
    axis = with_unit(planned.metric.title, planned.metric.unit)
    chart = lines.over("", planned.axis.name, axis, across, planned.axis.logarithmic)
    lines.level(chart, planned.target.level)
    return chart


def on_the_way(tried: Tried, answer: Answer) -> bool:
    """Whether it is on the curve: of sites that were tried for a server, only the one chosen."""
    if not isinstance(tried.value, tuple):
        return True
    return bool(tried.value == answer.best.value[: len(tried.value)])


def _number(value: Any) -> float:
    """A value of the axis; of servers, how many were added."""
    return len(value) if isinstance(value, tuple) else value


def _scale(set_scale: Any, axis: Axis) -> None:
    if axis.logarithmic:
        set_scale("log")
