"""Cards that cut a figure by dimensions: bars, shares side by side, and a table of shades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query
from farol.platform.exports import Column, Kind

MOST_BARS = 15


def _number_first(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int) else (1, str(value))


@dataclass(frozen=True, kw_only=True)
class BreakdownCard(Card):
    """`measures[0]` for each value of a dimension, chosen by a switch `by` where the card has one. The filter on that
    dimension is left out, so that what was filtered is seen among the rest; the other values are shown faint."""

    by: str = ""
    asked: tuple[str, ...]

    def dimension(self, scope: Scope) -> str:
        return self.by or self.chosen(scope, "by")

    def asks(self, scope: Scope) -> dict[str, Query]:
        by = self.dimension(scope)
        return {"now": scope.query(self.asked, [by], compare=[scope.base], ignoring=by)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        by, measure = self.dimension(scope), scope.model.measure(self.measures[0])
        known = (row for row in answers["now"].rows if row[by] != "" or row[measure.name])
        rows = sorted(known, key=lambda row: -(row[measure.name] or 0))
        if not rows:
            return Drawing(receipts=(answers["now"].receipt,))
        shown = rows[:MOST_BARS]
        hues = common.hues(scope, by, [row[by] for row in rows])
        chosen = scope.where.get(by, ())
        option = charts.bars(
            [scope.name_of(by, row[by]) for row in shown],
            [Series(str(measure.label), [row[measure.name] for row in shown])],
            unit=measure.unit.value,
            look=scope.look,
            hues=[hues[str(row[by])] for row in shown],
            faint=[i for i, row in enumerate(shown) if chosen and str(row[by]) not in chosen],
        )
        return Drawing(
            option=option,
            table=compared_table(scope, by, self.asked, rows),
            picks={"items": [{by: str(row[by])} for row in shown]},
            note=_("All values are shown; the filter points out the chosen ones.") if chosen else "",
            receipts=(answers["now"].receipt,),
        )


def compared_table(scope: Scope, by: str, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    """Each value with its measures and the change of the first one against the chosen base."""
    measures = [scope.model.measure(name) for name in names]
    base_label = common.SHORT_BASES[scope.base]
    columns = [common.dimension_column(scope, by)]
    for measure in measures:
        columns += [common.column(measure), Column(f"{measure.name}_pct", f"Δ % {base_label}", Kind.PERCENT)]
    lines = [
        [row[by], *(v for m in measures for v in (row[m.name], row["compare"][m.name][scope.base].pct))] for row in rows
    ]
    return Table(columns, lines, [{by: str(row[by])} for row in rows], {by: scope.model.dimension(by).values})


@dataclass(frozen=True, kw_only=True)
class SharesCard(Card):
    """For each value of a dimension its share of one additive measure beside its share of another."""

    by: str
    asked: tuple[str, ...]

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"now": scope.query(self.asked, [self.by], compare=[scope.base], ignoring=self.by)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = sorted(answers["now"].rows, key=lambda row: _number_first(row[self.by]))
        if not rows:
            return Drawing(receipts=(answers["now"].receipt,))
        parts = [scope.model.measure(name) for name in self.measures]
        series = []
        for measure, hue in zip(parts, ("hue-1", "hue-3"), strict=False):
            total = sum(row[measure.name] or 0 for row in rows)
            shares = [(row[measure.name] or 0) * 100 / total if total else None for row in rows]
            series.append(Series(_("Share of %(measure)s") % {"measure": measure.label}, shares, hue))
        names = [scope.name_of(self.by, row[self.by]) for row in rows]
        return Drawing(
            option=charts.bars(names, series, unit="percent", look=scope.look, horizontal=False),
            unit="percent",
            table=self._table(scope, rows, series),
            picks={"items": [{self.by: str(row[self.by])} for row in rows]},
            receipts=(answers["now"].receipt,),
        )

    def _table(self, scope: Scope, rows: Sequence[dict[str, Any]], series: Sequence[Series]) -> Table:
        table = compared_table(scope, self.by, self.asked, rows)
        extra = [Column(f"share{i}", s.name, Kind.PERCENT) for i, s in enumerate(series)]
        lines = [[*row, *(s.values[i] for s in series)] for i, row in enumerate(table.rows)]
        return Table([*table.columns, *extra], lines, table.filters, table.names)


@dataclass(frozen=True, kw_only=True)
class HeatCard(Card):
    """A measure, chosen by the switch `measure`, for each pair of values of two dimensions."""

    lines: str
    columns: str

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"cells": scope.query(self.measures, [self.lines, self.columns])}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = [row for row in answers["cells"].rows if row[self.lines] != "" or row[self.measures[0]]]
        if not rows:
            return Drawing(receipts=(answers["cells"].receipt,))
        measure = scope.model.measure(self.chosen(scope, "measure"))
        down, across = self._values(rows, self.lines), self._values(rows, self.columns)
        found = {(row[self.lines], row[self.columns]): row[measure.name] for row in rows}
        option = charts.heatmap(
            [scope.name_of(self.columns, v) for v in across],
            [scope.name_of(self.lines, v) for v in down],
            [[found.get((line, column)) for column in across] for line in down],
            unit=measure.unit.value,
            look=scope.look,
        )
        return Drawing(
            option=option,
            unit=measure.unit,
            table=self._table(scope, rows),
            picks={
                "columns": [{self.columns: str(v)} for v in across],
                "lines": [{self.lines: str(v)} for v in down],
            },
            receipts=(answers["cells"].receipt,),
        )

    def _values(self, rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
        """The values of a dimension, those that bring most first."""
        totals: dict[Any, Any] = {}
        for row in rows:
            totals[row[name]] = totals.get(row[name], 0) + (row[self.measures[0]] or 0)
        return sorted(totals, key=lambda value: -totals[value])

    def _table(self, scope: Scope, rows: Sequence[dict[str, Any]]) -> Table:
        measures = [scope.model.measure(name) for name in self.measures]
        columns = [common.dimension_column(scope, name) for name in (self.lines, self.columns)]
        ranked = sorted(rows, key=lambda row: -(row[self.measures[0]] or 0))
        body = [[row[self.lines], row[self.columns], *(row[m.name] for m in measures)] for row in ranked]
        return Table(
            [*columns, *(common.column(m) for m in measures)],
            body,
            [{self.lines: str(row[0]), self.columns: str(row[1])} for row in body],
            {name: scope.model.dimension(name).values for name in (self.lines, self.columns)},
        )
