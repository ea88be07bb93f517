"""Module 6: what the month will bring, how sure that is, what to do, and the growth it continues."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.boards.kpis import AMONG
from farol.areas.crm.forecasting.estimates import MODELS, RIVALS
from farol.areas.crm.forecasting.outlook import Outlook, Target, money, outlook
from farol.core import formats
from farol.engines.dashboards import scales
from farol.engines.dashboards.board import Drawing, Row, Table
from farol.engines.dashboards.cards import DaysCard, MonthsCard, ProvidedCard, WeekdayCard
from farol.engines.dashboards.scope import Scope
from farol.platform.exports import Column, Kind

TARGETS = {
    "revenue": gettext_lazy("Revenue"),
    "won": gettext_lazy("Deals won"),
    "leads": gettext_lazy("Leads"),
}
RISKS = {
    "none": (gettext_lazy("On the way to the goal"), "success"),
    "low": (gettext_lazy("Low risk"), "info"),
    "medium": (gettext_lazy("Medium risk"), "warning"),
    "high": (gettext_lazy("High risk"), "danger"),
    "critical": (gettext_lazy("Critical risk"), "danger"),
}
NAMES = {
    "pipeline": gettext_lazy("Open deals by stage and age"),
    "series": gettext_lazy("Trend and season of the series"),
    "blend": gettext_lazy("Both together"),
    "run_rate": gettext_lazy("Pace so far (rival)"),
    "seasonal_naive": gettext_lazy("Same month a year before (rival)"),
}


def forecast(scope: Scope) -> Drawing:
    """The month of the period's last day as it looked at the end of that day."""
    found = outlook(scope.day, scope.principal, scope.where)
    return Drawing(table=_table(found), body=_body(scope, found), note=_note(scope, found))


def _body(scope: Scope, found: Outlook) -> dict[str, Any]:
    judged = found.contest
    models = [
        {
            "name": str(NAMES[name]),
            "chosen": name == judged.chosen,
            "value": _written(estimate.value, "revenue", scope),
            "range": f"{_written(estimate.low, 'revenue', scope)} – {_written(estimate.high, 'revenue', scope)}",
            "error": formats.percent(judged.errors.get(name), language=scope.language),
        }
        for name in MODELS
        if (estimate := judged.found["revenue"].get(name))
    ]
    rivals = [
        {
            "name": str(NAMES[name]),
            "value": _written(value, "revenue", scope),
            "error": formats.percent(judged.errors.get(name), language=scope.language),
        }
        for name in RIVALS
        if (value := judged.rivals["revenue"].get(name)) is not None
    ]
    return {
        "month": formats.month(found.month, scope.language),
        "targets": [_target(scope, name, found.targets[name]) for name in TARGETS],
        "models": [*models, *rivals],
        "actions": [action.text for action in found.actions],
    }


def _target(scope: Scope, name: str, target: Target) -> dict[str, Any]:
    def written(value: float | None) -> str:
        return _written(value, name, scope)

    return {
        "label": TARGETS[name],
        "so_far": written(target.so_far),
        "value": written(target.found.value),
        "low": written(target.found.low),
        "high": written(target.found.high),
        "goal": written(target.goal) if target.goal else "",
        "gap": written(target.gap) if target.gap and target.gap > 0 else "",
        "per_day": written(target.needed_per_day) if target.needed_per_day else "",
        "risk": RISKS[target.risk] if target.risk else None,
    }


def _written(value: float | None, name: str, scope: Scope) -> str:
    if value is None:
        return formats.NONE
    amount = money(value) if name == "revenue" else round(value)
    return scales.text(amount, "brl" if name == "revenue" else "count", scope.language)


def _table(found: Outlook) -> Table:
    columns = [Column("what", _("Measure")), Column("so_far", _("So far"), Kind.NUMBER)]
    columns += [Column("value", _("Forecast"), Kind.NUMBER), Column("low", _("At least"), Kind.NUMBER)]
    columns += [Column("high", _("At most"), Kind.NUMBER), Column("goal", _("Goal"), Kind.NUMBER)]
    rows = []
    for name, label in TARGETS.items():
        target = found.targets[name]
        values = (target.so_far, target.found.value, target.found.low, target.found.high, target.goal)
        rows.append([str(label), *(None if v is None else money(v) if name == "revenue" else round(v) for v in values)])
    return Table(columns, rows)


def _note(scope: Scope, found: Outlook) -> str:
    text = _("As of %(day)s; the range holds the result four times in five. Error: mean of the last months, revenue.")
    text %= {"day": formats.date(found.as_of, scope.language)}
    return f"{text} {_('Filters leave no goal to compare with.')}" if scope.where else text


FORECAST = (
    Row(
        (
            ProvidedCard(
                slug="forecast",
                title=gettext_lazy("What will the month bring?"),
                measures=(),
                provider=forecast,
                width=12,
                height="auto",
                partial="crm/forecast_card.html",
            ),
            MonthsCard(
                slug="lead-months",
                title=gettext_lazy("How do leads grow from month to month?"),
                measures=("leads", "conversion"),
                width=12,
            ),
            DaysCard(
                slug="revenue-trend",
                title=gettext_lazy("Which way does revenue go, week by week and without the calendar?"),
                measures=("revenue",),
                model="deals",
                daily_measures=AMONG["deals"],
                trend=True,
                width=8,
            ),
            WeekdayCard(
                slug="lead-weekdays",
                title=gettext_lazy("On which weekdays do leads come?"),
                measures=("leads",),
                daily_measures=AMONG["leads"],
                width=4,
            ),
        ),
        gettext_lazy("6 · Forecast and growth"),
    ),
)
