"""Months, their days, and what a day weighs in them."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Mapping

from farol.platform.calendar import BusinessCalendar

DAY = dt.timedelta(days=1)
LEARNED = 180  # days from which the weight of weekends and holidays is learned

Days = Mapping[dt.date, float]


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_of(day: dt.date) -> dt.date:
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def back(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months before."""
    number = month.year * 12 + month.month - 1 - count
    return dt.date(number // 12, number % 12 + 1, 1)


def same_distance(day: dt.date, count: int) -> dt.date:
    """The day that lies as far from the end of the month `count` months earlier as `day` from that of its own."""
    month = back(day, count)
    return max(month - DAY, last_of(month) - (last_of(day) - day))


def days_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from `first` to `last`, none where it lies before."""
    return [first + i * DAY for i in range((last - first).days + 1)]


def total(values: Days, first: dt.date, last: dt.date) -> float:
    """What came from `first` to `last`, both included."""
    return sum(values.get(day, 0.0) for day in days_of(first, last))


class Weights:
    """A business day weighs one, other days what they usually bring in relation to it."""

    def __init__(self, values: Days, until: dt.date, calendar: BusinessCalendar) -> None:
        self.calendar = calendar
        sums, counts = {True: 0.0, False: 0.0}, {True: 0, False: 0}
        for day in days_of(until - LEARNED * DAY, until):
            kind = calendar.is_business_day(day)
            sums[kind] += values.get(day, 0.0)
            counts[kind] += 1
        business = sums[True] / counts[True]
        self.other = min(1.0, max(0.0, sums[False] / counts[False] / business)) if business > 0 else 0.0

    def over(self, first: dt.date, last: dt.date) -> float:
        """The weight of the days from `first` to `last`."""
        return sum(1.0 if self.calendar.is_business_day(day) else self.other for day in days_of(first, last))

    def business_days(self, first: dt.date, last: dt.date) -> int:
        return sum(self.calendar.is_business_day(day) for day in days_of(first, last))
