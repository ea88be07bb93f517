"""Single figures: the head-line cards, growth against every base, and measures whose column is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from farol.core.errors import FarolError
from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.cards.days import daily
from farol.engines.dashboards.cards.times import Marks, no_marks
from farol.engines.dashboards.scope import SHORT_BASES, Scope
from farol.engines.metrics import Measure, MissingColumn, Period, Query, Result
from farol.engines.metrics.query import COMPARISONS
from farol.platform.exports import Column, Kind

SPARK_DAYS = 28


def headline(scope: Scope, measures: Sequence[str], compared: Sequence[str] = COMPARISONS) -> Query:
    """One question for all head-line figures, against every base, or those `compared` and the chosen one."""
    return scope.query(measures, compare=[base for base in COMPARISONS if base in compared or base == scope.base])


@dataclass(frozen=True, kw_only=True)
class KpiCard(Card):
    """A figure with its change against the chosen base, the other bases beside it, and the line of the last 28 days.

    `compared` are the bases that are asked for beside the chosen one: what a day usually brings costs as much as all
    the rest. `marks` gives the mark of a measure, which is told with whether it is kept."""

    among: tuple[str, ...]
    bases: tuple[str, ...]
    daily_measures: tuple[str, ...]
    caution: Any = ""
    marks: Marks = no_marks
    compared: tuple[str, ...] = COMPARISONS
    width: int = 3
    height: str = "kpi"
    partial: str = "dashboards/cards/kpi.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        now = headline(scope, self.among, self.compared)
        return {"now": now, "daily": daily(scope, self.daily_measures)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        measure = scope.model.measure(self.measures[0])
        (row,) = answers["now"].rows
        if row[measure.name] is None:
            return Drawing(receipts=(answers["now"].receipt,))
        compare = row["compare"][measure.name]
        changes = {base: common.change(found, base, measure, scope) for base, found in compare.items()}
        spark = self._spark(scope, answers)
        body = {
            "value": scales.text(row[measure.name], measure.unit.value, scope.language),
            "full": scales.full(row[measure.name], measure.unit.value, scope.language),
            "change": changes[scope.base],
            "others": [changes[base] for base in self.bases if base != scope.base],
            "path": charts.sparkline_path([value for _day, value in spark]),
            "spark_from": spark[0][0] if spark else None,
            "caution": self.caution,
            "mark": self._mark(row[measure.name], measure, scope),
        }
        return Drawing(body=body, table=self._table(scope, row), receipts=(answers["now"].receipt,))

    def _mark(self, value: Any, measure: Measure, scope: Scope) -> dict[str, Any] | None:
        mark = self.marks().get(measure.name)
        if mark is None:
            return None
        sign = ">" if mark.comparison == "gt" else "<"
        return {
            "text": f"{sign} {scales.text(mark.value, measure.unit.value, scope.language)}",
            "kept": mark.kept(value),
        }

    def _spark(self, scope: Scope, answers: Answers) -> list[tuple[dt.date, Any]]:
        """The last 28 days with the gaps left in, or nothing before there are two."""
        values = {row["day"]: row[self.measures[0]] for row in answers["daily"].rows}
        period = Period(scope.day - dt.timedelta(days=SPARK_DAYS - 1), scope.day)
        return [(day, values.get(day)) for day in period.days] if len(values) > 1 else []

    def _table(self, scope: Scope, row: dict[str, Any]) -> Table:
        return growth_table(scope, row, self.measures, self.bases)


def growth_table(scope: Scope, row: dict[str, Any], measures: Sequence[str], bases: Sequence[str]) -> Table:
    """A line for each measure and base. Differences and bases are written in the measure's unit, so as texts."""
    lines = []
    for name in measures:
        measure = scope.model.measure(name)
        for base in bases:
            found = row["compare"][name].get(base)
            day, kind = common.base_day(found, base, scope)
            lines.append([str(measure.label), str(SHORT_BASES[base]), day or "—", kind, *_figures(row, name, found)])
    columns = [
        Column("measure", _("Measure")),
        Column("base", _("Against")),
        Column("base_day", _("Base day")),
        Column("base_kind", _("Kind of day")),
        Column("value", _("Value"), Kind.NUMBER),
        Column("base_value", _("Base"), Kind.NUMBER),
        Column("delta", "Δ", Kind.NUMBER),
        Column("pct", "Δ %", Kind.PERCENT),
    ]
    return Table(columns, lines)


def _figures(row: dict[str, Any], name: str, found: Any) -> list[Any]:
    return [row[name], *((found.base, found.delta, found.pct) if found else (None, None, None))]


@dataclass(frozen=True, kw_only=True)
class GrowthCard(Card):
    """How each measure stands against every base, with the base day and what kind of day it was."""

    among: tuple[str, ...]
    bases: tuple[str, ...]
    width: int = 12
    partial: str = "dashboards/cards/growth.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"now": headline(scope, self.among)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        (row,) = answers["now"].rows
        receipts = (answers["now"].receipt,)
        if all(row[name] is None for name in self.measures):
            return Drawing(receipts=receipts)
        first = row["compare"][self.measures[0]]
        heads = [{"base": SHORT_BASES[b], "day": common.base_day(first[b], b, scope)} for b in self.bases if b in first]
        lines = [self._line(scope, row, name) for name in self.measures]
        table = growth_table(scope, row, self.measures, self.bases)
        return Drawing(body={"heads": heads, "lines": lines}, table=table, receipts=receipts)

    def _line(self, scope: Scope, row: dict[str, Any], name: str) -> dict[str, Any]:
        measure = scope.model.measure(name)
        found = row["compare"][name]
        return {
            "label": measure.label,
            "value": scales.text(row[name], measure.unit.value, scope.language),
            "full": scales.full(row[name], measure.unit.value, scope.language),
            "changes": [common.change(found[b], b, measure, scope) for b in self.bases if b in found],
        }


@dataclass(frozen=True, kw_only=True)
class MissingCard(Card):
    """Measures that need columns a file may lack: the figure where it can be told, the missing column where not.

    `ripe` gives, for measures that can only be told after a while, the days to wait: their figure is that of the four
    weeks which end so long before the period's last day, and it is compared with nothing.
    """

    ripe: Mapping[str, int] = field(default_factory=dict)
    height: str = "auto"
    width: int = 12
    partial: str = "dashboards/cards/missing.html"
    tolerant: bool = True

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {name: self._question(scope, name) for name in self.measures}

    def _question(self, scope: Scope, name: str) -> Query:
        if name not in self.ripe:
            return scope.query([name], compare=[scope.base])
        last = scope.day - dt.timedelta(days=self.ripe[name])
        return scope.query([name], period=Period(last - dt.timedelta(days=27), last))

    def draw(self, scope: Scope, answers: Mapping[str, Result | FarolError]) -> Drawing:
        figures = [self._figure(scope, answers[name], name) for name in self.measures]
        receipts = tuple(a.receipt for a in answers.values() if isinstance(a, Result))
        columns = [Column("measure", _("Measure")), Column("value", _("Value")), Column("missing", _("Missing column"))]
        rows = [[str(f["measure"].label), f.get("value", ""), f.get("missing", "")] for f in figures]
        return Drawing(body={"figures": figures}, table=Table(columns, rows), receipts=receipts)

    def _figure(self, scope: Scope, found: Result | FarolError, name: str) -> dict[str, Any]:
        measure = scope.model.measure(name)
        if isinstance(found, MissingColumn):
            return {"measure": measure, "missing": found.column}
        if isinstance(found, FarolError):
            return {"measure": measure, "failure": found.detail}
        (row,) = found.rows
        value = scales.text(row[name], measure.unit, scope.language)
        if name in self.ripe:
            period = common.span_name(found.period.start, found.period.end, scope.language)
            return {"measure": measure, "value": value, "period": period}
        change = common.change(row["compare"][name][scope.base], scope.base, measure, scope)
        return {"measure": measure, "value": value, "change": change}
