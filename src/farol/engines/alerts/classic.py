"""The rule of the replaced system: how many standard deviations below the mean of the 28 days before."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping

DAYS = 28
LEAST = 8
LIMIT = -2.0


def z_score(series: Mapping[dt.date, float], day: dt.date) -> float | None:
    """z of `series[day]` (0 where absent) against the days with a value among the 28 before; None below 8 of them."""
    before = [series[d] for d in (day - dt.timedelta(days=back) for back in range(1, DAYS + 1)) if d in series]
    if len(before) < LEAST:
        return None
    deviation = statistics.stdev(before)
    return (series.get(day, 0.0) - statistics.mean(before)) / deviation if deviation else None
