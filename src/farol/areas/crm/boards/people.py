"""Cards about people: one's own place, goal against actual, what activities bring."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.boards.records import Records, open_records
from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.people import own_rank
from farol.core import formats
from farol.core.money import from_centavos
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.cards.rank import Rate, interval_words
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Period, Query, get_model
from farol.platform.calendar import business
from farol.platform.exports import Column, Kind

GOALS = """
SELECT responsible, channel, revenue_centavos, won, leads FROM month_goal
WHERE month = ? AND {seen} ORDER BY responsible, channel
"""
BY_ACTIVITIES = """
SELECT COALESCE(activities, 0) AS activities, SUM(deals) AS deals, SUM(won) AS won FROM deal
WHERE closed_day >= ? AND closed_day <= ? AND {seen} GROUP BY COALESCE(activities, 0)
"""
FIGURES = (
    ("revenue", gettext_lazy("Revenue"), Kind.MONEY),
    ("won", gettext_lazy("Deals won"), Kind.INTEGER),
    ("leads", gettext_lazy("Leads"), Kind.INTEGER),
)
BUCKETS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, None))
MODEL_OF = {"activities": "activities", "completion": "activities"}
"""The models of the ranking's measures that are not of closed deals."""


def own_place(scope: Scope, measure: str) -> str:
    """For a seller, who sees nobody else's line: the own place among all."""
    if not scope.principal.own_only("dashboard.commercial"):
        return ""
    found = own_rank(scope.principal, get_model(MODEL_OF.get(measure, "deals")), measure, scope.period)
    if found is None:
        return _("You have no figures in this period.")
    return _("Your place: %(place)s of %(all)s.") % {"place": found.place, "all": found.of}


def activity_and_win(scope: Scope) -> Drawing:
    """Of the deals closed in the period, how many were won by the number of activities they had."""
    with open_records(scope.principal, scope.where) as records:
        buckets = _bucketed(records, scope)
    if not any(bucket["deals"] for bucket in buckets):
        return Drawing()
    columns = [Column("activities", _("Activities"))]
    columns += [Column("deals", _("Closed deals"), Kind.INTEGER), Column("won", _("Won"), Kind.INTEGER)]
    columns += [Column("rate", _("Win rate"), Kind.PERCENT), Column("interval", _("Likely between (80 %)"))]
    rate = Rate("won", "deals")
    rows = [[b["name"], b["deals"], b["won"], b["rate"], interval_words(b, rate, scope.language)] for b in buckets]
    small = frozenset(i for i, bucket in enumerate(buckets) if bucket["deals"] < 10)
    return Drawing(
        option=charts.bars(
            [bucket["name"] for bucket in buckets],
            [Series(_("Win rate"), [bucket["rate"] for bucket in buckets])],
            unit="percent",
            look=scope.look,
            faint=small,
            horizontal=False,
        ),
        unit="percent",
        table=Table(columns, rows, faint=small),
        note=_("By the number of activities of each closed deal; faint: under ten deals. A relation, not a cause."),
    )


def _bucketed(records: Records, scope: Scope) -> list[dict[str, Any]]:
    rows = records.ask(BY_ACTIVITIES, scope.period.start, scope.period.end)
    found = []
    for low, high in BUCKETS:
        inside = [row for row in rows if low <= row["activities"] and (high is None or row["activities"] <= high)]
        deals, won = (sum(int(row[name]) for row in inside) for name in ("deals", "won"))
        name = str(low) if low == high else f"{low}–{high}" if high else f"{low}+"
        found.append({"name": name, "deals": deals, "won": won, "rate": Decimal(won * 100) / deals if deals else None})
    return found


@dataclass(frozen=True, kw_only=True)
class GoalsCard(Card):
    """What the month of the period's last day should bring, and what came up to that day: of all, of each seller, of
    each channel. Goals know no other cut, so the board's filters are left out."""

    width: int = 12
    height: str = "auto"
    partial: str = "dashboards/cards/table.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        period, by = Period(scope.day.replace(day=1), scope.day), ["responsible", "channel"]
        return {
            "deals": Query(get_model("deals"), ("revenue", "won"), by, period=period),
            "leads": Query(get_model("leads"), ("leads",), by, period=period),
        }

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        receipts = tuple(answer.receipt for answer in answers.values())
        with open_records(scope.principal) as records:
            found = records.ask(GOALS, scope.day.replace(day=1))
        if not found:
            return Drawing(note=_("There is no goal for this month."), receipts=receipts)
        came = [row for answer in answers.values() for row in answer.rows]
        columns = [Column("who", _("Whose goal"))]
        for name, label, kind in FIGURES:
            columns += [Column(f"{name}_goal", _("Goal: %(what)s") % {"what": label}, kind), Column(name, label, kind)]
            columns += [Column(f"{name}_reached", _("Reached"), Kind.PERCENT)]
        rows = [[_whose(goal), *_against(goal, came)] for goal in found]
        return Drawing(table=Table(columns, rows), note=_pace(scope), receipts=receipts)


def _pace(scope: Scope) -> str:
    """What the reached parts are judged by: how much of the month's business days are over."""
    month = Period(scope.day.replace(day=1), scope.day.replace(day=monthrange(scope.day.year, scope.day.month)[1]))
    calendar = business.default()
    days = [day for day in month.days if calendar.is_business_day(day)]
    gone = sum(day <= scope.day for day in days)
    note = _(
        "Month: %(month)s, up to %(day)s: %(gone)s of %(all)s business days, %(share)s of the month, are over. The"
        " filters are left out here."
    )
    return note % {
        "month": formats.month(scope.day, scope.language),
        "day": formats.date(scope.day, scope.language),
        "gone": gone,
        "all": len(days),
        "share": formats.percent(Decimal(gone * 100) / len(days), 0, language=scope.language),
    }


def _whose(goal: Mapping[str, Any]) -> str:
    parts = [goal["responsible"], str(CHANNELS.get(goal["channel"], goal["channel"]))]
    return " · ".join(part for part in parts if part) or _("Everybody")


def _against(goal: Mapping[str, Any], came: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """For each figure its goal, what came of it, and the part reached."""
    theirs = [row for row in came if all(goal[name] in ("", row[name]) for name in ("responsible", "channel"))]
    for name, _label, kind in FIGURES:
        actual = sum(row[name] or 0 for row in theirs if name in row)
        aim = goal["revenue_centavos" if kind is Kind.MONEY else name]
        aim = from_centavos(aim) if kind is Kind.MONEY and aim is not None else aim
        yield from (aim, actual, Decimal(actual) * 100 / aim if aim else None)


@dataclass(frozen=True, kw_only=True)
class ProductivityCard(Card):
    """What each seller's activities bring: activities per lead and per win, revenue per activity, completion."""

    model: str = "activities"
    width: int = 12
    height: str = "auto"
    partial: str = "dashboards/cards/table.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {
            "activities": scope.query(["activities", "completion"], ["responsible"]),
            "leads": scope.on("leads").query(["leads"], ["responsible"]),
            "deals": scope.on("deals").query(["won", "revenue"], ["responsible"]),
        }

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        receipts = tuple(answer.receipt for answer in answers.values())
        people: dict[Any, dict[str, Any]] = {}
        for answer in answers.values():
            for row in answer.rows:
                people.setdefault(row["responsible"], {}).update(row)
        people = {name: row for name, row in people.items() if row.get("activities")}
        if not people:
            return Drawing(receipts=receipts)
        columns = [common.dimension_column(scope, "responsible"), common.column(scope.model.measure("activities"))]
        columns += [Column("per_lead", _("Activities per lead"), Kind.NUMBER)]
        columns += [Column("per_win", _("Activities per win"), Kind.NUMBER)]
        columns += [Column("revenue", _("Revenue per activity"), Kind.MONEY)]
        columns += [common.column(scope.model.measure("completion"))]
        ranked = sorted(people, key=lambda name: (-people[name]["activities"], str(name)))
        lines = [[scope.name_of("responsible", name), *_productivity(people[name])] for name in ranked]
        filters = [{"responsible": str(name)} for name in ranked]
        return Drawing(table=Table(columns, lines, filters), receipts=receipts)


def _productivity(row: Mapping[str, Any]) -> list[Any]:
    done = row["activities"]
    per_lead, per_win = (Decimal(done) / row[name] if row.get(name) else None for name in ("leads", "won"))
    revenue = None if row.get("revenue") is None else row["revenue"] / done
    return [done, per_lead, per_win, revenue, row.get("completion")]
