"""Deals by the day they were closed: won, lost, revenue, ticket, cycle."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import model, times
from farol.engines.metrics.formulas import Difference, Ratio, Sum
from farol.engines.metrics.model import Direction, Measure, Unit

DEALS, WON, LOST, VALUED = Sum("deals"), Sum("won"), Sum("lost"), Sum("valued")
REVENUE = Sum("revenue_centavos")
CYCLE = Sum("cycle_days", where="won = 1")

MEASURES = (
    Measure("deals", _("Closed deals"), _("Deals won or lost. Clock: closing of the deal."), Unit.COUNT, DEALS),
    Measure("won", _("Won"), _("Deals won. Clock: closing of the deal."), Unit.COUNT, WON),
    Measure("lost", _("Lost"), _("Deals lost. Clock: closing of the deal."), Unit.COUNT, LOST, Direction.DOWN),
    Measure(
        "win_rate",
        _("Win rate"),
        _("Won in percent of won and lost; not the conversion of leads. Clock: closing of the deal."),
        Unit.PERCENT,
        Ratio(WON, DEALS, 100),
    ),
    Measure(
        "revenue",
        _("Revenue"),
        _("Value of the won deals; one without a price brings none. Clock: closing of the deal."),
        Unit.BRL,
        REVENUE,
    ),
    Measure(
        "average_ticket",
        _("Average ticket"),
        _("Revenue divided by the won deals that have a value. Clock: closing of the deal."),
        Unit.BRL,
        Ratio(REVENUE, VALUED),
    ),
    Measure(
        "revenue_per_won",
        _("Revenue per won deal"),
        _("Revenue divided by all won deals, those without a value too. Clock: closing of the deal."),
        Unit.BRL,
        Ratio(REVENUE, WON),
    ),
    Measure(
        "won_without_value",
        _("Won without a value"),
        _("Won deals whose price is empty or zero: a fault of the data. Clock: closing of the deal."),
        Unit.COUNT,
        Difference(WON, VALUED),
        Direction.DOWN,
    ),
    *times(
        "cycle_days",
        (_("Sales cycle (mean, days)"), _("Sales cycle (median, days)"), _("Sales cycle (p90, days)")),
        (
            _("Whole days from creation to closing of the won deals, mean. Clock: closing of the deal."),
            _("Whole days from creation to closing that half of the won deals took. Clock: closing of the deal."),
            _("Whole days from creation to closing that 90 % of the won deals took. Clock: closing of the deal."),
        ),
        CYCLE,
        WON,
    ),
)

DEALS_MODEL = model(
    "deals",
    _("Deals"),
    "deal",
    "closed_day",
    MEASURES,
    volume=WON,
    labels={"deals": _("Closed deals"), "valued": _("Won with a value"), "activities": _("Activities")},
)
