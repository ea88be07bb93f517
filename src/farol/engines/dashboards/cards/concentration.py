"""How much of a figure a few segments bring, and what is left without the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query
from farol.platform.exports import Column, Kind

MOST_POINTS = 120
MOST_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class ConcentrationCard(Card):
    """The cumulative share of `measures[0]`, largest segment first; `cuts` maps a choice of `by` to its dimensions.

    `without_top`, a measure that leaves the largest segments out, stands beside it where the model has one.
    """

    cuts: dict[str, tuple[str, ...]]
    without_top: str = ""
    partial: str = "dashboards/cards/concentration.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        measure = self.measures[0]
        by = self.cuts[self.chosen(scope, "by")]
        asked = {"segments": scope.query([measure], by, order=[(measure, "desc")])}
        if self.without_top:
            asked["rest"] = scope.query([measure, self.without_top], compare=[scope.base])
        return asked

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = [row for row in answers["segments"].rows if row[self.measures[0]]]
        receipts = tuple(answer.receipt for answer in answers.values())
        if not rows:
            return Drawing(receipts=receipts)
        by = self.cuts[self.chosen(scope, "by")]
        shares = _cumulative([row[self.measures[0]] for row in rows])
        step = max(1, len(rows) // MOST_POINTS)
        shown = [i for i in range(len(rows)) if i % step == 0 or i == len(rows) - 1]
        points = [(str(i + 1), shares[i]) for i in shown]
        return Drawing(
            option=charts.curve(points, look=scope.look, name=_("Cumulative share"), equal=_("equal shares")),
            unit="percent",
            table=self._table(scope, by, rows[:MOST_ROWS], shares),
            picks={"items": [{name: str(rows[i][name]) for name in by} for i in shown]},
            body=self._body(scope, answers, shares),
            note=_("The table shows the %(count)s largest of %(all)s segments.")
            % {"count": MOST_ROWS, "all": formats.number(len(rows), language=scope.language)}
            if len(rows) > MOST_ROWS
            else "",
            receipts=receipts,
        )

    def _body(self, scope: Scope, answers: Answers, shares: Sequence[Decimal]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "count": formats.number(len(shares), language=scope.language),
            "top": formats.percent(shares[0], language=scope.language),
            "for_80": formats.number(sum(share < 80 for share in shares) + 1, language=scope.language),
        }
        if "rest" in answers:
            measure = scope.model.measure(self.without_top)
            (row,) = answers["rest"].rows
            found = row["compare"][measure.name][scope.base]
            body["rest"] = {
                "label": measure.label,
                "definition": measure.definition,
                "value": scales.text(row[measure.name], measure.unit.value, scope.language),
                "full": scales.full(row[measure.name], measure.unit.value, scope.language),
                "change": common.change(found, scope.base, measure, scope),
            }
        return body

    def _table(
        self, scope: Scope, by: Sequence[str], rows: Sequence[dict[str, Any]], shares: Sequence[Decimal]
    ) -> Table:
        measure = scope.model.measure(self.measures[0])
        columns = [Column("rank", _("Rank"), Kind.INTEGER), *(common.dimension_column(scope, name) for name in by)]
        columns += [common.column(measure), Column("cumulative", _("Cumulative share"), Kind.PERCENT)]
        body = [[i + 1, *(row[name] for name in by), row[measure.name], shares[i]] for i, row in enumerate(rows)]
        filters = [{name: str(row[name]) for name in by} for row in rows]
        return Table(columns, body, filters, {name: scope.model.dimension(name).values for name in by})


def _cumulative(values: Sequence[Any]) -> list[Decimal]:
    """Percent of the whole after each value."""
    total, running, found = sum(Decimal(v) for v in values), Decimal(0), []
    for value in values:
        running += Decimal(value)
        found.append(running * 100 / total)
    return found
