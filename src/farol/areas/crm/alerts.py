"""What is watched in the commercial area: whether leads come, deals close and people answer, whether the month's goal
is within reach, and whether the data can be believed.

Sellers and stages are not watched: most of their days bring nothing. A series says nothing before it usually brings a
dozen leads or wins in the days compared, so that a small shop hears of its weeks and a large one of its days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.forecasting.outlook import money, outlook
from farol.areas.crm.quality.queries import states
from farol.core import formats
from farol.engines.alerts.rules import Condition, Held, WeekRules
from farol.engines.warehouse import Finding, find_dataset, sentence
from farol.platform.accounts.principal import SYSTEM

AREA, LABEL, BOARD = "crm", gettext_lazy("Commercial"), "crm:board"
AT_RISK = ("high", "critical")


def goal_at_risk(day: dt.date) -> list[Held]:
    """The revenue forecast for the month at the end of `day` lies more than a fifth below the goal."""
    found = outlook(day, SYSTEM)
    revenue = found.targets["revenue"]
    if revenue.risk not in AT_RISK or revenue.goal is None or revenue.gap is None:
        return []
    params = {
        "month": found.month.isoformat(),
        "forecast": str(money(revenue.found.value)),
        "goal": str(money(revenue.goal)),
        "gap": str(money(revenue.gap)),
        "needed_per_day": str(money(revenue.needed_per_day or 0)),
        "days_left": revenue.days_left,
    }
    return [Held({"month": f"{found.month:%Y-%m}"}, params, -money(revenue.gap))]


def failed_checks(day: dt.date) -> list[Held]:
    """Every check of the data that does not hold now."""
    failed = [state for state in states() if state.passed is False]
    return [
        Held({"check": state.name}, {"check": state.name, "params": state.params, "hard": state.hard})
        for state in failed
    ]


def _month(params: Mapping[str, Any]) -> str:
    return formats.month(dt.date.fromisoformat(params["month"]))


def _goal_headline(params: Mapping[str, Any]) -> str:
    return _("The revenue goal of %(month)s is at risk") % {"month": _month(params)}


def _goal_sentence(params: Mapping[str, Any]) -> str:
    amounts = {name: Decimal(params[name]) for name in ("forecast", "goal", "gap", "needed_per_day")}
    return _(
        "The forecast is %(forecast)s of %(goal)s: %(gap)s are missing, %(share)s of the goal. To reach it, each of the"
        " %(days)s business days left must bring %(needed_per_day)s."
    ) % {
        **{name: formats.brl(amount) for name, amount in amounts.items()},
        "share": formats.percent(amounts["gap"] * 100 / amounts["goal"]),
        "days": params["days_left"],
    }


def _check_headline(params: Mapping[str, Any]) -> str:
    labels = {check.name: check.label for check in find_dataset("crm").checks}
    return _("Check “%(check)s” does not hold") % {"check": labels.get(params["check"], params["check"])}


def _check_sentence(params: Mapping[str, Any]) -> str:
    return sentence(find_dataset("crm"), Finding(params["check"], params["params"], params["hard"]))


RULES = [
    WeekRules(
        area=AREA,
        label=LABEL,
        name="leads",
        title=gettext_lazy("Leads that come"),
        model="leads",
        measures=("leads",),
        pieces="leads",
        dimensions=("channel", "pipeline"),
        spans=(1, 7),
        board=BOARD,
    ),
    WeekRules(
        area=AREA,
        label=LABEL,
        name="deals",
        title=gettext_lazy("Deals that close"),
        model="deals",
        measures=("won", "revenue"),
        pieces="won",
        dimensions=("channel", "pipeline"),
        board=BOARD,
    ),
    WeekRules(
        area=AREA,
        label=LABEL,
        name="response",
        title=gettext_lazy("Time to the first response"),
        model="leads",
        measures=("first_response_hours_median",),
        pieces="leads",
        board=BOARD,
        least=25,
        least_change=0.5,
        false_share=0.02,
    ),
    Condition(
        area=AREA,
        label=LABEL,
        name="goal",
        title=gettext_lazy("Goal at risk"),
        dataset="crm",
        permission="dashboard.commercial",
        find=goal_at_risk,
        headline=_goal_headline,
        sentence=_goal_sentence,
        page="crm:forecast",
    ),
    Condition(
        area=AREA,
        label=LABEL,
        name="checks",
        title=gettext_lazy("Checks of the data"),
        dataset="crm",
        permission="dashboard.commercial",
        find=failed_checks,
        headline=_check_headline,
        sentence=_check_sentence,
        page="crm:health",
    ),
]
