"""Round scales and the texts on them, in the reader's language."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from farol.core import formats

Unit = str  # `brl`, `count`, `percent` or `number`: the values of `metrics.Unit`
Number = Decimal | int | float


def ticks(values: Sequence[float], *, zero: bool, about: int = 4) -> list[float]:
    """Round values that enclose all of `values` (and zero where asked), `about` that many steps."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero or low == high:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    step = _round_step((high - low) / about)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [_clean(index * step, step) for index in range(first, last + 1)]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough - 1e-12 * power)


def _clean(value: float, step: float) -> float:
    return round(value, max(0, 2 - math.floor(math.log10(step))))


def text(value: Number | None, unit: Unit, language: str) -> str:
    """The compact form: `R$ 1,2 mi`, `R$ 125,94`, `12,3 mil`, `12,3 %`; a dash for None."""
    if unit == "brl":
        return _money(None if value is None else Decimal(str(value)), language)
    if unit == "percent":
        return formats.percent(value, language=language)
    return formats.compact(value, language)


def _money(value: Decimal | None, language: str) -> str:
    """Below a thousand the centavos matter, as in a ticket."""
    write = formats.brl if value is not None and 0 < abs(value) < 1000 else formats.compact_brl
    return write(value, language)


def full(value: Number | None, unit: Unit, language: str) -> str:
    """The whole value: `R$ 1.234.567,89`, `12.345`, `12,34 %`; a dash for None."""
    if unit == "brl":
        return formats.brl(None if value is None else Decimal(str(value)), language)
    if unit == "percent":
        return formats.percent(value, 2, language=language)
    return formats.number(value, 0 if unit == "count" else 2, language)


def signed(value: Number | None, unit: Unit, language: str) -> str:
    """The compact form with the plus written too."""
    return ("+" if value is not None and value > 0 else "") + text(value, unit, language)


def bare(value: Number | None, unit: Unit, language: str) -> str:
    """A label in a crowded chart: no `R$`, whole percents."""
    if unit == "percent":
        return formats.percent(value, 0, language=language)
    return formats.compact(value, language)


def tick_texts(values: Sequence[float], unit: Unit, language: str) -> list[str]:
    """Texts of a scale: `R$` only stands in the tooltip and the title, to keep the scale quiet."""
    if unit == "percent":
        digits = 0 if all(float(v).is_integer() for v in values) else 1
        return [formats.percent(v, digits, language=language) for v in values]
    return [formats.compact(v, language) for v in values]


def short_day(day: dt.date, language: str) -> str:
    return f"{day:%d/%m}" if language.startswith("pt") else f"{day:%b} {day.day}"
