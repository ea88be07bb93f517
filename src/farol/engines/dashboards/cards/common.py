"""What several kinds of card share: columns for measures, names of bases, changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import palette, scales
from farol.engines.dashboards.scope import SHORT_BASES, Scope
from farol.engines.metrics import Comparison, Direction, Measure, Unit
from farol.platform.exports import Column, Kind

KINDS = {Unit.BRL: Kind.MONEY, Unit.COUNT: Kind.INTEGER, Unit.PERCENT: Kind.PERCENT, Unit.NUMBER: Kind.NUMBER}


def column(measure: Measure, label: Any = None) -> Column:
    return Column(measure.name, label or measure.label, KINDS[measure.unit])


def dimension_column(scope: Scope, name: str) -> Column:
    dimension = scope.model.dimension(name)
    kinds = {"date": Kind.DATE, "integer": Kind.INTEGER}
    return Column(name, dimension.label, Kind.TEXT if dimension.values else kinds.get(dimension.kind, Kind.TEXT))


@dataclass(frozen=True)
class Change:
    """A comparison put in words: `tone` is good, bad or flat by the measure's direction; `way` is up, down or flat."""

    base: str
    base_name: str
    base_kind: str
    value: str
    full: str
    pct: str
    way: str
    tone: str
    known: bool


def change(comparison: Comparison | None, base: str, measure: Measure, scope: Scope) -> Change:
    """What stands beside a figure. Without a base day there is a dash: never zero, never infinity."""
    name, kind = base_day(comparison, base, scope)
    if comparison is None or comparison.delta is None:
        return Change(str(SHORT_BASES[base]), name, kind, "—", "—", "—", "flat", "flat", False)
    delta, language = comparison.delta, scope.language
    points = measure.unit is Unit.PERCENT
    pct = formats.percent(delta if points else comparison.pct, sign=True, language=language)
    if points and delta is not None:
        pct = _("%(points)s p.p.") % {"points": signed(delta, 1, language)}
    return Change(
        base=str(SHORT_BASES[base]),
        base_name=name,
        base_kind=kind,
        value=scales.signed(delta, measure.unit.value, language),
        full=scales.full(comparison.base, measure.unit.value, language),
        pct=pct,
        way="up" if delta > 0 else "down" if delta < 0 else "flat",
        tone=tone(delta, measure.direction),
        known=True,
    )


def signed(value: Decimal | int, digits: int, language: str) -> str:
    return ("+" if value > 0 else "") + formats.number(value, digits, language)


def tone(delta: Decimal | int, direction: Direction) -> str:
    """Whether a change is good; what has no direction is neither."""
    if not delta or direction is Direction.NEUTRAL:
        return "flat"
    return "good" if (delta > 0) == (direction is Direction.UP) else "bad"


def base_day(comparison: Comparison | None, base: str, scope: Scope) -> tuple[str, str]:
    """The base day and its kind in words, such as (`22/02/2025`, `sábado de Carnaval`)."""
    if base == "expected":
        return "", scope.calendar.describe(scope.day, scope.language) if scope.period.one_day else ""
    if comparison is None:
        return "", ""
    if comparison.base_date:
        return formats.date(comparison.base_date, scope.language), describe(comparison.base_date, scope)
    if comparison.base_from and comparison.base_to:
        return span_name(comparison.base_from, comparison.base_to, scope.language), ""
    return "", ""


def describe(day: dt.date, scope: Scope) -> str:
    return scope.calendar.describe(day, scope.language)


def span_name(start: dt.date, end: dt.date, language: str) -> str:
    """One day, or the first and last of several."""
    if start == end:
        return formats.date(start, language)
    if start.year == end.year and language.startswith("pt"):
        return f"{start:%d/%m} – {formats.date(end, language)}"
    return f"{formats.date(start, language)} – {formats.date(end, language)}"


def hues(scope: Scope, dimension: str, values: list[Any]) -> Mapping[str, str]:
    """Colours of a dimension's values, worked out from all that are known, so that a filter changes none."""
    known = {str(v) for v in scope.model.dimension(dimension).values} | {str(v) for v in values}
    return palette.hues(known)


def holidays(scope: Scope, days: list[dt.date]) -> dict[dt.date, str]:
    """Names of the days that a chart points out: holidays, Carnival and days on which banks close."""
    marked = {"carnival", "holiday", "bank_holiday"}
    found = (scope.calendar.day(day) for day in days)
    return {d.day: d.name for d in found if d.kind in marked}
