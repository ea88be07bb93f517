"""Series from a CSV file with the columns `series,period,value`, without gaps, and the periods that follow them."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core.errors import Refused

COLUMNS = ("series", "period", "value")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MOST = 1e15  # beyond it sums of squares lose what they are about


@dataclass(frozen=True)
class Step:
    """A way to write periods: the number of a period (None where the text is none), its text, its season, and the
    number of the last period that can be written."""

    name: str
    number: Callable[[str], int | None]
    text: Callable[[int], str]
    season: int | None
    last: float = math.inf


def _month(text: str) -> int | None:
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    return int(found[1]) * 12 + int(found[2]) - 1 if found and 1 <= int(found[2]) <= 12 else None


def _day(text: str) -> int | None:
    try:
        return dt.date.fromisoformat(text).toordinal() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


MONTHS = Step("month", _month, lambda number: f"{number // 12:04}-{number % 12 + 1:02}", 12, 9999 * 12 + 11)
DAYS = Step("day", _day, lambda number: dt.date.fromordinal(number).isoformat(), 7, dt.date.max.toordinal())
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
            _check(reader.fieldnames)
            for row in reader:
                if None in row:
                    raise _wrong(reader.line_num, _("there are more fields than columns; decimals take a point"))
                name, period, value = ((row[column] or "").strip() for column in COLUMNS)
                rows.setdefault(name, []).append((reader.line_num, period, value))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(_("The file is not a CSV file in UTF-8.")) from error
    if not rows:
        raise Refused(_("The file has no rows."))
    return [_series(name, lines) for name, lines in rows.items()]


def _check(names: Sequence[str] | None) -> None:
    if not names:
        raise Refused(_("The file is empty."))
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        found = {"column": missing[0], "first": ",".join(names)[:60]}
        text = _(
            "The file has no column “%(column)s”: its first line must name series,period,value with commas between "
            "them, and is “%(first)s”."
        )
        raise Refused(text % found)


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
    if not text:
        raise _wrong(line, _("the value is missing"))
    if not NUMBER.fullmatch(text):
        raise _wrong(line, _("“%(text)s” is not a number") % {"text": text[:20]})
    if abs(value := float(text)) > MOST:
        raise _wrong(line, _("“%(text)s” is too large") % {"text": text[:20]})
    return value


def _named(series: str, period: str) -> dict[str, str]:
    return {"series": series[:40], "period": period[:20]}


def _wrong(line: int, what: str) -> Refused:
    return Refused(_("Line %(line)d: %(what)s.") % {"line": line, "what": what})
