"""Answers as text tables for people at a terminal, in their language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock, formats
from farol.engines.metrics.answer import Comparison, Row, Value
from farol.engines.metrics.contribution import Explanation
from farol.engines.metrics.doors import Result
from farol.engines.metrics.model import TIME, Dimension, Measure, Unit
from farol.engines.metrics.period import Period
from farol.engines.metrics.reopen import Opened
from farol.platform.calendar import default

COMPARISON_LABELS = {
    "d1": gettext_lazy("the day before"),
    "w1": gettext_lazy("same weekday last week"),
    "m1": gettext_lazy("same day of last month"),
    "m30": gettext_lazy("30 days before"),
    "y1": gettext_lazy("same date last year"),
    "expected": gettext_lazy("expected of such a day"),
}
KIND_LABELS = {
    "business": gettext_lazy("Business day"),
    "saturday": gettext_lazy("Saturday"),
    "sunday": gettext_lazy("Sunday"),
    "holiday": gettext_lazy("Holiday"),
    "carnival": gettext_lazy("Carnival"),
    "bank_holiday": gettext_lazy("Bank holiday"),
    "eve": gettext_lazy("Eve of a holiday"),
}
_MONDAY = dt.date(2024, 1, 1)


def value_text(measure: Measure, value: Value) -> str:
    """A figure the way people read it; a dash where it is unknown."""
    if measure.unit is Unit.BRL:
        return formats.brl(None if value is None else Decimal(value))
    if measure.unit is Unit.PERCENT:
        return formats.percent(value, 2)
    return formats.number(value, 0 if measure.unit is Unit.COUNT else 2)


def dimension_text(dimension: Dimension, value: Any) -> str:
    """A value of a dimension in words: its label, a date, the name of a weekday or kind of day."""
    if value is None or value == "":
        return formats.NONE
    if dimension is TIME["weekday"]:
        return formats.weekday(_MONDAY + dt.timedelta(days=value))
    if dimension is TIME["kind"]:
        return str(KIND_LABELS.get(value, value))
    if dimension is TIME["month"]:
        return formats.month(value)
    return formats.date(value) if isinstance(value, dt.date) else str(dimension.values.get(value, value))


def period_text(period: Period) -> str:
    """One day with its kind, or both ends."""
    if period.one_day:
        return f"{formats.date(period.start)} ({default().describe(period.start)})"
    return _("%(start)s to %(end)s") % {"start": formats.date(period.start), "end": formats.date(period.end)}


def base_text(comparison: Comparison) -> str:
    """The base of a comparison in words: its day and kind of day, or both ends."""
    if comparison.base_date:
        return period_text(Period(comparison.base_date, comparison.base_date))
    if comparison.base_from and comparison.base_to:
        return period_text(Period(comparison.base_from, comparison.base_to))
    return ""


def of_result(result: Result) -> str:
    """The rows, then one block per comparison."""
    dimensions, measures = result.query.by, result.query.measures
    heading = [str(d.label) for d in dimensions] + [str(m.label) for m in measures]
    rows = [_labels(dimensions, row) + [value_text(m, row[m.name]) for m in measures] for row in result.rows]
    blocks = [period_text(result.period), _grid(heading, rows, len(dimensions))]
    blocks += [_comparison_block(result, name) for name in result.query.compare]
    return "\n\n".join([*blocks, _footer(result.complete_until, result.data_version, result.receipt)])


def _comparison_block(result: Result, name: str) -> str:
    measures = result.query.measures
    heading = [str(d.label) for d in result.query.by] + [_("Base day"), _("Figure"), _("Base"), _("Change"), "%"]
    rows = [
        _labels(result.query.by, row) + _comparison_cells(m, row["compare"][m.name][name])
        for row in result.rows
        for m in measures
    ]
    return f"{COMPARISON_LABELS[name]} ({name})\n" + _grid(heading, rows, len(result.query.by) + 2)


def _comparison_cells(measure: Measure, c: Comparison) -> list[str]:
    change = value_text(measure, c.delta)
    sign = "+" if c.delta is not None and c.delta > 0 else ""
    return [
        base_text(c) or formats.NONE,
        str(measure.label),
        value_text(measure, c.base),
        sign + change,
        formats.percent(c.pct, 2, sign=True),
    ]


def _labels(dimensions: Sequence[Dimension], row: Row) -> list[str]:
    return [dimension_text(d, row[d.name]) for d in dimensions]


def of_explanation(found: Explanation) -> str:
    """The change, what explains it, and every segment's part."""
    measure, dimensions = found.measure, found.query.by
    names = [d for d in found.query.model.dimensions if found.segments and d.name in found.segments[0].segment]
    heading = [str(d.label) for d in dimensions or names]
    heading += [_("Base"), _("Value"), _("Change"), *_effect_labels(measure)]
    rows = [
        [dimension_text(d, segment.segment[d.name]) for d in dimensions or names]
        + [value_text(measure, v) for v in (segment.base, segment.value, segment.delta)]
        + [value_text(measure, v) for v in (segment.volume_effect, segment.ticket_effect)]
        for segment in found.segments
    ]
    base = Period(found.base_days[0], found.base_days[-1])
    change = _("%(measure)s: %(value)s against %(base)s, a change of %(delta)s") % {
        "measure": measure.label,
        "value": value_text(measure, found.value),
        "base": value_text(measure, found.base),
        "delta": value_text(measure, found.delta),
    }
    against = _("%(period)s against %(base)s") % {
        "period": period_text(found.query.period),
        "base": period_text(base),
    }
    grid = _grid(heading, rows, len(heading) - 5) if rows else ""
    footer = _footer(found.complete_until, found.data_version, found.receipt)
    return "\n\n".join(part for part in (against, change, _explained(found, names), grid, footer) if part)


def _effect_labels(measure: Measure) -> tuple[str, str]:
    if measure.additive:
        return _("Volume effect"), _("Ticket effect")
    return _("Mix effect"), _("Rate effect")


def _explained(found: Explanation, dimensions: Sequence[Dimension]) -> str:
    if found.delta is None:
        return _("The base has no data.")
    if not found.explained_by:
        return _("Nothing inside explains it: the segments moved alike.")
    named = (", ".join(dimension_text(d, segment[d.name]) for d in dimensions) for segment in found.explained_by)
    return _("Explained by: %(segments)s") % {"segments": "; ".join(named)}


def of_receipt(opened: Opened) -> str:
    """The receipt in lines."""
    kept = opened.receipt
    agrees = {True: _("yes, the same values"), False: _("no, the values differ"), None: _("cannot be told")}
    lines = [
        (_("Receipt"), kept.code),
        (_("Model"), str(opened.model.label)),
        *[(_("Definition"), f"{m.label}: {m.definition}") for m in _measures(opened)],
        (_("Always"), str(opened.model.base_filter_text) or formats.NONE),
        (_("Period"), period_text(opened.query.period) if opened.query.period else formats.NONE),
        *[(str(opened.model.dimension(name).label), ", ".join(map(str, v))) for name, v in opened.query.where.items()],
        (_("Data version"), kept.data_version),
        (_("Complete until"), formats.date(kept.complete_until)),
        (_("Shown on"), formats.instant(clock.local(kept.created_at))),
        (_("Runs again the same"), agrees[opened.agrees]),
    ]
    width = max(len(label) for label, _text in lines)
    return "\n".join(f"{label.ljust(width)}  {text}" for label, text in lines)


def _measures(opened: Opened) -> list[Measure]:
    known = opened.model.measures_by_name
    return [known[name] for name in opened.query.measures if name in known]


def _footer(complete_until: dt.date | None, version: str, receipt: str) -> str:
    sentence = _("Complete until %(day)s · version %(version)s · receipt %(receipt)s")
    return sentence % {"day": formats.date(complete_until), "version": version, "receipt": receipt}


def _grid(heading: list[str], rows: list[list[str]], texts: int) -> str:
    """Columns aligned: the first `texts` to the left, figures to the right."""
    widths = [max(len(row[i]) for row in [heading, *rows]) for i in range(len(heading))]

    def line(cells: list[str]) -> str:
        padded = (c.ljust(w) if i < texts else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True)))
        return "  ".join(padded).rstrip()

    return "\n".join([line(heading), "  ".join("─" * w for w in widths), *map(line, rows)])
