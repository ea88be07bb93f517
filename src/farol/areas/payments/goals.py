"""Goals of a month, spread over its days by what days of their kind bring."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from farol.areas.payments.models import MonthGoal
from farol.core import clock
from farol.core.errors import BadInput
from farol.core.money import split
from farol.engines.metrics.expected import expected
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import BusinessCalendar

# shares of an ordinary day, used while there is too little history to learn them
_PLAIN = {True: 100, False: 45}


@dataclass(frozen=True)
class Progress:
    """A month's goal beside what came: on the day, up to the day, and for the whole month. Money in reais."""

    month: dt.date
    goal: Decimal
    day_goal: Decimal
    day_value: Decimal
    until_goal: Decimal
    until_value: Decimal


def goal_of(day: dt.date) -> MonthGoal | None:
    """The goal of the day's month."""
    return MonthGoal.objects.filter(month=day.replace(day=1)).first()


def set_goal(month: dt.date, tpv: Decimal | None, largest_share: Decimal | None, principal: Principal) -> MonthGoal:
    """Set or replace a month's goal. `NotAllowed` without the right, `BadInput` for values that make no sense."""
    principal.require("goals.manage")
    if tpv is not None and tpv <= 0:
        raise BadInput("tpv", _("A goal is above zero."))
    if largest_share is not None and not 0 < largest_share <= 100:
        raise BadInput("largest_share", _("A share lies between 0 and 100 percent."))
    values = {"tpv": tpv, "largest_share": largest_share, "changed_at": clock.now(), "changed_by": principal.user}
    goal, _created = MonthGoal.objects.update_or_create(month=month.replace(day=1), defaults=values)
    params = {"month": f"{month:%Y-%m}", "tpv": None if tpv is None else str(tpv)}
    audit.record(principal, "goal.set", target="payments", params=params)
    return goal


def spread(
    month: dt.date, amount: Decimal, history: Mapping[dt.date, Decimal], calendar: BusinessCalendar
) -> dict[dt.date, Decimal]:
    """`amount` over the days of the month in the proportion of what each kind of day is expected to bring, seen from
    the month's eve; the parts add up exactly."""
    first = month.replace(day=1)
    days = [first + dt.timedelta(days=i) for i in range(months.monthrange(first.year, first.month)[1])]
    before = {day: float(value) for day, value in history.items() if day < first}
    found = expected(before, days, calendar)
    values = [found[day].value for day in days]
    known = [value for value in values if value is not None]
    if len(known) == len(days) and sum(known) > 0:
        weights = [round(value) for value in known]
    else:
        weights = [_PLAIN[calendar.is_business_day(day)] for day in days]
    return dict(zip(days, split(amount, weights), strict=True))


def progress(day: dt.date, history: Mapping[dt.date, Decimal], calendar: BusinessCalendar) -> Progress | None:
    """Where the month stands on `day`; None without a goal of TPV. `history` maps days to TPV, the month's included."""
    goal = goal_of(day)
    if goal is None or goal.tpv is None:
        return None
    parts = spread(day, goal.tpv, history, calendar)
    until = [d for d in parts if d <= day]
    return Progress(
        month=day.replace(day=1),
        goal=goal.tpv,
        day_goal=parts[day],
        day_value=history.get(day, Decimal(0)),
        until_goal=sum((parts[d] for d in until), Decimal(0)),
        until_value=sum((history.get(d, Decimal(0)) for d in until), Decimal(0)),
    )
