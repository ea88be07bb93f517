"""Goals and marketing spend from a file."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import Spend
from farol.areas.crm.planning import spend
from farol.areas.crm.planning.goals import RIGHT, GoalValues, set_goal
from farol.areas.crm.planning.sellers import month_of, seller_of, sellers
from farol.core.errors import BadInput
from farol.platform.accounts.principal import Principal
from farol.platform.imports import Checked, Field, Given, Importer, Problem


def check_goals(rows: list[Given], principal: Principal) -> Checked:
    """Months and sellers must be readable, a goal is given once, and it says something."""
    known, seen, checked = sellers(), set[tuple[Any, ...]](), Checked([])
    for row in rows:
        values = row.values
        month, seller = month_of(str(values["mes"])), seller_of(values.get("vendedor") or "", {"": "", **known})
        goal = GoalValues(values.get("receita"), values.get("vendas"), values.get("leads"))
        key = (month, seller, values.get("canal") or "")
        wrong = []
        if month is None:
            wrong.append(("mes", _("Write the month as 2026-11.")))
        if seller is None:
            sentence = _("The loaded data have no seller “%(name)s”, or more than one.")
            wrong.append(("vendedor", sentence % {"name": str(values["vendedor"])[:60]}))
        if goal.empty:
            wrong.append(("", _("Give at least one of the goals.")))
        for name, number in (("receita", goal.revenue), ("vendas", goal.won), ("leads", goal.leads)):
            if number is not None and number <= 0:
                wrong.append((name, _("A goal is above zero.")))
        if key in seen and not wrong:
            wrong.append(("", _("The file has this goal more than once.")))
        seen.add(key)
        checked.problems += [Problem(row.line, column, text) for column, text in wrong]
        checked.values.append((*key, goal))
    return checked


def save_goal(values: Any, principal: Principal) -> object:
    month, seller, channel, goal = values
    return set_goal(month, seller, channel, goal, principal)


def check_spend(rows: list[Given], principal: Principal) -> Checked:
    """Amounts make sense, and no day of the same channel and campaign is entered twice."""
    checked, entered = Checked([]), list(Spend.objects.all())
    for row in rows:
        entry = _spend_of(row.values)
        try:
            spend.check(entry.first, entry.last, spend.key_of(entry), entry.amount)
            spend.refuse_overlap(entry.first, entry.last, spend.key_of(entry), entered)
        except BadInput as error:
            checked.problems.append(Problem(row.line, SPEND_COLUMNS.get(error.field, ""), str(error.detail)))
        entered.append(entry)
        checked.values.append(entry)
    return checked


def save_spend(entry: Spend, principal: Principal) -> object:
    return spend.set_spend(entry.first, entry.last, spend.key_of(entry), entry.amount, principal)


def _spend_of(values: dict[str, Any]) -> Spend:
    return Spend(
        first=values["inicio"],
        last=values.get("fim") or values["inicio"],
        channel=values["canal"],
        source=values.get("origem") or "",
        utm_campaign=values.get("utm_campaign") or "",
        amount=values["valor"],
    )


SPEND_COLUMNS = {
    "first": "inicio",
    "last": "fim",
    "channel": "canal",
    "source": "origem",
    "utm_campaign": "utm_campaign",
    "amount": "valor",
}
_CHANNELS = tuple(CHANNELS.items())

GOALS = Importer(
    name="crm_goals",
    label=gettext_lazy("Commercial goals"),
    columns=(
        Field("mes", gettext_lazy("Month"), required=True, example="2026-11"),
        Field("vendedor", gettext_lazy("Seller"), help=gettext_lazy("Name or number; empty: everybody")),
        Field("canal", gettext_lazy("Channel"), choices=_CHANNELS, help=gettext_lazy("Empty: all channels")),
        Field("receita", gettext_lazy("Revenue"), kind="money", example=Decimal("250000.00")),
        Field("vendas", gettext_lazy("Won deals"), kind="integer", example=40),
        Field("leads", gettext_lazy("New leads"), kind="integer", example=300),
    ),
    check=check_goals,
    save=save_goal,
    permission=RIGHT,
)
SPEND = Importer(
    name="crm_spend",
    label=gettext_lazy("Marketing spend"),
    columns=(
        Field("inicio", gettext_lazy("First day"), kind="date", required=True, example=dt.date(2026, 11, 1)),
        Field("fim", gettext_lazy("Last day"), kind="date", example=dt.date(2026, 11, 30)),
        Field("canal", gettext_lazy("Channel"), required=True, choices=_CHANNELS, example="paid"),
        Field("origem", gettext_lazy("Source"), example="Google Ads"),
        Field("utm_campaign", gettext_lazy("UTM campaign")),
        Field("valor", gettext_lazy("Amount"), kind="money", required=True, example=Decimal("1250.00")),
    ),
    check=check_spend,
    save=save_spend,
    permission=RIGHT,
)
IMPORTERS = [GOALS, SPEND]
