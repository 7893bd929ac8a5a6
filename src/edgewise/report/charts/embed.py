"""Bokeh's models as parts of a page, its library in the page itself."""

import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Any

REMEDY = "charts that answer at a touch need one more library: pip install 'edgewise[page]'"
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
    return str(script), {name: str(place) for name, place in places.items()}
