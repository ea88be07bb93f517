"""The few values that make most of a figure, largest first."""

from __future__ import annotations

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
from farol.engines.metrics import Query
from farol.platform.exports import Column, Kind

MOST_BARS = 12


@dataclass(frozen=True, kw_only=True)
class ParetoCard(Card):
    """`measures[0]` (it adds up) for each value of `by`, with the part that it and those before it make together;
    `nameless` is what the empty value is called."""

    by: str
    nameless: Any = ""

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"now": scope.query(self.measures, [self.by], order=[(self.measures[0], "desc")])}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        measure = scope.model.measure(self.measures[0])
        rows = [row for row in answers["now"].rows if row[measure.name]]
        receipts = (answers["now"].receipt,)
        if not rows:
            return Drawing(receipts=receipts)
        shares = _cumulative([Decimal(row[measure.name]) for row in rows])
        names = [
            str(self.nameless) if self.nameless and row[self.by] in (None, "") else scope.name_of(self.by, row[self.by])
            for row in rows
        ]
        shown = list(zip(names, shares, rows, strict=True))[:MOST_BARS]
        option = charts.bars(
            [f"{name} · {formats.percent(share, 0, language=scope.language)}" for name, share, _row in shown],
            [Series(str(measure.label), [row[measure.name] for _name, _share, row in shown])],
            unit=measure.unit.value,
            look=scope.look,
        )
        columns = [common.dimension_column(scope, self.by)]
        columns += [common.column(scope.model.measure(name)) for name in self.measures]
        columns += [Column("cumulative", _("Cumulative share"), Kind.PERCENT)]
        lines = [
            [name, *(row[m] for m in self.measures), share]
            for name, share, row in zip(names, shares, rows, strict=True)
        ]
        few = next(i for i, share in enumerate(shares, 1) if share >= 80)
        note = _("%(few)s of %(all)s make 80 %%. Beside each name: its part and that of those before it.")
        return Drawing(
            option=option,
            table=Table(columns, lines, [{self.by: str(row[self.by])} for row in rows]),
            picks={"items": [{self.by: str(row[self.by])} for _name, _share, row in shown]},
            note=note % {"few": few, "all": len(rows)},
            receipts=receipts,
        )


def _cumulative(values: list[Decimal]) -> list[Decimal]:
    total, so_far, found = sum(values), Decimal(0), []
    for value in values:
        so_far += value
        found.append(so_far * 100 / total)
    return found
