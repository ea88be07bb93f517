"""The months so far, and how each grew against the one before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Period, Query
from farol.platform.exports import Column, Kind

MONTHS = 13


@dataclass(frozen=True, kw_only=True)
class MonthsCard(Card):
    """`measures[0]` for each of the last 13 months up to the period's last day; the table has all of `measures`, each
    with its growth against the month before. The month that is not over is shown, and grows against nothing."""

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"months": scope.query(self.measures, ["month"], period=_window(scope.day))}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = [row for row in answers["months"].rows if any(row[name] is not None for name in self.measures)]
        receipts = (answers["months"].receipt,)
        if not rows:
            return Drawing(receipts=receipts)
        measure = scope.model.measure(self.measures[0])
        over = scope.day == _last_of(scope.day)
        names = [formats.month(row["month"], scope.language) for row in rows]
        option = charts.bars(
            names,
            [Series(str(measure.label), [row[measure.name] for row in rows])],
            unit=measure.unit.value,
            look=scope.look,
            faint=[] if over else [len(rows) - 1],
            horizontal=False,
        )
        return Drawing(
            option=option,
            table=self._table(scope, rows, over),
            picks={"items": [{"period": f"{row['month']:%Y-%m}"} for row in rows]},
            note="" if over else _("The last month is not over."),
            receipts=receipts,
        )

    def _table(self, scope: Scope, rows: list[dict[str, Any]], over: bool) -> Table:
        columns = [Column("month", _("Month"))]
        for name in self.measures:
            columns += [common.column(scope.model.measure(name)), Column(f"{name}_growth", "Δ %", Kind.PERCENT)]
        lines = []
        for place, row in enumerate(rows):
            last = place == len(rows) - 1 and not over
            earlier = rows[place - 1] if place and not last else {}
            line: list[Any] = [formats.month(row["month"], scope.language)]
            for name in self.measures:
                line += [row[name], growth(row[name], earlier.get(name))]
            lines.append(line)
        return Table(columns, lines[::-1], [{"period": f"{row['month']:%Y-%m}"} for row in rows[::-1]])


def growth(value: Any, earlier: Any) -> Decimal | None:
    """In percent of `earlier`; None where there is nothing to compare with."""
    return None if value is None or not earlier else (Decimal(value) - Decimal(earlier)) * 100 / Decimal(earlier)


def _window(day: dt.date) -> Period:
    months = day.year * 12 + day.month - MONTHS
    return Period(dt.date(months // 12, months % 12 + 1, 1), day)


def _last_of(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
