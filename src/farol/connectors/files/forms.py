"""How days and amounts are written in a file: decided by evidence, or asked for; never guessed silently."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput

ORDERS = ("ymd", "dmy", "mdy")
SHOWN = {"ymd": "AAAA-MM-DD", "dmy": "DD/MM/AAAA", "mdy": "MM/DD/AAAA"}
_YEAR_FIRST = re.compile(r"^\d{4}([-/.]\d{1,2}[-/.]\d{1,2}|\d{4})([T ].*)?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})( .*)?$")
_NUMBER = re.compile(r"^-?\d[\d.,]*$")
_GROUPED = re.compile(r"^-?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*$")


@dataclass(frozen=True)
class Forms:
    """`day` is one of `ORDERS`, `decimal` is `,` or `.`."""

    day: str
    decimal: str


def read_order(text: str) -> str:
    """`dd/mm/aaaa`, `%Y-%m-%d`, `iso`, `mdy`… as one of `ORDERS`; `BadInput` otherwise."""
    plain = text.lower().replace("a", "y").replace("%", "")
    order = "ymd" if plain == "iso" else "".join(dict.fromkeys(c for c in plain if c in "ymd"))
    if order not in ORDERS:
        raise BadInput(
            "date-format", _("“%(text)s” is not a form of date. Use dd/mm/aaaa, mm/dd/aaaa or iso.") % {"text": text}
        )
    return order


def read_decimal(text: str) -> str:
    """`,`, `.`, or their names."""
    mark = {"comma": ",", "virgula": ",", "vírgula": ",", "point": ".", "ponto": "."}.get(text.lower(), text)
    if mark not in (",", "."):
        raise BadInput("decimal", _("The decimal mark is a comma or a point."))
    return mark


def decimal_mark(values: Iterable[str]) -> str | None:
    """The decimal mark that the amounts prove; None where they prove neither (whole numbers, or only `1.234`)."""
    votes = {",": 0, ".": 0}
    for value in values:
        mark = _proven_mark(re.sub(r"[R$\s\u00a0]", "", value))
        if mark:
            votes[mark] += 1
    if not any(votes.values()):
        return None
    return max(votes, key=lambda mark: votes[mark])


def doubtful_amount(values: Iterable[str]) -> str | None:
    """An amount such as `1.234`, which is one thing or the other with each decimal mark."""
    return next((v for v in values if _GROUPED.match(re.sub(r"[R$\s\u00a0]", "", v))), None)


def _proven_mark(text: str) -> str | None:
    if not _NUMBER.match(text) or _GROUPED.match(text):
        match = _GROUPED.match(text)
        several = match and text.count(match[1]) > 1
        return {",": ".", ".": ","}[match[1]] if match and several else None
    last = max(text.rfind(","), text.rfind("."))
    return text[last] if last > 0 and text.count(text[last]) == 1 else None


def day_order(values: Iterable[str], *, decimal: str | None, doubtful: Callable[[], Iterable[str]]) -> str:
    """The order of day, month and year that the days prove.

    `doubtful` gives all distinct days of the file, and is asked only where the first ones prove nothing. `BadInput`
    where day/month and month/day both stay possible.
    """
    order = _order(values, decimal)
    if order is None:
        order = _order(doubtful(), decimal)
    if order is None:
        raise BadInput(
            "date-format",
            _("The days could be day/month or month/day. Say which: dd/mm/aaaa or mm/dd/aaaa."),
            code="ambiguous_date",
        )
    return order


def _order(values: Iterable[str], decimal: str | None) -> str | None:
    texts = {v.strip() for v in values}
    parts = [m for m in map(_YEAR_LAST.match, texts) if m]
    if not parts:
        return "ymd"  # what is not a day at all is refused row by row
    pairs = {(int(m[1]), int(m[3]), int(m[4])) for m in parts}
    possible = [order for order in ("dmy", "mdy") if _possible(pairs, order)]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        return _majority(pairs)
    if decimal == ",":  # no place writes the decimal comma and the month first
        return "dmy"
    return _consecutive(pairs)


def _possible(pairs: set[tuple[int, int, int]], order: str) -> bool:
    """No part is out of range, and nothing lies in the future."""
    days = [_day(pair, order) for pair in pairs]
    return all(d is not None and d <= clock.today() for d in days)


def _majority(pairs: set[tuple[int, int, int]]) -> str:
    """Some days are wrong whatever the order: the order that reads more of them, so that the wrong ones are named."""
    read = {order: sum(_day(p, order) is not None for p in pairs) for order in ("dmy", "mdy")}
    return "dmy" if read["dmy"] >= read["mdy"] else "mdy"


def _consecutive(pairs: set[tuple[int, int, int]]) -> str | None:
    """Three or more days that follow each other in one reading and are scattered in the other."""
    closed = {order: _without_gaps([_day(p, order) for p in pairs]) for order in ("dmy", "mdy")}
    if len(pairs) < 3 or closed["dmy"] == closed["mdy"]:
        return None
    return "dmy" if closed["dmy"] else "mdy"


def _without_gaps(days: list[dt.date | None]) -> bool:
    real = [d for d in days if d]
    return (max(real) - min(real)).days == len(set(real)) - 1


def _day(pair: tuple[int, int, int], order: str) -> dt.date | None:
    first, second, year = pair
    day, month = (first, second) if order == "dmy" else (second, first)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
