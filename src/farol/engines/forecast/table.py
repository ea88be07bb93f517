"""Series from a CSV file with the columns `series,period,value`, without gaps, and the periods that follow them."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core.errors import Refused

COLUMNS = ("series", "period", "value")


@dataclass(frozen=True)
class Step:
    """A way to write periods: the number of a period (None where the text is none), its text, and its season."""

    name: str
    number: Callable[[str], int | None]
    text: Callable[[int], str]
    season: int | None


def _month(text: str) -> int | None:
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    return int(found[1]) * 12 + int(found[2]) - 1 if found and 1 <= int(found[2]) <= 12 else None


def _day(text: str) -> int | None:
    try:
        return dt.date.fromisoformat(text).toordinal() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


MONTHS = Step("month", _month, lambda number: f"{number // 12:04}-{number % 12 + 1:02}", 12)
DAYS = Step("day", _day, lambda number: dt.date.fromordinal(number).isoformat(), 7)
NUMBERS = Step("number", lambda text: int(text) if re.fullmatch(r"-?\d{1,9}", text) else None, str, None)
STEPS = (MONTHS, DAYS, NUMBERS)


@dataclass(frozen=True)
class Series:
    """One series in order; `first` is the number of its first period."""

    name: str
    step: Step
    first: int
    values: list[float]

    @property
    def next(self) -> int:
        """The number of the period after the last one."""
        return self.first + len(self.values)


def read(path: Path) -> list[Series]:
    """The series in the order in which the file names them; `Refused`, naming the line, for what is wrong."""
    rows: dict[str, list[tuple[int, str, str]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise Refused(_("The file has no column “%(column)s”.") % {"column": missing[0]})
            for row in reader:
                name, period, value = ((row[column] or "").strip() for column in COLUMNS)
                rows.setdefault(name, []).append((reader.line_num, period, value))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(_("The file is not a CSV file in UTF-8.")) from error
    if not rows:
        raise Refused(_("The file has no rows."))
    return [_series(name, lines) for name, lines in rows.items()]


def _series(name: str, lines: list[tuple[int, str, str]]) -> Series:
    step = _step(*lines[0][:2])
    found: dict[int, tuple[int, float]] = {}
    for line, period, text in lines:
        number = step.number(period)
        if number is None:
            raise _wrong(line, _("“%(text)s” is not a period like those before it") % {"text": period[:20]})
        if number in found:
            raise _wrong(line, _("%(period)s of series “%(series)s” is there twice") % _named(name, period))
        found[number] = line, _value(line, text)
    ordered = sorted(found)
    for before, number in itertools.pairwise(ordered):
        if number != before + 1:
            gap = _named(name, step.text(before + 1))
            raise _wrong(found[number][0], _("%(period)s of series “%(series)s” is missing before it") % gap)
    return Series(name, step, ordered[0], [found[number][1] for number in ordered])


def _step(line: int, period: str) -> Step:
    for step in STEPS:
        if step.number(period) is not None:
            return step
    raise _wrong(line, _("“%(text)s” is not a month, a day or a whole number") % {"text": period[:20]})


def _value(line: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(line, _("“%(text)s” is not a number") % {"text": text[:20]})
    return value


def _named(series: str, period: str) -> dict[str, str]:
    return {"series": series[:40], "period": period[:20]}


def _wrong(line: int, what: str) -> Refused:
    return Refused(_("Line %(line)d: %(what)s.") % {"line": line, "what": what})
