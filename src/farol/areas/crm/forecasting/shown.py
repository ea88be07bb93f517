"""The outlook written out for pages and reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Avg
from django.utils.translation import gettext as _

from farol.areas.crm.boards.ahead import NAMES, RISKS, TARGETS
from farol.areas.crm.boards.records import Records
from farol.areas.crm.forecasting.estimates import RIVALS
from farol.areas.crm.forecasting.goals import subject_of
from farol.areas.crm.forecasting.outlook import Outlook, Target, money
from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import Forecast
from farol.core import formats
from farol.core.money import from_centavos

GOALS = """
SELECT responsible_id, responsible, channel, revenue_centavos FROM month_goal
WHERE month = ? AND {seen} ORDER BY responsible, channel
"""

Said = tuple[str, float, float | None, float | None]


def models(found: Outlook) -> list[dict[str, Any]]:
    """One row a model or rival, with its mean error over the last months."""
    judged = found.contest
    return [
        {
            "name": name_of(name),
            "value": formats.brl(money(value)),
            "error": formats.percent(judged.errors.get(name)),
            "chosen": name == judged.chosen,
        }
        for name, value, _low, _high in said(found)
    ]


def caution(found: Outlook) -> str:
    """A sentence where a naive rival has been nearer to the truth than the model that is used; else nothing."""
    errors, chosen = found.contest.errors, found.contest.chosen
    nearer = [name for name in RIVALS if chosen in errors and errors.get(name, errors[chosen]) < errors[chosen]]
    if not nearer or chosen in RIVALS:
        return ""
    rival = min(nearer, key=lambda name: errors[name])
    parts = {
        "own": formats.percent(errors[chosen]),
        "rival": name_of(rival),
        "error": formats.percent(errors[rival]),
    }
    sentence = _(
        "In the last months this forecast was wrong by %(own)s on average and “%(rival)s” by %(error)s:"
        " take it as a rough guess."
    )
    return sentence % parts


def said(found: Outlook) -> list[Said]:
    """Model, value, low and high of the month's revenue in centavos; the rivals have no range."""
    judged = found.contest
    own: list[Said] = [(name, one.value, one.low, one.high) for name, one in judged.found["revenue"].items()]
    return own + [(name, value, None, None) for name, value in judged.rivals["revenue"].items()]


def name_of(model: str) -> str:
    return str(NAMES.get(model, model))


def facts(found: Outlook) -> list[dict[str, str]]:
    """One row each for revenue, wins and leads."""
    return [
        {"label": str(label), **_written(found.targets[name], name == "revenue")} for name, label in TARGETS.items()
    ]


def subjects(records: Records, month: dt.date) -> list[dict[str, Any]]:
    """One row for each seller and channel with a goal in the month and a kept forecast of it, as it was said last."""
    kept = Forecast.objects.filter(target="revenue", chosen=True).exclude(subject="")
    said = {row.subject: row for row in kept.filter(month=month).order_by("as_of")}
    errors = dict(kept.filter(graded_at__isnull=False).order_by().values_list("subject").annotate(Avg("error_pct")))
    rows = []
    for goal in records.ask(GOALS, month):
        subject = subject_of(goal["responsible_id"], goal["channel"])
        if subject in said and not (goal["responsible_id"] and goal["channel"]):
            one = said[subject]
            amount = None if goal["revenue_centavos"] is None else from_centavos(goal["revenue_centavos"])
            rows.append(
                {
                    "name": goal["responsible"] or str(CHANNELS.get(goal["channel"], goal["channel"])),
                    "as_of": one.as_of,
                    "value": one.value,
                    "range": formats.NONE if one.low is None else f"{formats.brl(one.low)} – {formats.brl(one.high)}",
                    "goal": amount,
                    "gap": None if amount is None else amount - one.value,
                    "error": errors.get(subject),
                }
            )
    return rows


def percent(value: float | None) -> Decimal | None:
    """An error as exact as it is worth showing."""
    return None if value is None else Decimal(str(round(value, 4)))


def _written(target: Target, is_money: bool) -> dict[str, str]:
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
        "risk": str(RISKS[target.risk][0]) if target.risk else formats.NONE,
    }
