"""A month's goal beside what came: the day, the month so far, and how concentrated it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Period, Query
from farol.platform.exports import Column, Kind

HISTORY_DAYS = 420


@dataclass(frozen=True)
class Goal:
    """A month's goal spread over its days (they add up to it), and the most that the largest segment should bring."""

    days: Mapping[dt.date, Decimal]
    largest_share: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        return sum(self.days.values(), Decimal(0))


History = Mapping[dt.date, Decimal]


@dataclass(frozen=True, kw_only=True)
class GoalCard(Card):
    """`measures[0]` against the goal that `goal_of` gives for the month of the period's last day, None without one.

    A goal is for the whole, so the board's filters are left out. `without_top` is the measure without its largest
    segment; `settings_url` names the page where goals are set, for holders of `goals.manage`.
    """

    goal_of: Callable[[dt.date, History, Any], Goal | None]
    without_top: str
    settings_url: str
    partial: str = "dashboards/cards/goal.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        measure, first = self.measures[0], scope.day.replace(day=1)
        history = Period(first - dt.timedelta(days=HISTORY_DAYS), scope.day)
        return {
            "history": Query(scope.model, [measure], ["day"], period=history),
            "month": Query(scope.model, [measure, self.without_top], period=Period(first, scope.day)),
        }

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        measure = self.measures[0]
        history = {row["day"]: row[measure] for row in answers["history"].rows if row[measure] is not None}
        goal = self.goal_of(scope.day, history, scope.calendar)
        if goal is None:
            return Drawing(body={"none": True})
        until = [day for day in goal.days if day <= scope.day]
        return Drawing(
            option=self._chart(scope, goal, history),
            table=self._table(scope, goal, history),
            body=self._body(scope, goal, history, until) | self._concentration(scope, goal, answers),
            picks={"items": [_gone_to(scope, day) for day in goal.days]},
            note=_("The goal is for the whole: the filters are left out here.") if scope.where else "",
            receipts=tuple(answer.receipt for answer in answers.values()),
        )

    def _chart(self, scope: Scope, goal: Goal, history: History) -> charts.Option:
        days = list(goal.days)
        axis = charts.days_axis(days, scope.language, common.holidays(scope, days), None)
        measure = scope.model.measure(self.measures[0])
        came = Series(str(measure.label), [history.get(day) if day <= scope.day else None for day in days])
        line = Series(_("Goal of the day"), list(goal.days.values()), "text", dashed=True)
        return charts.stacked_bars(axis, [came], unit=measure.unit, overlays=[line], look=scope.look)

    def _table(self, scope: Scope, goal: Goal, history: History) -> Table:
        measure = scope.model.measure(self.measures[0])
        columns = [Column("day", _("Day"), Kind.DATE), Column("kind", _("Kind of day"))]
        columns += [Column("goal", _("Goal of the day"), Kind.MONEY), common.column(measure)]
        columns += [Column("reached", _("Reached"), Kind.PERCENT)]
        rows = []
        for day, part in goal.days.items():
            came = history.get(day) if day <= scope.day else None
            rows.append([day, common.describe(day, scope), part, came, _reached(came, part)])
        return Table(columns, rows, [_gone_to(scope, day) for day in goal.days])

    def _body(self, scope: Scope, goal: Goal, history: History, until: list[dt.date]) -> dict[str, Any]:
        so_far = sum((history.get(day, Decimal(0)) for day in until), Decimal(0))
        due = sum((goal.days[day] for day in until), Decimal(0))
        rest = len(goal.days) - len(until)
        missing = goal.amount - so_far
        return {
            "month": formats.month(scope.day, scope.language),
            "day": self._against(scope, history.get(scope.day), goal.days[scope.day]),
            "so_far": self._against(scope, so_far, due),
            "whole": self._against(scope, so_far, goal.amount),
            "bar": min(100, int(_reached(so_far, goal.amount) or 0)),
            "due": min(100, int(_reached(due, goal.amount) or 0)),
            "daily_need": scales.text(missing / rest, "brl", scope.language) if rest and missing > 0 else "",
        }

    def _against(self, scope: Scope, value: Decimal | None, goal: Decimal) -> dict[str, Any]:
        reached = _reached(value, goal)
        return {
            "value": scales.text(value, "brl", scope.language),
            "goal": scales.text(goal, "brl", scope.language),
            "pct": formats.percent(reached, language=scope.language),
            "tone": "flat" if reached is None else "good" if reached >= 100 else "bad",
        }

    def _concentration(self, scope: Scope, goal: Goal, answers: Answers) -> dict[str, Any]:
        (row,) = answers["month"].rows
        whole, rest = row[self.measures[0]], row[self.without_top]
        if goal.largest_share is None or not whole or rest is None:
            return {}
        share = (whole - rest) * 100 / whole
        return {
            "share": formats.percent(share, language=scope.language),
            "most_share": formats.percent(goal.largest_share, language=scope.language),
            "share_tone": "good" if share <= goal.largest_share else "bad",
        }


def _gone_to(scope: Scope, day: dt.date) -> dict[str, str]:
    """A click on a day that has been leads to it."""
    return {"period": day.isoformat()} if day <= scope.day else {}


def _reached(value: Decimal | None, goal: Decimal) -> Decimal | None:
    return None if value is None or not goal else value * 100 / goal
