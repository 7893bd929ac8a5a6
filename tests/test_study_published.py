"""What papers say: read as it is written, and drawn where it says."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text

from edgewise import scenarios
from edgewise.study.drawing import published_below, published_line, published_points
from edgewise.study.published import Published, read_published

LINES = """figure,quantity,value,unit,source
6,users on LoRa,8,users,text
6,collisions,0,1,text
7,lowest cost,"IL-MAQ, below 27",,"the words ""lowest"" and ""below"" of the text"
"""

PAPERS = [name for name in scenarios.names() if scenarios.paper(name).claims]


def written(folder: Path, lines: str) -> Path:
    (folder / "published.csv").write_text(lines)
    return folder


@pytest.mark.parametrize("name", PAPERS)
def test_every_papers_values_can_be_read(name: str) -> None:
    found = read_published(scenarios.home(name)).lines
    assert found
    assert all(each.figure and each.quantity and each.value and each.source for each in found)


def test_a_value_is_found_by_figure_and_quantity(tmp_path: Path) -> None:
    said = read_published(written(tmp_path, LINES))
    assert [each.quantity for each in said.of("6")] == ["users on LoRa", "collisions"]
    assert said.value("6", "users on LoRa").number == 8.0
    assert said.value("6", "collisions").sentence == "collisions: 0"
    assert said.of("6", but=said.of("6")[:1]) == said.of("6")[1:]
    words = said.value("7", "lowest cost")
    assert words.sentence == "lowest cost: IL-MAQ, below 27"
    assert words.row == {"published": "lowest cost", "value": "IL-MAQ, below 27", "unit": ""}
    with pytest.raises(ValueError, match="IL-MAQ"):
        _ = words.number
    with pytest.raises(ValueError, match="says nothing of '8'; it has 6, 7"):
        said.of("8")
    with pytest.raises(ValueError, match="'users' is none of users on LoRa, collisions"):
        said.value("6", "users")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("figure,value\n6,8\n", r"has columns \['figure', 'value'\]"),
        (LINES + "6,users, or so,8,users,text\n", "line 5 has 6 columns, not 5"),
        (LINES + "6,collisions,1,1,text\n", "line 5 says 'collisions' again"),
    ],
)
def test_lines_that_cannot_be_meant_are_refused(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_published(written(tmp_path, lines))


def said(value: str, unit: str = "") -> Published:
    return Published("7", "crossing", value, unit, "text")


def test_numbers_stand_where_the_paper_has_them() -> None:
    axes = Canvas().add_subplot()
    assert published_line(axes, said("27", "users"), across="x") == [
        {"published": "crossing", "value": "27", "unit": "users"}
    ]
    assert published_line(axes, said("0.5")) == [
        {"published": "crossing", "value": "0.5", "unit": ""}
    ]
    upright, level = axes.get_lines()
    assert list(upright.get_xdata()) == [27.0, 27.0]
    assert list(level.get_ydata()) == [0.5, 0.5]
    assert upright.get_label() == "paper"
    rows = published_points(axes, [64, 128], [said("90.8", "%"), said("92.4", "%")])
    assert axes.get_lines()[2].get_xydata().tolist() == [[64, 90.8], [128, 92.4]]
    assert [row["value"] for row in rows] == ["90.8", "92.4"]


def test_words_stand_below_the_plot_and_leave_it_room() -> None:
    canvas = Canvas(figsize=(7.0, 3.6), layout="constrained")
    axes = canvas.add_subplot(xlabel="users")
    sayings = [said(f"{letter * 30} grows with the number of users") for letter in "abcdef"]
    assert published_below(canvas, sayings) == [each.row for each in sayings]
    canvas.draw_without_rendering()
    (note,) = (each for each in canvas.findobj(Text) if each.get_text().startswith("paper: "))
    assert note.get_text().count("crossing") == 6
    box = note.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= canvas.bbox.x1
    assert box.y1 <= axes.get_tightbbox().y0
