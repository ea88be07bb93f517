"""Time measures as people need them: mean, median and the ninth tenth beside each other, and the mark to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query
from farol.platform.exports import Column, Kind

PARTS = ("mean", "median", "p90")


@dataclass(frozen=True)
class MarkLine:
    """What a figure should keep to: its `statistic` (mean, median, p90, value) above (`gt`) or below (`lt`) `value`."""

    statistic: str
    comparison: str
    value: Decimal

    def kept(self, value: Any) -> bool | None:
        """None where there is nothing to compare."""
        if value is None:
            return None
        return bool(value > self.value) if self.comparison == "gt" else bool(value < self.value)


Marks = Callable[[], Mapping[str, MarkLine]]


def no_marks() -> Mapping[str, MarkLine]:
    return {}


@dataclass(frozen=True, kw_only=True)
class TimesCard(Card):
    """A line for each of `stems` (measures called `stem_mean`, `stem_median`, `stem_p90`); with `by`, a line of the
    only stem for each value of the dimension, the longest first. `within` is a dimension whose values hold those of
    `by`, such as the pipeline of stages: its lines stand together, in the `order` given for (within, by). `marks` gives
    the mark of a stem."""

    stems: Mapping[str, Any]
    by: str = ""
    within: str = ""
    order: Callable[[], Mapping[tuple[str, str], int]] = dict
    marks: Marks = no_marks
    height: str = "auto"
    partial: str = "dashboards/cards/table.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        names = [f"{stem}_{part}" for stem in self.stems for part in PARTS]
        return {"now": scope.query(names, [name for name in (self.within, self.by) if name])}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        answer, marks = answers["now"], self.marks()
        rows = self._sorted(
            [row for row in answer.rows if any(row[f"{stem}_median"] is not None for stem in self.stems)]
        )
        lines = [self._line(scope, row, stem, marks) for row in rows for stem in self.stems]
        if not lines:
            return Drawing(receipts=(answer.receipt,))
        head = scope.model.dimension(self.by).label if self.by else _("Duration of")
        columns = [
            *([common.dimension_column(scope, self.within)] if self.within else []),
            Column("what", head),
            Column("mean", _("Mean"), Kind.NUMBER),
            Column("median", _("Median"), Kind.NUMBER),
        ]
        columns += [Column("p90", _("9 of 10 within (p90)"), Kind.NUMBER)]
        if marks:
            columns += [Column("mark", _("Mark")), Column("kept", _("Kept"))]
        return Drawing(table=Table(columns, lines), receipts=(answer.receipt,))

    def _sorted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.within:
            order = self.order()
            return sorted(
                rows, key=lambda row: (row[self.within], order.get((row[self.within], row[self.by]), len(order)))
            )
        if self.by:
            (stem,) = self.stems
            return sorted(rows, key=lambda row: -row[f"{stem}_median"])
        return rows

    def _line(self, scope: Scope, row: dict[str, Any], stem: str, marks: Mapping[str, MarkLine]) -> list[Any]:
        values = {part: row[f"{stem}_{part}"] for part in PARTS}
        name = scope.name_of(self.by, row[self.by]) if self.by else str(self.stems[stem])
        line = [*([scope.name_of(self.within, row[self.within])] if self.within else []), name, *values.values()]
        if not marks:
            return line
        mark = marks.get(stem)
        if mark is None:
            return [*line, "", ""]
        return [*line, mark_words(mark, scope.language), kept_words(mark.kept(values.get(mark.statistic)))]


def mark_words(mark: MarkLine, language: str) -> str:
    """Such as “mean < 2”."""
    names = {"mean": _("mean"), "median": _("median"), "p90": "p90", "value": ""}
    sign = ">" if mark.comparison == "gt" else "<"
    places = 0 if mark.value == mark.value.to_integral_value() else 1
    return f"{names[mark.statistic]} {sign} {formats.number(mark.value, places, language)}".strip()


def kept_words(kept: bool | None) -> str:
    return "" if kept is None else _("yes") if kept else _("no")
