"""Bokeh's models as parts of a page, its library in the page itself."""

import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

REMEDY = "charts that answer at a touch need one more library: pip install 'edgewise[page]'"
NAMES = re.compile(r'"p\d{4,}"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
"""What Bokeh counts and draws anew whenever it draws: equal charts have to be equal files."""
Charts = Mapping[str, Any]
"""Figures by name."""


def available() -> bool:
    """Whether Bokeh is installed."""
    return importlib.util.find_spec("bokeh") is not None


@cache
def library() -> str:
    """The scripts that draw charts, about 1.3 MB."""
    from bokeh.resources import Resources

    return str(Resources(mode="inline", components=["bokeh"], log_level="error").render_js())


def embedded(charts: Charts) -> tuple[str, dict[str, str]]:
    """One script for all of them, and a place for each. They share one document, so that cursors
    are linked."""
    from bokeh.embed import components

    script, places = components(dict(charts))
    named: dict[str, str] = {}

    def renamed(text: str) -> str:
        return NAMES.sub(
            lambda found: named.setdefault(found[0], _name(found[0], len(named))), text
        )

    return renamed(str(script)), {name: renamed(str(place)) for name, place in places.items()}


def _name(drawn: str, number: int) -> str:
    return f'"p{number}"' if drawn.startswith('"') else f"{number:08x}-0000-4000-8000-{0:012x}"
