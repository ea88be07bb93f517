"""Questions of a report, asked through the one door and written as tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.metrics import Comparison, Period, Query, Result, Unit, get_model, run
from farol.engines.reports.document import Field, Receipts, Table
from farol.platform.accounts.principal import Principal
from farol.platform.exports import Kind

KINDS = {Unit.BRL: Kind.MONEY, Unit.COUNT: Kind.INTEGER, Unit.PERCENT: Kind.PERCENT, Unit.NUMBER: Kind.NUMBER}
MOST_ROWS = 25


class Asker:
    """One person's questions about one period, with the receipts that they leave."""

    def __init__(self, period: Period, principal: Principal) -> None:
        self.period, self.principal = period, principal
        self.receipts = Receipts()
        self.data_version = ""

    def ask(self, model: str, measures: Sequence[str], by: Sequence[str] = (), compare: Sequence[str] = ()) -> Result:
        found = run(
            Query(get_model(model), tuple(measures), tuple(by), {}, self.period, tuple(compare)), self.principal
        )
        self.data_version = found.data_version
        self.receipts.number(found.receipt, str(get_model(model).label))
        return found

    def table(self, title: str, model: str, measures: Sequence[str], by: str) -> Table:
        """The groups of one dimension, the first measure's largest first; groups without a name are left as a dash."""
        declared = get_model(model)
        dimension = declared.dimension(by)
        rows = self.ask(model, measures, (by,)).rows
        rows.sort(key=lambda row: (-(row[measures[0]] or 0), str(row[by])))
        fields = [Field(by, str(dimension.label))]
        fields += [
            Field(name, str(declared.measure(name).label), KINDS[declared.measure(name).unit]) for name in measures
        ]
        shown = [(dimension.values.get(row[by], row[by]) or "—", *(row[name] for name in measures)) for row in rows]
        return Table(title, fields, [tuple(map(_final, row)) for row in shown[:MOST_ROWS]])

    def compared(self, title: str, labels: tuple[str, str, str, str], model: str, measures: Sequence[str]) -> Table:
        """One row a measure: the period beside the week before; `labels` are the headings."""
        declared = get_model(model)
        (row,) = self.ask(model, measures, (), ("w1",)).rows
        lines = []
        for name in measures:
            change = row["compare"][name]["w1"]
            measure = declared.measure(name)
            values = (_written(measure.unit, value) for value in (row[name], change.base))
            lines.append((str(measure.label), *values, _change(measure.unit, change)))
        return Table(title, [Field(f"c{i}", label) for i, label in enumerate(labels)], lines)


def _final(value: Any) -> Any:
    return str(value) if not isinstance(value, int | Decimal | None) else value


def _change(unit: Unit, change: Comparison) -> str:
    """In percent of the base; of a percentage, in points."""
    if unit is not Unit.PERCENT or change.delta is None:
        return formats.percent(change.pct, sign=True)
    return _("%(points)s p.p.") % {"points": ("+" if change.delta > 0 else "") + formats.number(change.delta, 1)}


def _written(unit: Unit, value: Any) -> str:
    if unit is Unit.BRL:
        return formats.brl(value)
    if unit is Unit.PERCENT:
        return formats.percent(value)
    return formats.number(value, 0 if unit is Unit.COUNT else 1)
