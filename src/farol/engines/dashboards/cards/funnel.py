"""How far things come along their stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query

LAST = 999
HUES = ("hue-1", "hue-3", "others", "hue-2")


@dataclass(frozen=True, kw_only=True)
class FunnelCard(Card):
    """`drawn` counts (entered, moved on, …) for each stage of the `path` (pipeline) with most of the first; the table
    has every path and all of `measures`. `order` gives the place of each (path, stage); `rate` stands beside the name.
    """

    path: str
    stage: str
    drawn: tuple[str, ...]
    rate: str
    order: Callable[[], Mapping[tuple[str, str], int]]
    caption: Any = ""
    width: int = 12
    height: str = "wide"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"now": scope.query(self.measures, [self.path, self.stage], ignoring=self.stage)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows, receipts = answers["now"].rows, (answers["now"].receipt,)
        if not rows:
            return Drawing(receipts=receipts)
        totals = self._totals(rows)
        rows = self._in_order(rows, totals)
        main = rows[0][self.path]
        shown = [row for row in rows if row[self.path] == main and any(row[name] for name in self.drawn)]
        series = [
            Series(str(scope.model.measure(name).label), [row[name] for row in shown], hue)
            for name, hue in zip(self.drawn, HUES, strict=False)
        ]
        note = str(self.caption)
        if len(totals) > 1:
            note += " " + _("Drawn: %(path)s; the table has all.") % {"path": scope.name_of(self.path, main)}
        return Drawing(
            option=charts.bars([self._named(scope, row) for row in shown], series, unit="count", look=scope.look),
            unit="count",
            table=self._table(scope, rows),
            picks={"items": [{self.path: str(row[self.path])} for row in shown]},
            note=note.strip(),
            receipts=receipts,
        )

    def _totals(self, rows: list[dict[str, Any]]) -> dict[Any, int]:
        found: dict[Any, int] = {}
        for row in rows:
            found[row[self.path]] = found.get(row[self.path], 0) + (row[self.drawn[0]] or 0)
        return found

    def _in_order(self, rows: list[dict[str, Any]], totals: Mapping[Any, int]) -> list[dict[str, Any]]:
        """The fullest path first, its stages as things pass them."""
        order = self.order()
        return sorted(
            rows, key=lambda r: (-totals[r[self.path]], r[self.path], order.get((r[self.path], r[self.stage]), LAST))
        )

    def _named(self, scope: Scope, row: Mapping[str, Any]) -> str:
        name, rate = scope.name_of(self.stage, row[self.stage]), row[self.rate]
        return name if rate is None else f"{name} · {formats.percent(rate, 0, language=scope.language)}"

    def _table(self, scope: Scope, rows: list[dict[str, Any]]) -> Table:
        columns = [common.dimension_column(scope, name) for name in (self.path, self.stage)]
        columns += [common.column(scope.model.measure(name)) for name in self.measures]
        lines = [[row[self.path], row[self.stage], *(row[name] for name in self.measures)] for row in rows]
        return Table(columns, lines, [{self.path: str(row[self.path])} for row in rows])
