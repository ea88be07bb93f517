"""The board “Pagamentos”: what it asks, in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from farol.areas.payments.goals import goal_of, spread
from farol.areas.payments.insights import Insight, insights
from farol.areas.payments.models import MonthGoal
from farol.engines.dashboards.board import Board, Row, Switch
from farol.engines.dashboards.cards import (
    BreakdownCard,
    ConcentrationCard,
    DaysCard,
    Goal,
    GoalCard,
    GrowthCard,
    HeatCard,
    InsightsCard,
    KpiCard,
    MissingCard,
    MixCard,
    MovedCard,
    SharesCard,
    WeekdayCard,
)
from farol.engines.dashboards.scope import Scope
from farol.platform.calendar import BusinessCalendar

DAILY = ("tpv", "transactions", "average_ticket", "merchants_upper_bound")
BASES = ("d1", "w1", "m1", "y1", "expected")
GROWTH_BASES = ("d1", "w1", "m1", "m30", "y1", "expected")
PARTS = ("tpv", "transactions", "average_ticket", "tpv_share")
CUTS = {
    "product": ("product",),
    "payment_method": ("payment_method",),
    "entity": ("entity",),
    "price_tier": ("price_tier",),
    "anticipation_method": ("anticipation_method",),
    "installments": ("installments",),
    "product_method": ("product", "payment_method"),
    "best": (),
}
CUT_LABELS = {
    "product": _("Product"),
    "payment_method": _("Payment method"),
    "entity": _("Entity"),
    "price_tier": _("Price tier"),
    "anticipation_method": _("Anticipation"),
    "installments": _("Installments"),
    "product_method": _("Product × method"),
    "best": _("What explains best"),
}
ONE_DIMENSION = ("product", "payment_method", "entity", "price_tier", "anticipation_method")
SEGMENTS = {
    "segment": ("entity", "product", "payment_method"),
    "file": ("entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"),
    "product": ("product",),
    "merchant": ("merchant",),
}
RETENTION_DAYS = 60
MEASURES = {"tpv": _("TPV"), "transactions": _("Transactions"), "average_ticket": _("Average ticket")}


def _insights(scope: Scope) -> Sequence[Insight]:
    return insights(scope.day, scope.principal, scope.where)


def _goal(day: dt.date, history: Mapping[dt.date, Decimal], calendar: BusinessCalendar) -> Goal | None:
    found = goal_of(day)
    if found is None or found.tpv is None:
        return None
    return Goal(spread(day, found.tpv, history, calendar), found.largest_share)


def _goals_changed() -> object:
    """Changes whenever a goal does."""
    return tuple(MonthGoal.objects.aggregate(Max("changed_at"), Count("id")).values())


def _kpi(measure: str, title: object, caution: object = "") -> KpiCard:
    return KpiCard(
        slug=measure.replace("_", "-"),
        title=title,
        measures=(measure,),
        among=DAILY,
        bases=BASES,
        daily_measures=DAILY,
        caution=caution,
    )


def _ticket_by(dimension: str, title: object) -> BreakdownCard:
    return BreakdownCard(
        slug=f"ticket-{dimension.replace('_', '-')}",
        title=title,
        measures=("average_ticket",),
        by=dimension,
        asked=PARTS,
        width=4,
        height="small",
    )


HEADLINES = Row(
    (
        _kpi("tpv", _("TPV")),
        _kpi("transactions", _("Transactions")),
        _kpi("average_ticket", _("Average ticket")),
        _kpi(
            "merchants_upper_bound",
            _("Merchants (at most)"),
            _("Upper bound: one merchant can be in several rows of the file."),
        ),
    )
)
MOVEMENT = Row(
    (
        DaysCard(
            slug="tpv-days",
            title=_("How does TPV go, and which product carries it?"),
            measures=("tpv",),
            by="product",
            daily_measures=DAILY,
            trend=True,
            height="wide",
        ),
        MovedCard(
            slug="moved",
            title=_("What moved TPV?"),
            measures=("tpv",),
            cuts=CUTS,
            switches=(Switch("by", _("By"), CUT_LABELS),),
        ),
        GrowthCard(
            slug="growth",
            title=_("How much did we grow against each base?"),
            measures=("tpv", "transactions", "average_ticket"),
            among=DAILY,
            bases=GROWTH_BASES,
            height="auto",
        ),
    )
)
RHYTHM = Row(
    (
        DaysCard(
            slug="transactions-days",
            title=_("How many transactions a day?"),
            measures=("transactions",),
            daily_measures=DAILY,
            width=8,
        ),
        WeekdayCard(
            slug="weekdays",
            title=_("Which days of the week are strong?"),
            measures=("tpv", "transactions", "average_ticket"),
            daily_measures=DAILY,
            switches=(Switch("measure", _("Measure"), MEASURES),),
            width=4,
        ),
    ),
    _("Rhythm"),
)
TICKET = Row(
    (
        _ticket_by("entity", _("What is the ticket of each entity?")),
        _ticket_by("product", _("And of each product?")),
        _ticket_by("payment_method", _("And of each payment method?")),
    ),
    _("Average ticket"),
)
MIX = Row(
    (
        SharesCard(
            slug="installments",
            title=_("Do more installments bring more TPV or more transactions?"),
            measures=("tpv", "transactions"),
            by="installments",
            asked=("tpv", "transactions", "average_ticket"),
        ),
        HeatCard(
            slug="tier-method",
            title=_("Where does each price tier sell?"),
            measures=("tpv", "transactions", "average_ticket"),
            lines="price_tier",
            columns="payment_method",
            switches=(Switch("measure", _("Measure"), MEASURES),),
        ),
        BreakdownCard(
            slug="share",
            title=_("Who brings the TPV?"),
            measures=("tpv_share",),
            asked=("tpv_share", "tpv", "transactions", "average_ticket", "installment_share"),
            switches=(
                Switch(
                    "by",
                    _("By"),
                    {
                        k: CUT_LABELS[k]
                        for k in ("product", "payment_method", "entity", "price_tier", "anticipation_method")
                    },
                ),
            ),
        ),
        MixCard(
            slug="tier-mix",
            title=_("Is the mix of price tiers changing?"),
            measures=("tpv", "tpv_share", "installment_share"),
            by="price_tier",
        ),
    ),
    _("Mix"),
)
DEPENDENCE = Row(
    (
        ConcentrationCard(
            slug="concentration",
            title=_("How much depends on few?"),
            measures=("tpv", "tpv_ex_top"),
            without_top="tpv_ex_top",
            cuts=SEGMENTS,
            switches=(
                Switch(
                    "by",
                    _("Segments"),
                    {
                        "segment": _("Entity × product × method"),
                        "file": _("Rows of the file"),
                        "product": _("Product"),
                        "merchant": _("Merchant"),
                    },
                ),
            ),
        ),
        GoalCard(
            slug="goal",
            title=_("Will the month reach its goal?"),
            measures=("tpv",),
            goal_of=_goal,
            without_top="tpv_ex_top",
            settings_url="payments:goals",
        ),
        InsightsCard(
            slug="insights",
            title=_("What do the numbers suggest?"),
            measures=(),
            provider=_insights,
        ),
        MissingCard(
            slug="more",
            title=_("What about fees, margin, risk and merchants?"),
            measures=("take_rate", "margin", "chargeback_rate", "tpv_ex_top_merchants", "cohort_retention"),
            ripe={"cohort_retention": RETENTION_DAYS},
        ),
    ),
    _("Goal, dependence and what to do"),
)

PAYMENTS_BOARD = Board(
    slug="pagamentos",
    label=_("Payments"),
    model="payments",
    permission="dashboard.payments",
    namespace="payments",
    filters=("product", "payment_method", "entity", "price_tier", "anticipation_method", "installments"),
    rows=(HEADLINES, MOVEMENT, RHYTHM, TICKET, MIX, DEPENDENCE),
    beside=_goals_changed,
)
BOARDS = [PAYMENTS_BOARD]
