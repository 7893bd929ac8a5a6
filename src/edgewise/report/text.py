"""Numbers and rows as text."""

import math
from collections.abc import Sequence
from typing import Any

from edgewise.study.compare import Row
from edgewise.study.statistics import Interval


def plus_minus(interval: Interval) -> str:
    """The mean with half its interval, which gets two digits if it begins with 1, else one.

    >>> plus_minus(Interval(-4.31234, -4.33345, -4.29123))
    '-4.31 ± 0.02'
    >>> plus_minus(Interval(120.0, 104.0, 136.0)), plus_minus(Interval(0.00056, 0.00052, 0.0006))
    ('120 ± 16', '5.6e-4 ± 4e-5')
    """
    mean, half = interval.mean, interval.half
    if not math.isfinite(half) or half == 0:
        return f"{mean:.4g}"
    rounded = f"{half:.0e}"
    places = -int(rounded.split("e")[1]) + rounded.startswith("1")
    if places > 4:
        digits = max(places + math.floor(math.log10(abs(mean) or half)), 0)
        return f"{mean:.{digits}e} ± {half:.0e}".replace("e-0", "e-")
    places = max(places, 0)
    return f"{mean:.{places}f} ± {half:.{places}f}"


def shown_value(value: Any) -> str:
    """A parameter as `--set` would read it, numbers short.

    >>> shown_value((1.2e10, 2e10))
    '[1.2e+10, 2e+10]'
    """
    if isinstance(value, (tuple, list)):
        items = [shown_value(item) for item in value]
        shown = items if len(items) <= 12 else [*items[:5], "…", items[-1]]
        return "[" + ", ".join(shown) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def flat_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A comparison for CSV: one line a scheme and metric."""
    return [
        {
            "scheme": row.scheme,
            "knowledge": row.knowledge,
            "seeds": row.seeds,
            "metric": name,
            **measured.as_json(),
        }
        for row in rows
        for name, measured in row.metrics.items()
    ]
