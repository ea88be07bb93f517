"""Modules 3 and 5: what people do, and what comes of it by person and channel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards import people
from farol.areas.crm.boards.kpis import kpi
from farol.engines.dashboards.board import Row, Switch
from farol.engines.dashboards.cards import BreakdownCard, HeatCard, ProvidedCard, RankCard, Rate, TimesCard

DONE = ("contacts", "meetings", "meetings_held", "follow_ups", "completed", "completion", "on_time", "overdue")
ORDERS = {
    "revenue": _("Revenue"),
    "win_rate": _("Win rate"),
    "average_ticket": _("Average ticket"),
    "activities": _("Activities"),
    "cycle_days_mean": _("Cycle"),
}
CROSSED = {"leads": _("Leads"), "revenue": _("Revenue"), "conversion": _("Conversion")}

ACTIVITIES = (
    Row(
        (
            kpi("activities", "contacts", _("Contacts made")),
            kpi("activities", "meetings_held", _("Meetings held")),
            kpi("activities", "completion", _("Completed tasks")),
            kpi("activities", "on_time", _("Tasks done in time")),
            RankCard(
                slug="activities-people",
                title=_("Who does what?"),
                measures=DONE,
                model="activities",
                by="responsible",
                asked={"activities": DONE},
                switches=(
                    Switch(
                        "order",
                        _("Order by"),
                        {
                            "contacts": _("Contacts"),
                            "meetings_held": _("Meetings"),
                            "completion": _("Completion"),
                            "overdue": _("Overdue"),
                        },
                    ),
                ),
            ),
            BreakdownCard(
                slug="activity-kinds",
                title=_("Which kinds of activity, and how do they end?"),
                measures=("activities",),
                model="activities",
                by="activity_kind",
                asked=("activities", "completed", "completion", "response_rate"),
            ),
            TimesCard(
                slug="activity-times",
                title=_("How long does an activity take? (minutes)"),
                measures=("minutes_median",),
                model="activities",
                stems={"minutes": _("Minutes")},
                by="activity_kind",
            ),
            ProvidedCard(
                slug="activity-win",
                title=_("Do more activities go with more wins?"),
                measures=(),
                provider=people.activity_and_win,
                width=12,
            ),
        ),
        _("3 · Activities"),
    ),
)
PEOPLE = (
    Row(
        (
            RankCard(
                slug="ranking",
                title=_("Who sells most?"),
                measures=("revenue", "won", "deals", "win_rate", "average_ticket", "cycle_days_mean"),
                model="deals",
                by="responsible",
                asked={
                    "deals": ("revenue", "won", "deals", "win_rate", "average_ticket", "cycle_days_mean"),
                    "activities": ("activities",),
                },
                rates={"win_rate": Rate("won", "deals")},
                switches=(Switch("order", _("Order by"), ORDERS),),
                aside=people.own_place,
            ),
            HeatCard(
                slug="person-channel",
                title=_("Which person is strong in which channel?"),
                measures=("leads", "revenue", "conversion"),
                lines="responsible",
                columns="channel",
                switches=(Switch("measure", _("Measure"), CROSSED),),
                width=12,
            ),
            people.GoalsCard(slug="goals", title=_("How far are the goals of the month?"), measures=()),
            people.ProductivityCard(
                slug="productivity",
                title=_("What does each activity bring?"),
                measures=("activities", "completion"),
            ),
        ),
        _("5 · People and channels"),
    ),
)
