"""What one segment's measure did on one day, beside what was expected of it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from farol.engines.alerts.panel import Segment
from farol.engines.metrics.expected import Expected
from farol.engines.metrics.model import Measure

NOTHING = 0.01  # what counts as left of an expected value when nothing came


class Kind(StrEnum):
    LEVEL = "level"
    VANISHED = "vanished"
    NEW = "new"


class Status(StrEnum):
    NEW = "new"
    EXPLAINED = "explained"


@dataclass(frozen=True, eq=False)
class Finding:
    """`observed` and `forecast` are in the measure's stored unit (centavos for money).

    `impact` prices the change in the stored unit of the weight; `since` is the first day of the same departure.
    """

    segment: Segment
    measure: Measure
    kind: Kind
    observed: float
    forecast: Expected
    impact: float
    since: dt.date

    @property
    def up(self) -> bool:
        return self.forecast.value is None or self.observed > self.forecast.value

    @property
    def change(self) -> float:
        """ln(observed / expected)."""
        return change(self.observed, self.forecast.value)


@dataclass(frozen=True)
class Alert:
    """A finding as people read it: money in reais, counts as integers, ratios as Decimal, unrounded.

    `z` is the classic one (28 days before), `score` the robust one; `p` how often chance alone goes so far. `impact` is
    the change in reais. `explained_by` are the segments whose alerts say it already, `causes` the parts inside the
    segment that made it (segment, change, percent of the segment's change).
    """

    date: dt.date
    segment: Segment
    measure: Measure
    kind: Kind
    observed: Any
    expected: Any
    low: Any
    high: Any
    delta: Any
    impact: Decimal | None
    z: float | None
    score: float | None
    p: float | None
    direction: str
    since: dt.date
    status: Status = Status.NEW
    days: int = 1
    explained_by: tuple[Segment, ...] = ()
    causes: tuple[tuple[Segment, Any, float], ...] = ()


def change(observed: float | None, expected: float | None) -> float:
    """ln(observed / expected), with a floor where nothing came."""
    if not expected:
        return 0.0
    return math.log(max((observed or 0.0) / expected, NOTHING))
