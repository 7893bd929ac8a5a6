"""Numbers as text."""

import json
import math
from typing import Any

from pydantic import BaseModel

from edgewise.study.statistics import Interval

UNDEFINED = "–"


def plus_minus(interval: Interval) -> str:
    """The mean with half its interval, which gets two digits if it begins with 1, else one.

    >>> plus_minus(Interval(-4.31234, -4.33345, -4.29123))
    '-4.31 ± 0.02'
    >>> plus_minus(Interval(120.0, 104.0, 136.0)), plus_minus(Interval(0.00056, 0.00052, 0.0006))
    ('120 ± 16', '5.6e-4 ± 4e-5')
    """
    mean, half = interval.mean, interval.half
    if not math.isfinite(mean):
        return UNDEFINED
    if not math.isfinite(half) or half == 0:
        return f"{mean:.4g}"
    rounded = f"{half:.0e}"
    places = -int(rounded.split("e")[1]) + rounded.startswith("1")
    if places > 4:
        digits = max(places + math.floor(math.log10(abs(mean) or half)), 0)
        return f"{mean:.{digits}e} ± {half:.0e}".replace("e-0", "e-")
    places = max(places, 0)
    return f"{mean:.{places}f} ± {half:.{places}f}"


def shown_cost(amount: float | None) -> str:
    """A size or a time to three digits; thousands apart.

    >>> shown_cost(0.8398), shown_cost(55100.0), shown_cost(None)
    ('0.84', '55,100', '–')
    """
    if amount is None:
        return UNDEFINED
    return f"{amount:.3g}" if amount < 1000 else f"{amount:,.0f}"


def shown_value(value: Any) -> str:
    """A parameter for a reader: numbers short, long lists cut, nothing where nothing is set.

    >>> shown_value((1.2e10, 2e10)), shown_value(True), shown_value(None)
    ('[1.2e+10, 2e+10]', 'true', '–')
    """
    if isinstance(value, BaseModel):
        return _shown_table(value)
    if isinstance(value, (tuple, list)):
        items = [shown_value(item) for item in value]
        shown = items if len(items) <= 12 else [*items[:5], "…", items[-1]]
        return "[" + ", ".join(shown) + "]"
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _shown_table(table: BaseModel) -> str:
    """Its name, or else what it holds that was given."""
    given = {key: getattr(table, key) for key in table.model_fields_set}
    if "name" in given:
        return str(given["name"])
    ordered = (key for key in type(table).model_fields if given.get(key) is not None)
    return ", ".join(f"{key} = {shown_value(given[key])}" for key in ordered)


def typed_value(value: Any) -> str:
    """A value exactly as `--set` reads it back.

    >>> typed_value((0.1 + 0.2, 3)), typed_value(None), typed_value("rate")
    ('[0.30000000000000004,3]', 'null', 'rate')
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return value if isinstance(value, str) and not _reads_as_other(value) else text


def with_unit(title: str, unit: str) -> str:
    """A quantity and its unit, if it has one.

    >>> with_unit("mean delay", "s"), with_unit("utility", "1")
    ('mean delay [s]', 'utility')
    """
    return title if unit in ("", "1") else f"{title} [{unit}]"


def _reads_as_other(word: str) -> bool:
    """Whether a bare word would be read as a number, a list or the like."""
    try:
        json.loads(word)
    except (ValueError, RecursionError):
        return "," in word
    return True
