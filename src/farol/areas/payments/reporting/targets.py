"""How far the month's goals are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.payments.goals import goal_of, progress
from farol.areas.payments.insights import segment_name
from farol.areas.payments.metrics import SEGMENT
from farol.areas.payments.reporting.figures import Figures
from farol.core import formats
from farol.engines.reports.document import Block, Field, Look, Note, Notes, Section, Table
from farol.platform.exports import Kind


def section(figures: Figures) -> Section | None:
    """Goals of the month up to the day; None where none is set."""
    blocks: list[Block] = [block for block in (_table(figures), _concentration(figures)) if block]
    numbers = [figures.receipt("series", _("Figures by day"))]
    return Section(_("Goals of %(month)s") % {"month": formats.month(figures.day)}, blocks, numbers) if blocks else None


def _table(figures: Figures) -> Table | None:
    found = progress(figures.day, {day: row["tpv"] for day, row in figures.days.items()}, figures.calendar)
    if found is None:
        return None
    rows = [
        (_("Day"), *_against(found.day_goal, found.day_value)),
        (_("Month until the day"), *_against(found.until_goal, found.until_value)),
        (_("Whole month"), *_against(found.goal, found.until_value)),
    ]
    return Table(
        "",
        [
            Field("span", _("TPV")),
            Field("goal", _("Goal"), Kind.MONEY, width=34),
            Field("value", _("Reached"), Kind.MONEY, width=34),
            Field("delta", _("Difference"), Kind.MONEY, Look.SIGNED, 1, width=34),
            Field("share", _("Of the goal"), Kind.PERCENT, width=26),
        ],
        rows,
        _("The goal is spread over the days by what days of their kind bring, seen from the month's eve."),
    )


def _against(goal: Decimal, value: Decimal) -> tuple[Any, ...]:
    return goal, value, value - goal, value * 100 / goal if goal else None


def _concentration(figures: Figures) -> Notes | None:
    goal = goal_of(figures.day)
    rows = [row for row in figures.answers["month"].rows if row["tpv"]]
    if goal is None or goal.largest_share is None or not rows:
        return None
    largest = max(rows, key=lambda row: (row["tpv"], *(str(row[name]) for name in SEGMENT)))
    share = largest["tpv"] * 100 / sum((row["tpv"] for row in rows), Decimal(0))
    parts = {
        "segment": segment_name({name: largest[name] for name in SEGMENT}),
        "share": formats.percent(share),
        "goal": formats.percent(goal.largest_share),
    }
    kept = share <= goal.largest_share
    sentence = (
        _("The largest segment of the month, %(segment)s, carries %(share)s of TPV; the goal is at most %(goal)s.")
        if kept
        else _("The largest segment of the month, %(segment)s, carries %(share)s of TPV: above the goal of %(goal)s.")
    )
    number = figures.receipt("month", _("Segments of the month"))
    return Notes([Note(sentence % parts, receipt=number, tone="good" if kept else "bad")])
