"""The base days of comparisons."""

from __future__ import annotations

import calendar
import datetime as dt

_DAYS = {"d1": 1, "w1": 7, "m30": 30}
SHIFTS = ("d1", "w1", "m1", "m30", "y1")


def shift(day: dt.date, name: str) -> dt.date:
    """The base day of `day` for one of `SHIFTS`.

    `m1` is the same day of the previous month and `y1` the same date of the previous year, both cut to the month's last
    day where it does not exist; `m30` is 30 days back. `KeyError` for another name.
    """
    if name == "m1":
        return _months_back(day, 1)
    if name == "y1":
        return _months_back(day, 12)
    return day - dt.timedelta(days=_DAYS[name])


def _months_back(day: dt.date, months: int) -> dt.date:
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))
