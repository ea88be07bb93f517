"""The month so far on the home page: what came, what closed, and how many leads wait."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from farol.areas.crm.worklists.leads import counts
from farol.core import formats
from farol.core.errors import Unavailable
from farol.engines.dashboards import scales
from farol.engines.metrics import Comparison, Measure, Period, Query, Unit, run
from farol.engines.warehouse import current_version
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.web.home import Panel

FIGURES = (("leads", "leads"), ("deals", "won"), ("deals", "revenue"), ("deals", "win_rate"))
BASE = "m1"


def month_so_far(request: HttpRequest) -> dict[str, Any] | None:
    """The month of the last complete day; None while nothing was loaded."""
    principal = asker_of(request)
    try:
        version = current_version("crm")
        stale, waiting = counts(principal)
    except Unavailable:
        return None
    last = version.complete_until if version else None
    if last is None:
        return None
    period = Period(last.replace(day=1), last)
    return {
        "figures": [_figure(model, name, period, principal) for model, name in FIGURES],
        "stale": stale,
        "waiting": waiting,
        "until": last,
        "more_url": f"{reverse('crm:board')}?period=month",
    }


def _figure(model: str, name: str, period: Period, principal: Principal) -> dict[str, Any]:
    result = run(Query(model, (name,), period=period, compare=(BASE,)), principal)
    (row,) = result.rows
    measure, language = result.model.measure(name), get_language() or "pt-br"
    change: Comparison = row["compare"][name][BASE]
    way = "flat" if not change.delta else "up" if change.delta > 0 else "down"
    return {
        "label": measure.label,
        "definition": measure.definition,
        "value": scales.text(row[name], measure.unit, language),
        "full": scales.full(row[name], measure.unit, language),
        "change": _change(change, measure, language),
        "arrow": way,
        "tone": {"up": "good", "down": "bad"}.get(way, "neutral"),
        "base": "M-1",
    }


def _change(change: Comparison, measure: Measure, language: str) -> str:
    if change.delta is None:
        return formats.NONE
    if measure.unit is Unit.PERCENT:
        sign = "+" if change.delta > 0 else ""
        return _("%(points)s p.p.") % {"points": sign + formats.number(change.delta, 1, language)}
    return formats.percent(change.pct, sign=True, language=language)


PANELS = [
    Panel(
        "commercial",
        gettext_lazy("Commercial: the month so far"),
        "crm/home.html",
        month_so_far,
        11,
        ("dashboard.commercial",),
    )
]
