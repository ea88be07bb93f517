"""Module 1: how many leads come, from where, how soon they are answered, what they cost and bring."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards import marks
from farol.areas.crm.boards.kpis import AMONG, kpi
from farol.engines.dashboards.board import Row, Switch
from farol.engines.dashboards.cards import BreakdownCard, DaysCard, RankCard, SharesCard, TimesCard

ORIGINS = {
    "source": _("Source"),
    "channel": _("Channel"),
    "utm_source": _("UTM source"),
    "utm_medium": _("UTM medium"),
    "utm_campaign": _("UTM campaign"),
}
CHANNEL_ORDERS = {
    "leads": _("Leads"),
    "conversion": _("Conversion"),
    "revenue": _("Revenue"),
    "cost_per_lead": _("Cost per lead"),
    "roi": _("ROI"),
    "first_response_hours_median": _("Response time"),
}

ROWS = (
    Row(
        (
            kpi("leads", "leads", _("Leads")),
            kpi("leads", "conversion", _("Conversion of leads")),
            kpi("leads", "cost_per_lead", _("Cost per lead"), _("Only where spend is known.")),
            kpi("leads", "roi", _("ROI"), _("Only where spend is known.")),
            marks.MarksCard(slug="marks", title=_("Are the marks kept?"), measures=()),
            TimesCard(
                slug="response",
                title=_("How soon is a lead answered? (hours)"),
                measures=("first_response_hours_median", "first_response_business_hours_median", "answered_share"),
                stems={
                    "first_response_hours": _("Clock hours"),
                    "first_response_business_hours": _("Business hours"),
                },
                marks=marks.lines,
            ),
        ),
        _("1 · Intake and origin of leads"),
    ),
    Row(
        (
            DaysCard(
                slug="leads-days",
                title=_("How many leads come a day, and through which channel?"),
                measures=("leads",),
                by="channel",
                daily_measures=AMONG["leads"],
                height="wide",
            ),
            BreakdownCard(
                slug="origin",
                title=_("Where do leads come from?"),
                measures=("leads",),
                asked=("leads", "answered_share", "conversion", "revenue"),
                switches=(Switch("by", _("By"), ORIGINS),),
            ),
            SharesCard(
                slug="channel-shares",
                title=_("Which channels bring more revenue than leads?"),
                measures=("leads", "revenue"),
                by="channel",
                asked=("leads", "revenue", "conversion"),
            ),
            RankCard(
                slug="channels",
                title=_("What does each channel cost and bring?"),
                measures=("leads", "conversion", "revenue", "cost", "cost_per_lead", "roi"),
                by="channel",
                asked={
                    "leads": (
                        "leads",
                        "conversion",
                        "revenue",
                        "cost",
                        "cost_per_lead",
                        "roi",
                        "first_response_hours_median",
                    )
                },
                switches=(Switch("order", _("Order by"), CHANNEL_ORDERS),),
            ),
        )
    ),
)
