"""Yesterday's payments on the home page: four numbers with their change, and a sentence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import Unavailable
from farol.engines.dashboards import scales
from farol.engines.metrics import Comparison, Query, Result, Unit
from farol.engines.metrics.doors import run
from farol.platform.accounts.principal import asker_of
from farol.platform.calendar import default
from farol.platform.web.home import Panel

MEASURES = ("tpv", "transactions", "average_ticket", "installment_share")
BASE = "w1"
TONES = {(True, "up"): "good", (False, "up"): "bad", (True, "down"): "bad", (False, "down"): "good"}


def yesterday(request: HttpRequest) -> dict[str, Any] | None:
    """The last complete day; None while nothing was loaded."""
    principal = asker_of(request)
    try:
        result = run(Query("payments", MEASURES, compare=(BASE, "expected")), principal)
    except Unavailable:
        return None
    (row,) = result.rows
    if row["tpv"] is None:
        return None
    address = reverse("payments:board")
    return {
        "figures": [_figure(result, row, name) for name in MEASURES],
        "sentence": sentence(result),
        "more_url": address,
        "receipt": result.receipt,
    }


def _figure(result: Result, row: dict[str, Any], name: str) -> dict[str, Any]:
    measure, language = result.model.measure(name), get_language() or "pt-br"
    change: Comparison = row["compare"][name][BASE]
    way = "flat" if not change.delta else "up" if change.delta > 0 else "down"
    neutral = way == "flat" or measure.direction.value == "neutral"
    return {
        "label": measure.label,
        "definition": measure.definition,
        "value": scales.text(row[name], measure.unit, language),
        "full": scales.full(row[name], measure.unit, language),
        "change": _change(change, measure.unit, language),
        "arrow": way,
        "tone": "neutral" if neutral else TONES[measure.direction.value == "up", way],
        "base": f"W-1 · {formats.date(change.base_date)}" if change.base_date else "W-1",
    }


def _change(change: Comparison, unit: Unit, language: str) -> str:
    if change.delta is None:
        return formats.NONE
    if unit is Unit.PERCENT:
        sign = "+" if change.delta > 0 else ""
        return _("%(points)s p.p.") % {"points": sign + formats.number(change.delta, 1, language)}
    return formats.percent(change.pct, sign=True, language=language)


def sentence(result: Result) -> str:
    """TPV of the day against what its kind of day should bring; against nothing while there is too little history."""
    (row,) = result.rows
    day = result.period.end
    parts = {
        "day": f"{formats.date(day)} ({default().describe(day)})",
        "tpv": formats.compact_brl(row["tpv"]),
        "transactions": formats.compact(row["transactions"]),
    }
    expected = row["compare"]["tpv"]["expected"]
    if expected.pct is None:
        return _("On %(day)s TPV was %(tpv)s in %(transactions)s transactions.") % parts
    parts |= {"pct": formats.percent(abs(expected.pct)), "expected": formats.compact_brl(expected.base)}
    if abs(expected.pct) < 1:
        text = _("On %(day)s TPV was %(tpv)s, in line with the %(expected)s that such a day usually brings.")
    elif expected.pct > 0:
        text = _("On %(day)s TPV was %(tpv)s, %(pct)s above the %(expected)s that such a day usually brings.")
    else:
        text = _("On %(day)s TPV was %(tpv)s, %(pct)s below the %(expected)s that such a day usually brings.")
    return text % parts


PANELS = [
    Panel(
        "payments",
        gettext_lazy("Payments: the last complete day"),
        "payments/home.html",
        yesterday,
        10,
        ("dashboard.payments",),
    )
]
