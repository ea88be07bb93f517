"""Tables of the daily report: comparisons, what moved, alerts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.payments.insights import segment_name
from farol.areas.payments.metrics import PAYMENTS
from farol.areas.payments.reporting.figures import COMPARED, MEASURES, Figures
from farol.areas.payments.reporting.opening import base_name, written
from farol.engines.alerts.findings import Alert
from farol.engines.metrics import Measure, Unit
from farol.engines.reports.document import Field, Look, Table
from farol.platform.exports import Kind

MOST_SEGMENTS, MOST_ALERTS = 8, 15
KINDS = {Unit.BRL: Kind.MONEY, Unit.COUNT: Kind.INTEGER, Unit.PERCENT: Kind.PERCENT, Unit.NUMBER: Kind.NUMBER}


def comparisons(figures: Figures) -> list[Table]:
    """One table per measure: value, and each base with its day, value, difference and percent."""
    return [_comparison_table(figures, PAYMENTS.measure(name)) for name in MEASURES]


def _comparison_table(figures: Figures, measure: Measure) -> Table:
    kind = KINDS[measure.unit]
    rows = []
    for name in COMPARED:
        found = figures.comparison(measure.name, name)
        rows.append((base_name(name), _base_day(figures, name), found.base, found.delta, found.pct))
    return Table(
        f"{measure.label}: {written(measure.name, figures.kpis[measure.name])}",
        [
            Field("comparison", _("Compared with"), width=22),
            Field("base_day", _("Base day")),
            Field("base", _("Base"), kind, digits=2, width=29),
            Field("delta", _("Difference"), kind, Look.SIGNED, 1, 2, width=29),
            Field("pct", _("In percent"), Kind.PERCENT, Look.CHANGE, 1, width=22),
        ],
        rows,
        strong=0,
    )


def _base_day(figures: Figures, name: str) -> str:
    if name == "expected":
        return _("for %(kind)s") % {"kind": figures.calendar.describe(figures.day)}
    day = figures.comparison("tpv", name).base_date
    return figures.describe(day) if day else ""


def moved(figures: Figures) -> Table | None:
    """The largest parts of the change of TPV, the rest in one row, and the whole: they add up exactly."""
    found = figures.moved
    if found.delta is None or not found.segments:
        return None
    top, rest = found.segments[:MOST_SEGMENTS], found.segments[MOST_SEGMENTS:]
    rows: list[tuple[Any, ...]] = [(segment_name(s.segment), *_effects([s])) for s in top]
    if rest:
        rows.append((_("All other segments (%(count)d)") % {"count": len(rest)}, *_effects(rest)))
    rows.append((_("Whole change"), *_effects(found.segments)))
    money = (Kind.MONEY, Look.SIGNED, 1)
    return Table(
        "",
        [
            Field("segment", _("Segment")),
            Field("base", base_name(figures.against), Kind.MONEY),
            Field("value", _("Day"), Kind.MONEY),
            Field("delta", _("Difference"), *money),
            Field("volume", _("by volume"), *money),
            Field("ticket", _("by ticket"), *money),
        ],
        rows,
        _("By volume: more or fewer transactions at the base day's ticket. By ticket: the rest of the difference."),
        len(rows) - 1,
    )


def _effects(segments: Sequence[Any]) -> tuple[Decimal, ...]:
    names = ("base", "value", "delta", "volume_effect", "ticket_effect")
    return tuple(sum((Decimal(getattr(s, name) or 0) for s in segments), Decimal(0)) for name in names)


def alerts(found: Sequence[Alert]) -> Table | None:
    """The alerts of the day, the most expensive first."""
    if not found:
        return None
    ranked = ranked_alerts(found)
    left = len(ranked) - MOST_ALERTS
    note = _("z: distance from the mean of the 28 days before, in standard deviations.")
    if left > 0:
        note += " " + _("%(count)d more are on the page of alerts.") % {"count": left}
    return Table(
        "",
        [
            Field("alert", _("Alert")),
            Field("observed", _("Observed")),
            Field("expected", _("Expected")),
            Field("impact", _("Impact"), Kind.MONEY, Look.SIGNED, 1),
            Field("z", "z", Kind.NUMBER),
            Field("since", _("Since"), Kind.DATE),
            Field("causes", _("Where")),
        ],
        [_alert_row(alert) for alert in ranked[:MOST_ALERTS]],
        note,
    )


def ranked_alerts(found: Sequence[Alert]) -> list[Alert]:
    """The most expensive first."""
    return sorted(found, key=lambda alert: (-abs(alert.impact or Decimal(0)), alert_name(alert)))


def alert_name(alert: Alert) -> str:
    """`Risco: PJ · POS, TPV`."""
    parts = {
        "direction": _("Risk") if alert.direction == "down" else _("Opportunity"),
        "segment": segment_name(dict(alert.segment)) or _("Whole"),
        "measure": alert.measure.label,
    }
    return _("%(direction)s: %(segment)s, %(measure)s") % parts


def _alert_row(alert: Alert) -> tuple[Any, ...]:
    name = alert.measure.name
    return (
        alert_name(alert),
        written(name, alert.observed, compact=True),
        _expected(alert),
        alert.impact,
        None if alert.z is None else Decimal(str(round(alert.z, 1))),
        alert.since,
        "; ".join(segment_name(dict(segment)) for segment, _change, _share in alert.causes[:2]) or "—",
    )


def _expected(alert: Alert) -> str:
    name = alert.measure.name
    if alert.expected is None or alert.low is None or alert.high is None:
        return "—"
    parts = [written(name, value, compact=True) for value in (alert.expected, alert.low, alert.high)]
    return _("%(expected)s (%(low)s to %(high)s)") % dict(zip(("expected", "low", "high"), parts, strict=True))
