"""The forecast as a card of the board and as tables of its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.crm.forecasting.estimates import MODELS, RIVALS, TARGETS
from farol.areas.crm.forecasting.outlook import Outlook, Target, money, outlook
from farol.core import formats
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Drawing, Table
from farol.engines.dashboards.scope import Scope
from farol.platform.exports import Column, Kind


def card(scope: Scope) -> Drawing:
    """What each model and rival says of the month of the period's last day, under the board's filters."""
    found = outlook(scope.period.end, scope.principal, scope.where)
    named = names()
    bars = [(named[name], money(value)) for name, value in _values(found)]
    revenue = found.targets["revenue"]
    if revenue.goal is not None:
        bars.append((_("Goal"), money(revenue.goal)))
    series = [charts.Series(_("Revenue"), [value for _name, value in bars])]
    option = charts.bars([name for name, _value in bars], series, unit="brl", look=scope.look)
    return Drawing(option=option, unit="brl", table=_table(found))


def names() -> dict[str, str]:
    """Models and rivals in words."""
    models = dict(zip(MODELS, (_("Open deals"), _("Series"), _("Blend")), strict=True))
    return models | dict(zip(RIVALS, (_("Run rate"), _("Same month a year before")), strict=True))


def risk_names() -> dict[str, str]:
    return {
        "none": _("No risk"),
        "low": _("Low risk"),
        "medium": _("Medium risk"),
        "high": _("High risk"),
        "critical": _("Critical risk"),
    }


def facts(found: Outlook) -> list[dict[str, Any]]:
    """One row each for revenue, wins and leads, written out."""
    labels = dict(zip(TARGETS, (_("Revenue"), _("Won"), _("Leads")), strict=True))
    return [{"label": labels[name], **_written(found.targets[name], name == "revenue")} for name in TARGETS]


def models(found: Outlook) -> list[dict[str, Any]]:
    """One row a model or rival, with its mean error over the last months."""
    judged, named = found.contest, names()
    return [
        {
            "name": named[name],
            "value": formats.brl(money(value)),
            "error": formats.percent(judged.errors.get(name)),
            "chosen": name == judged.chosen,
        }
        for name, value in _values(found)
    ]


def _values(found: Outlook) -> list[tuple[str, float]]:
    judged = found.contest
    said = [(name, one.value) for name, one in judged.found["revenue"].items()]
    return said + [(name, judged.rivals["revenue"][name]) for name in RIVALS if name in judged.rivals["revenue"]]


def _written(target: Target, is_money: bool) -> dict[str, Any]:
    def text(value: float | None, digits: int = 0) -> str:
        if value is None:
            return formats.NONE
        return formats.brl(money(value)) if is_money else formats.number(value, digits)

    return {
        "so_far": text(target.so_far),
        "forecast": text(target.found.value),
        "range": f"{text(target.found.low)} – {text(target.found.high)}",
        "goal": text(target.goal),
        "gap": text(target.gap),
        "needed": text(target.needed_per_day, 1),
        "risk": risk_names()[target.risk] if target.risk else formats.NONE,
    }


def _table(found: Outlook) -> Table:
    judged, named = found.contest, names()
    columns = [Column("model", _("Model")), Column("revenue", _("Revenue"), Kind.MONEY)]
    columns += [Column("error", _("Mean error so far"), Kind.PERCENT), Column("used", _("Used"))]
    rows = [
        [named[name], money(value), percent(judged.errors.get(name)), _("Used") if name == judged.chosen else ""]
        for name, value in _values(found)
    ]
    return Table(columns, rows)


def percent(value: float | None) -> Decimal | None:
    """An error as exact as it is worth showing."""
    return None if value is None else Decimal(str(round(value, 4)))
