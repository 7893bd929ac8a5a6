"""Numbers and rows as text."""

import math
from collections.abc import Sequence
from typing import Any

from edgewise.study.compare import Row
from edgewise.study.statistics import Interval


def plus_minus(interval: Interval) -> str:
    """The mean with half its interval, to two digits of the half.

    >>> plus_minus(Interval(-4.31234, -4.33345, -4.29123))
    '-4.312 ± 0.021'
    """
    half = interval.half
    if not math.isfinite(half) or half == 0:
        return f"{interval.mean:.4g}"
    digits = 1 - math.floor(math.log10(half))
    if digits > 5:
        return f"{interval.mean:.3g} ± {half:.1g}"
    digits = max(digits, 0)
    return f"{interval.mean:.{digits}f} ± {half:.{digits}f}"


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
