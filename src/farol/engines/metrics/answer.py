"""From sums to the rows of an answer: values, comparisons, order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from farol.core.money import quantize
from farol.engines.metrics.expectation import expected_sums
from farol.engines.metrics.facts import Facts, facts_of
from farol.engines.metrics.formulas import Amounts, Share, all_sums
from farol.engines.metrics.model import Measure, RowRules, Unit
from farol.engines.metrics.query import Query, Resolved, resolve
from farol.engines.metrics.sums import Groups, Key, Sides, fetch

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

Value = Decimal | int | None
Row = dict[str, Any]


class Comparison(NamedTuple):
    """A value's base: one day (`base_date`) or the first and last of several (`base_from`, `base_to`).

    `delta` is value − base in the measure's unit (points for percent), `pct` the change in percent of the base; each is
    None where it cannot be known: a base day without data, or no base to divide by. `expected` names no base day.
    """

    base_date: dt.date | None
    base_from: dt.date | None
    base_to: dt.date | None
    base: Value
    delta: Value
    pct: Decimal | None


@dataclass(frozen=True)
class Answer:
    """Rows with exact values: money in reais, counts as integers, ratios unrounded."""

    resolved: Resolved
    rules: RowRules
    facts: Facts
    rows: list[Row]


def answer(reader: Reader, query: Query, rules: RowRules) -> Answer:
    """Check and answer one question on an open version, showing only the rows that `rules` allow."""
    facts = facts_of(reader, query.semantic_model)
    resolved = resolve(query, facts)
    work = _Work(reader, resolved, rules, facts)
    return Answer(resolved, rules, facts, work.rows())


class _Work:
    def __init__(self, reader: Reader, resolved: Resolved, rules: RowRules, facts: Facts) -> None:
        self.reader, self.resolved, self.rules, self.facts = reader, resolved, rules, facts
        self.sides = Sides(resolved, facts)
        self.sums = all_sums([m.formula for m in resolved.measures])
        self.groups: Groups = fetch(reader, self.sides, self.sums, rules)
        self.totals = self._totals()
        self.expected = self._expected()

    def rows(self) -> list[Row]:
        rows = [(key, self._values(key)) for key in self.groups]
        rows.sort(key=lambda row: [_sortable(self._part(row[0], d.name), False) for d in self.resolved.by])
        for name, direction in reversed(self.resolved.order):
            rows.sort(key=self._order_key(name, direction == "desc"))
        return [self._row(key, values) for key, values in rows[: self.resolved.limit]]

    def _totals(self) -> tuple[Amounts, ...] | None:
        """Sums of the whole query, where a measure needs them; None if each group is its own whole."""
        shared = tuple(m.formula.of for m in self.resolved.measures if isinstance(m.formula, Share))
        if not shared or not self.resolved.by:
            return None
        whole = Sides(_without_groups(self.resolved), self.facts)
        return fetch(self.reader, whole, tuple(dict.fromkeys(shared)), self.rules)[()]

    def _expected(self) -> dict[Key, tuple[Amounts | None, Amounts | None]]:
        """Expected sums of each group and of the whole that its shares refer to."""
        if "expected" not in self.resolved.compare:
            return {}
        groups = expected_sums(self.reader, self.sides, self.sums, self.rules, self.groups)
        if self.totals is None:
            return {key: (amounts, amounts) for key, amounts in groups.items()}
        whole = Sides(_without_groups(self.resolved), self.facts)
        total = expected_sums(self.reader, whole, tuple(self.totals[0]), self.rules, [()])[()]
        return {key: (amounts, total) for key, amounts in groups.items()}

    def _values(self, key: Key) -> dict[str, Value]:
        amounts = self.groups[key][0]
        total = self.totals[0] if self.totals else amounts
        return {m.name: in_unit(m, m.formula.value(amounts, total)) for m in self.resolved.measures}

    def _order_key(self, name: str, descending: bool) -> Callable[[tuple[Key, dict[str, Value]]], Any]:
        if any(d.name == name for d in self.resolved.by):
            return lambda row: _sortable(self._part(row[0], name), descending)
        return lambda row: _sortable(row[1][name], descending)

    def _part(self, key: Key, name: str) -> Any:
        names = [d.name for d in (*self.resolved.time_by, *self.resolved.fact_by)]
        return key[names.index(name)]

    def _row(self, key: Key, values: dict[str, Value]) -> Row:
        row: Row = {d.name: self._part(key, d.name) for d in self.resolved.by} | values
        if self.resolved.compare:
            bases = {name: self._base(key, name) for name in self.resolved.compare}
            row["compare"] = {
                m.name: {name: _compare(m, values[m.name], *base) for name, base in bases.items()}
                for m in self.resolved.measures
            }
        return row

    def _base(self, key: Key, name: str) -> tuple[Sequence[dt.date], Amounts | None, Amounts | None]:
        """Base days, the group's sums on them and those of the whole; None where a base day has no data."""
        if name == "expected":
            return (), *self.expected[key]
        days = self.sides.base_days(key, name)
        if not self.sides.is_complete(key, name):
            return days, None, None
        position = 1 + self.resolved.shifts.index(name)
        amounts = self._zero_where_absent(self.groups[key][position])
        return days, amounts, self.totals[position] if self.totals else amounts

    def _zero_where_absent(self, amounts: Amounts) -> Amounts:
        """On a day that has data, a group without rows brought nothing; a column the file lacked stays unknown."""
        optional = self.resolved.model.optional_columns
        return {s: 0 if v is None and s.column not in optional else v for s, v in amounts.items()}


def in_unit(measure: Measure, value: Decimal | None) -> Value:
    """A formula's value in the unit people read: reais for money, a whole number for a count."""
    if value is None:
        return None
    if measure.unit is Unit.BRL:
        return value.scaleb(-2)
    return int(value.quantize(Decimal(1), ROUND_HALF_UP)) if measure.unit is Unit.COUNT else value


def _compare(
    measure: Measure, value: Value, days: Sequence[dt.date], base_sums: Amounts | None, base_total: Amounts | None
) -> Comparison:
    one = days[0] if len(days) == 1 else None
    first, last = (days[0], days[-1]) if len(days) > 1 else (None, None)
    if base_sums is None or base_total is None:
        return Comparison(one, first, last, None, None, None)
    base = in_unit(measure, measure.formula.value(base_sums, base_total))
    if base is None or value is None:
        return Comparison(one, first, last, base, None, None)
    pct = (Decimal(value) - base) * 100 / abs(Decimal(base)) if base else None
    return Comparison(one, first, last, base, _difference(measure, value, base), pct)


def _difference(measure: Measure, value: Decimal | int, base: Decimal | int) -> Decimal | int:
    """Of money, the difference of what is shown: R$ 188,72 against R$ 158,53 is R$ 30,19 whatever was rounded away."""
    if measure.unit is not Unit.BRL:
        return value - base
    return quantize(Decimal(value)) - quantize(Decimal(base))


def _without_groups(resolved: Resolved) -> Resolved:
    return Resolved(resolved.model, resolved.measures, (), resolved.where, resolved.period, resolved.compare, (), None)


class _Descending:
    """Turns an order round without touching where the unknown stands."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.value < self.value)


def _sortable(value: Any, descending: bool) -> tuple[bool, Any]:
    """Unknown values come last in either direction."""
    if value is None:
        return True, 0
    return False, _Descending(value) if descending else value
