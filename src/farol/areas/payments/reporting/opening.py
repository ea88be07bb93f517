"""The top of the report: sentences computed from the figures, and the three cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from farol.areas.payments.insights import listed, segment_name
from farol.areas.payments.metrics import PAYMENTS
from farol.areas.payments.reporting.figures import COMPARED, MEASURES, Figures
from farol.core import formats
from farol.engines.alerts.findings import Alert
from farol.engines.dashboards import charts
from farol.engines.metrics import Unit
from farol.engines.reports.document import Card, Cards, Change, Summary

LEVEL = Decimal(1)  # a change below one percent is “in line”
SPARK_DAYS = 30


def base_name(name: str) -> str:
    """How a comparison is called in tables and cards."""
    return _("Expected") if name == "expected" else {"d1": "D-1", "w1": "W-1", "m1": "M-1", "y1": "Y-1"}[name]


def summary(figures: Figures, alerts: Sequence[Alert]) -> Summary:
    """What a reader in a hurry needs, the expected value first."""
    return Summary([s for s in (_lead(figures), _week(figures), _moved(figures), _alerts(alerts)) if s])


def cards(figures: Figures) -> Cards:
    """TPV, transactions and average ticket with their changes and their last weeks."""
    return Cards([_card(figures, name) for name in MEASURES])


def written(name: str, value: Any, *, compact: bool = False) -> str:
    """A measure's value in its unit."""
    if PAYMENTS.measure(name).unit is Unit.COUNT:
        return formats.compact(value) if compact else formats.number(value)
    return formats.compact_brl(value) if compact and value is not None and value >= 1000 else formats.brl(value)


def _lead(figures: Figures) -> str:
    found = figures.comparison("tpv", "expected")
    parts = {
        "day": formats.date(figures.day),
        "kind": figures.calendar.describe(figures.day),
        "value": formats.compact_brl(figures.kpis["tpv"]),
        "expected": formats.compact_brl(found.base),
        "pct": formats.percent(abs(found.pct)) if found.pct is not None else "",
    }
    if found.pct is None:
        return _("TPV of %(day)s, %(kind)s, was %(value)s; there is too little history to say what to expect.") % parts
    if abs(found.pct) < LEVEL:
        return _("TPV of %(day)s, %(kind)s, was %(value)s, in line with the expected %(expected)s.") % parts
    if found.pct > 0:
        return _("TPV of %(day)s, %(kind)s, was %(value)s, %(pct)s above the expected %(expected)s.") % parts
    return _("TPV of %(day)s, %(kind)s, was %(value)s, %(pct)s below the expected %(expected)s.") % parts


def _week(figures: Figures) -> str:
    base = figures.comparison("tpv", "w1")
    if base.base is None or base.base_date is None:
        return ""
    parts = {
        "base": figures.describe(base.base_date),
        "tpv": _signed(figures, "tpv"),
        "transactions": _signed(figures, "transactions"),
        "ticket": _signed(figures, "average_ticket"),
    }
    sentence = _("Against %(base)s: TPV %(tpv)s, transactions %(transactions)s, average ticket %(ticket)s.")
    return sentence % parts


def _signed(figures: Figures, name: str) -> str:
    return formats.percent(figures.pct(name, "w1"), sign=True)


def _moved(figures: Figures) -> str:
    moved = figures.moved
    if not moved.delta:
        return ""
    parts: dict[str, Any] = {"delta": formats.compact_brl(moved.delta), "base": base_name(figures.against)}
    if not moved.explained_by:
        return _("No single segment explains the change of %(delta)s against %(base)s.") % parts
    keys = [tuple(segment.items()) for segment in moved.explained_by]
    explained = sum((Decimal(s.delta or 0) for s in moved.segments if tuple(s.segment.items()) in keys), Decimal(0))
    parts |= {
        "names": listed([segment_name(segment) for segment in moved.explained_by[:3]]),
        "part": formats.compact_brl(explained),
    }
    sentence = ngettext(
        "%(names)s accounts for %(part)s of the change of %(delta)s against %(base)s.",
        "%(names)s account for %(part)s of the change of %(delta)s against %(base)s.",
        len(moved.explained_by),
    )
    return sentence % parts


def _alerts(alerts: Sequence[Alert]) -> str:
    if not alerts:
        return _("No segment left its expected range.")
    risks = sum(alert.direction == "down" for alert in alerts)
    chances = len(alerts) - risks
    counts = [
        ngettext("%(count)d risk", "%(count)d risks", risks) % {"count": risks} if risks else "",
        ngettext("%(count)d opportunity", "%(count)d opportunities", chances) % {"count": chances} if chances else "",
    ]
    first = max(alerts, key=lambda alert: abs(alert.impact or Decimal(0)))
    parts = {
        "counts": listed([count for count in counts if count]),
        "segment": segment_name(dict(first.segment)) or _("Whole"),
        "impact": formats.signed_brl(first.impact),
    }
    return _("Alerts: %(counts)s. The largest: %(segment)s, with an impact of %(impact)s.") % parts


def _card(figures: Figures, name: str) -> Card:
    value = figures.kpis[name]
    course = [
        figures.days.get(figures.day - dt.timedelta(days=back), {}).get(name) for back in range(SPARK_DAYS - 1, -1, -1)
    ]
    changes = [Change(base_name(base), figures.pct(name, base)) for base in COMPARED]
    look = charts.Look(get_language() or "pt-br", "light")
    return Card(
        label=str(PAYMENTS.measure(name).label),
        value=written(name, value, compact=True),
        full=written(name, value),
        changes=changes,
        spark=charts.sparkline(course, look=look),
    )
