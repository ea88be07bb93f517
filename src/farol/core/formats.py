"""How figures and days are written, in Portuguese and English. `None` is written as a dash, never as zero.

`language` is `pt-br` or `en`; left out, it is the language of the current request. Babel does the work, with three of
its habits guarded: it rounds half to even, writes a negative zero, and calls 999.999 "1000 mil".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import dates, numbers
from django.utils.translation import get_language

NBSP = "\u00a0"
NONE = "—"
Number = Decimal | int | float


def brl(value: Decimal | int | None, language: str | None = None) -> str:
    """`R$ 1.234,56`, with a no-break space; a negative amount is `-R$ 10,50`."""
    if value is None:
        return NONE
    return _with_sign(_round(value, 2), lambda v: f"R${NBSP}{number(v, 2, language)}")


def compact_brl(value: Decimal | int | None, language: str | None = None) -> str:
    """`R$ 1,2 mi`: for cards, never for accounts."""
    return NONE if value is None else _with_sign(Decimal(value), lambda v: f"R${NBSP}{compact(v, language)}")


def number(value: Number | None, digits: int = 0, language: str | None = None) -> str:
    """`1.234,5`, always with `digits` decimals."""
    if value is None:
        return NONE
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(_round(value, digits), pattern, locale=_locale(language))


def compact(value: Number | None, language: str | None = None) -> str:
    """`1,2 mi`, `35,4 mil`, `812`: one decimal from a thousand up."""
    if value is None:
        return NONE
    rounded = _round_compact(Decimal(str(value)))
    return numbers.format_compact_decimal(rounded, locale=_locale(language), fraction_digits=1)


def percent(pct: Number | None, digits: int = 1, sign: bool = False, language: str | None = None) -> str:
    """A number in percent as `12,3 %` (no-break space); `sign` also writes the plus."""
    if pct is None:
        return NONE
    rounded = _round(pct, digits)
    plus = "+" if sign and rounded > 0 else ""
    return f"{plus}{number(rounded, digits, language)}{NBSP}%"


def signed_brl(value: Decimal | int | None, language: str | None = None) -> str:
    """A difference in money: `+R$ 1,00`, `-R$ 1,00`, `R$ 0,00`."""
    return ("+" if value is not None and _round(value, 2) > 0 else "") + brl(value, language)


def date(day: dt.date | None, language: str | None = None) -> str:
    """`21/11/2026`; in English `21 Nov 2026`, which nobody reads as another day."""
    return NONE if day is None else _date(day, "dd/MM/y", "d MMM y", language)


def day_long(day: dt.date, language: str | None = None) -> str:
    """`sábado, 21 de novembro de 2026`."""
    return _date(day, "EEEE, d 'de' MMMM 'de' y", "EEEE, d MMMM y", language)


def day_short(day: dt.date, language: str | None = None) -> str:
    """`sáb., 21/11`: for a table's narrow column."""
    return _date(day, "EEE, dd/MM", "EEE, d MMM", language)


def weekday(day: dt.date, language: str | None = None) -> str:
    """`sábado`."""
    return _date(day, "EEEE", "EEEE", language)


def month(day: dt.date, language: str | None = None) -> str:
    """`novembro de 2026`."""
    return _date(day, "MMMM 'de' y", "MMMM y", language)


def instant(moment: dt.datetime, language: str | None = None) -> str:
    """An instant already brought to its local zone: `21/11/2026 06:00`."""
    return f"{date(moment.date(), language)} {moment:%H:%M}"


def _locale(language: str | None) -> str:
    return "en" if (language or get_language() or "").startswith("en") else "pt_BR"


def _date(day: dt.date, portuguese: str, english: str, language: str | None) -> str:
    return _written(day, portuguese, english, _locale(language))


@lru_cache(maxsize=4096)
def _written(day: dt.date, portuguese: str, english: str, locale: str) -> str:
    """Kept: a page of a list writes the same few days hundreds of times."""
    return dates.format_date(day, english if locale == "en" else portuguese, locale=locale)


def _round(value: Number, digits: int) -> Decimal:
    """Half away from zero, as people expect; adding zero drops the sign of a negative zero."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def _round_compact(value: Decimal) -> Decimal:
    """Rounded to what the compact form shows, so that 999.999 has already become a million when the unit is chosen."""
    shown = _round(value, 0)
    for exponent in (3, 6, 9, 12):
        if abs(shown) >= Decimal(10) ** exponent:  # always from the value: rounding twice would be wrong
            shown = _round(value.scaleb(1 - exponent), 0).scaleb(exponent - 1)
    return shown


def _with_sign(value: Decimal, write: Callable[[Decimal], str]) -> str:
    return f"-{write(-value)}" if value < 0 else write(value)
