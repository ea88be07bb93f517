"""Periods: whole days, both ends included."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.metrics.model import printable

_DAY = r"\d{4}-\d{2}-\d{2}"
_MONTH = re.compile(r"^\d{4}-\d{2}$", re.ASCII)
_ONE_DAY = re.compile(rf"^{_DAY}$", re.ASCII)
_RANGE = re.compile(rf"^({_DAY})\.\.({_DAY})$", re.ASCII)
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
LONGEST = 3660


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both included."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise BadInput("period", _("The period ends before it begins."))
        if self.start < _FIRST or self.end > _LAST:
            raise BadInput("period", _("Years go from 1900 to 2200."))
        if (self.end - self.start).days >= LONGEST:
            raise BadInput("period", _("A period has at most %(days)s days.") % {"days": LONGEST})

    @property
    def one_day(self) -> bool:
        return self.start == self.end

    @property
    def days(self) -> list[dt.date]:
        return [self.start + dt.timedelta(days=i) for i in range((self.end - self.start).days + 1)]

    @property
    def whole_months(self) -> bool:
        """True if it begins on a first and ends on a last day of a month."""
        return self.start.day == 1 and self.end == _month_end(self.end)

    @property
    def one_whole_month(self) -> bool:
        return self.whole_months and (self.start.year, self.start.month) == (self.end.year, self.end.month)

    def __str__(self) -> str:
        return self.start.isoformat() if self.one_day else f"{self.start}..{self.end}"


def parse_period(text: str) -> Period:
    """`2025-02-14`, `2025-02` or `2025-01-01..2025-02-28`; `BadInput("period")` otherwise."""
    try:
        if _MONTH.match(text):
            first = dt.date.fromisoformat(text + "-01")
            return Period(first, _month_end(first))
        if _ONE_DAY.match(text):
            day = dt.date.fromisoformat(text)
            return Period(day, day)
        if both := _RANGE.match(text):
            return Period(dt.date.fromisoformat(both[1]), dt.date.fromisoformat(both[2]))
    except ValueError:
        raise BadInput(
            "period", _("“%(text)s” is not a day of the calendar.") % {"text": printable(text[:40])}
        ) from None
    raise BadInput(
        "period",
        _("“%(text)s” is no period. Write 2025-02-14, 2025-02 or 2025-01-01..2025-02-28.")
        % {"text": printable(text[:40])},
    )


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
