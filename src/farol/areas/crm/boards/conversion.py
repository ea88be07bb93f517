"""Module 4: what closes, for how much, how long it takes, and why deals are lost."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards import flow, marks
from farol.areas.crm.boards.kpis import kpi
from farol.engines.dashboards.board import Row
from farol.engines.dashboards.cards import MissingCard, MonthsCard, ParetoCard, ProvidedCard, TimesCard

ROWS = (
    Row(
        (
            kpi("deals", "won", _("Deals won")),
            kpi("deals", "revenue", _("Revenue")),
            kpi("deals", "average_ticket", _("Average ticket")),
            kpi("deals", "win_rate", _("Win rate"), _("Won of those closed; conversion of leads stands in module 1.")),
            MissingCard(
                slug="closing",
                title=_("What else do the closed deals tell?"),
                measures=("lost", "revenue_per_won", "won_without_value"),
                model="deals",
                width=12,
            ),
            MonthsCard(
                slug="revenue-months",
                title=_("How does revenue grow from month to month?"),
                measures=("revenue", "won", "win_rate"),
                model="deals",
                width=12,
            ),
            ParetoCard(
                slug="losses",
                title=_("Why are deals lost?"),
                measures=("lost",),
                model="deals",
                by="loss_reason",
                nameless=_("No reason given"),
            ),
            ProvidedCard(
                slug="cycle-spread",
                title=_("In how many days are deals won and lost?"),
                measures=(),
                provider=flow.cycle_spread,
            ),
            TimesCard(
                slug="cycle",
                title=_("How long does a sale take? (days)"),
                measures=("cycle_days_median",),
                model="deals",
                stems={"cycle_days": _("From creation to closing")},
                marks=marks.lines,
                width=12,
            ),
        ),
        _("4 · Conversion and revenue"),
    ),
)
