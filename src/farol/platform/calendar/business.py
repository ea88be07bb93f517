"""Kinds of day, business days and pay days of one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from django.conf import settings
from django.utils.translation import get_language

from farol.core import formats
from farol.platform.calendar.names import subdivision, year_names

PAY_DAY_OF_MONTH = 20
PAY_BUSINESS_DAY = 5


class DayKind(StrEnum):
    """What a day is, first that applies: Carnival, a legal holiday, a bank holiday, weekend, an eve, or ordinary."""

    CARNIVAL = "carnival"
    HOLIDAY = "holiday"
    BANK_HOLIDAY = "bank_holiday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    EVE = "eve"
    BUSINESS = "business"


@dataclass(frozen=True)
class CalendarDay:
    """One day of one place.

    `weekday` is 0 on Monday; `name` is empty on an ordinary day; `month_position` counts the month's business days up
    to this day, itself included.
    """

    day: dt.date
    weekday: int
    kind: DayKind
    name: str
    business_day: bool
    pay_day: bool
    month_position: int


class BusinessCalendar:
    """The calendar of a state (two letters) and city.

    Business days are Monday to Friday without national, state and city holidays, Carnival Monday and Tuesday and bank
    holidays; Ash Wednesday and the two eves count. Raises `ValueError` for an unknown state.
    """

    def __init__(self, state: str = "SP", city: str = "") -> None:
        self.place = subdivision(state, city)
        try:
            year_names(self.place, 2026, "pt_BR")
        except NotImplementedError as error:
            raise ValueError(f"'{state}' is not a Brazilian state (two letters, such as SP)") from error

    @lru_cache(maxsize=8192)  # noqa: B019 - one instance per place lives as long as the process
    def day(self, day: dt.date) -> CalendarDay:
        kind, name = self._kind(day, "pt_BR")
        month = self._month(day.year, day.month)
        position = sum(business <= day for business in month)
        return CalendarDay(day, day.weekday(), kind, name, day in month, day in self.pay_days(*_ym(day)), position)

    def days(self, start: dt.date, end: dt.date) -> list[CalendarDay]:
        """Every day from `start` to `end`, both included."""
        return [self.day(start + dt.timedelta(days=i)) for i in range((end - start).days + 1)]

    def is_business_day(self, day: dt.date) -> bool:
        return day in self._month(day.year, day.month)

    def add_business_days(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th business day after `day` (before it where negative); 0 moves on only if `day` is none."""
        step = dt.timedelta(days=-1 if count < 0 else 1)
        if not count:
            return day if self.is_business_day(day) else self.add_business_days(day, 1)
        for _turn in range(abs(count)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def nth_business_day(self, year: int, month: int, position: int) -> dt.date:
        """The month's business day number `position`, from 1; negative counts from the end. `IndexError` beyond."""
        if not position:
            raise IndexError("business days count from 1")
        return self._month(year, month)[position - 1 if position > 0 else position]

    def pay_days(self, year: int, month: int) -> tuple[dt.date, dt.date]:
        """Wages on the 5th business day and the advance on the 20th."""
        return self.nth_business_day(year, month, PAY_BUSINESS_DAY), dt.date(year, month, PAY_DAY_OF_MONTH)

    def describe(self, day: dt.date, language: str | None = None) -> str:
        """The kind of day in words: `sábado de Carnaval`, `quinta-feira, feriado (Tiradentes)`, `sexta-feira`."""
        english = (language or get_language() or "").startswith("en")
        kind, name = self._kind(day, "en_US" if english else "pt_BR")
        if kind is DayKind.CARNIVAL:
            return name
        note = _note(self.day(day), kind, name, english)
        return formats.weekday(day, "en" if english else "pt-br") + (f", {note}" if note else "")

    def _kind(self, day: dt.date, locale: str) -> tuple[DayKind, str]:
        names = year_names(self.place, day.year, locale)
        for kind, table in (
            (DayKind.CARNIVAL, names.carnival),
            (DayKind.HOLIDAY, names.legal),
            (DayKind.BANK_HOLIDAY, names.bank),
        ):
            if day in table:
                return kind, table[day]
        if day.weekday() >= 5:
            return (DayKind.SATURDAY, DayKind.SUNDAY)[day.weekday() - 5], names.eves.get(day, "")
        return (DayKind.EVE, names.eves[day]) if day in names.eves else (DayKind.BUSINESS, "")

    @lru_cache(maxsize=1024)  # noqa: B019
    def _month(self, year: int, month: int) -> tuple[dt.date, ...]:
        """The business days of a month, in order."""
        first = dt.date(year, month, 1)
        days = (first + dt.timedelta(days=i) for i in range(31))
        return tuple(day for day in days if day.month == month and self._works(day))

    def _works(self, day: dt.date) -> bool:
        if day.weekday() >= 5:
            return False
        kind, _name = self._kind(day, "pt_BR")
        return kind in (DayKind.BUSINESS, DayKind.EVE) or (kind is DayKind.CARNIVAL and day.weekday() == 2)


@cache
def _calendar(state: str, city: str) -> BusinessCalendar:
    return BusinessCalendar(state, city)


def default() -> BusinessCalendar:
    """The calendar of `FAROL_STATE` and `FAROL_CITY`."""
    return _calendar(settings.FAROL_STATE, settings.FAROL_CITY)


def _ym(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def _note(day: CalendarDay, kind: DayKind, name: str, english: bool) -> str:
    if kind is DayKind.HOLIDAY:
        return f"holiday ({name})" if english else f"feriado ({name})"
    if kind is DayKind.BANK_HOLIDAY:
        return f"bank holiday ({name})" if english else f"feriado bancário ({name})"
    if name:
        return name
    if not day.pay_day:
        return ""
    if day.day.day == PAY_DAY_OF_MONTH:
        return "the 20th, pay day" if english else "dia 20, de pagamento"
    return "5th business day, pay day" if english else "5º dia útil, de pagamento"
