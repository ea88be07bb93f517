"""The list of alerts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.engines.alerts.flow import FLOW
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.rules import Condition, all_rules
from farol.engines.alerts.words import area_label, measure_of, sentence, title
from farol.engines.metrics.model import Direction
from farol.platform.web.lists import Bulk, Column, Empty, Filter, List, Status

DIRECTIONS = {"down": (_("Risk"), "danger", "trending-down"), "up": (_("Opportunity"), "info", "trending-up")}
PERIODS = (("7", _("Last 7 days")), ("30", _("Last 30 days")), ("90", _("Last 90 days")))


def direction(case: AlertCase) -> Status:
    """A risk or an opportunity: of some figures (hours to the first answer) it is the rise that is bad."""
    measure = measure_of(case)
    turned = measure is not None and measure.direction is Direction.DOWN
    label, tone, _icon = DIRECTIONS["down" if (case.direction == "down") != turned else "up"]
    return Status(label, tone, DIRECTIONS[case.direction][2])


def state(case: AlertCase) -> Status:
    verdicts = {"useful": (_("Useful"), "success", "thumb-up"), "noise": (_("Noise"), "neutral", "thumb-down")}
    if case.verdict:
        return Status(*verdicts[case.verdict])
    return Status(case.state.label, case.state.tone)


def _title(case: AlertCase, value: str) -> SafeString:
    words = '<span class="alert-title">{}</span><span class="alert-words">{}</span>'
    return format_html(words, value, sentence(case))


def _by_state(cases: QuerySet, value: str) -> QuerySet:
    return cases.filter(status__in=FLOW.open_states) if value == "open" else cases.filter(status=value)


def _by_direction(cases: QuerySet, value: str) -> QuerySet:
    turned = Q(measure__in=_falling_is_good())
    return (
        cases.filter(Q(direction="down") & ~turned | Q(direction="up") & turned)
        if value == "down"
        else cases.filter(Q(direction="up") & ~turned | Q(direction="down") & turned)
    )


def _falling_is_good() -> list[str]:
    watched = (rules for area in all_rules().values() for rules in area if not isinstance(rules, Condition))
    return [
        n for rules in watched for n in rules.measures if rules.semantic_model.measure(n).direction is Direction.DOWN
    ]


def _by_period(cases: QuerySet, value: str) -> QuerySet:
    return cases.filter(last_day__gte=clock.today() - dt.timedelta(days=int(value)))


def _states() -> list[tuple[str, Any]]:
    return [("open", _("Open")), *((s.name, s.label) for s in FLOW.states)]


ALERTS = List(
    name="alerts",
    title=_("Alerts"),
    subtitle=_("What left its expected range, why, and what you made of it."),
    columns=(
        Column("title", _("Alert"), value=title, link=True, draw=_title),
        Column("direction", _("Direction"), value=direction, kind="status", sort="direction"),
        Column("impact", _("Change"), kind="money", sort="impact"),
        Column("first_day", _("Since"), kind="date", sort="first_day"),
        Column("last_day", _("Last day"), kind="date", sort="last_day"),
        Column("state", _("State"), value=state, kind="status", sort="status"),
        Column("assignee", _("Assigned to"), value=lambda c: str(c.assignee) if c.assignee else ""),
        Column("area", _("Area"), value=lambda c: area_label(c.area), shown=False),
        Column("sentence", _("In words"), value=sentence, shown=False),
    ),
    search=("measure", "segment", "area"),
    filters=(
        Filter("state", _("State"), _states, _by_state),
        Filter("direction", _("Direction"), [(name, d[0]) for name, d in DIRECTIONS.items()], _by_direction),
        Filter("area", _("Area"), lambda: [(area, rules[0].label) for area, rules in all_rules().items()]),
        Filter("period", _("Period"), PERIODS, _by_period),
    ),
    row_url=lambda case: reverse("alerts:alert", args=[case.pk]),
    bulk=(Bulk(_("Acknowledge"), "alerts:acknowledge_selected", "alerts.judge"),),
    empty=Empty(
        _("No alerts"),
        _("Every morning after six, Farol judges the day before. Whatever leaves its expected range appears here."),
        icon="bell-check",
    ),
)
