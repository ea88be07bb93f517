"""From sums to the rows of an answer: values, comparisons, order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

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
BaseSums = tuple[Amounts, Amounts] | None
"""Sums of a group on its base days and those of the whole; None where a base day has no data."""


class Comparison:
    """A value beside its base: one day (`base_date`) or the first and last of several (`base_from`, `base_to`).

    `delta` is value − base in the measure's unit (points for percent), `pct` the change in percent of the base; each is
    None where it cannot be known: a base day without data, or no base to divide by. `expected` names no base day.
    They are worked out when read: a board reads few of the thousands that a query can have.
    """

    def __init__(self, measure: Measure, value: Value, days: Sequence[dt.date], sums: BaseSums) -> None:
        self._measure, self._value, self._days, self._sums = measure, value, days, sums

    @property
    def base_date(self) -> dt.date | None:
        return self._days[0] if len(self._days) == 1 else None

    @property
    def base_from(self) -> dt.date | None:
        return self._days[0] if len(self._days) > 1 else None

    @property
    def base_to(self) -> dt.date | None:
        return self._days[-1] if len(self._days) > 1 else None

    @cached_property
    def base(self) -> Value:
        return in_unit(self._measure, self._measure.formula.value(*self._sums)) if self._sums else None

    @cached_property
    def delta(self) -> Value:
        """Of money, the difference of what is shown: R$ 188,72 against R$ 158,53 is R$ 30,19 whatever was rounded."""
        if self.base is None or self._value is None:
            return None
        if self._measure.unit is not Unit.BRL:
            return self._value - self.base
        return quantize(Decimal(self._value)) - quantize(Decimal(self.base))

    @cached_property
    def pct(self) -> Decimal | None:
        if not self.base or self._value is None:
            return None
        base = Decimal(self.base)
        return (Decimal(self._value) - base) * 100 / abs(base)


class Compared(Mapping[str, dict[str, Comparison]]):
    """The comparisons of one row by measure, then by name; made when read."""

    def __init__(self, work: _Work, key: Key, values: dict[str, Value]) -> None:
        self._work, self._key, self._values = work, key, values

    def __getitem__(self, name: str) -> dict[str, Comparison]:
        measure = self._work.measures[name]
        return {base: Comparison(measure, self._values[name], days, sums) for base, days, sums in self._bases}

    def __iter__(self) -> Iterator[str]:
        return iter(self._work.measures)

    def __len__(self) -> int:
        return len(self._work.measures)

    @cached_property
    def _bases(self) -> list[tuple[str, Sequence[dt.date], BaseSums]]:
        return [(name, *self._work.base(self._key, name)) for name in self._work.resolved.compare]


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
        self.measures = {m.name: m for m in resolved.measures}
        self.sides = Sides(resolved, facts)
        self.sums = all_sums([m.formula for m in resolved.measures])
        self.groups = self._groups()
        self.totals = self._totals()
        self.expected = self._expected()

    def rows(self) -> list[Row]:
        rows = [(key, self._values(key)) for key in self.groups]
        places = [place for _name, place in self._asked]
        rows.sort(key=lambda row: [(row[0][place] is None, row[0][place]) for place in places])
        for name, direction in reversed(self.resolved.order):
            rows.sort(key=self._order_key(name, direction == "desc"))
        return [self._row(key, values) for key, values in rows[: self.resolved.limit]]

    def _groups(self) -> Groups:
        """The sums of each group; a sparse model has the times without rows too, if nothing else is grouped by."""
        whole = self.resolved.model.sparse and not self.resolved.fact_by
        found = fetch(self.reader, self.sides, self.sums, self.rules, keep_vanished=whole)
        if not whole:
            return found
        nothing = (dict.fromkeys(self.sums),) * (1 + len(self.resolved.shifts))
        return found | {key: nothing for key in self.sides.times() if key not in found}

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each dimension stands in a group's key."""
        return {d.name: place for place, d in enumerate((*self.resolved.time_by, *self.resolved.fact_by))}

    @cached_property
    def _asked(self) -> list[tuple[str, int]]:
        return [(d.name, self._places[d.name]) for d in self.resolved.by]

    def _totals(self) -> tuple[Amounts, ...] | None:
        """Sums of the whole query, where a measure needs them; None if each group is its own whole."""
        shared = tuple(m.formula.of for m in self.resolved.measures if isinstance(m.formula, Share))
        if not shared or not self.resolved.by:
            return None
        whole = Sides(_without_groups(self.resolved), self.facts)
        return fetch(self.reader, whole, tuple(dict.fromkeys(shared)), self.rules)[()]

    def _expected(self) -> dict[Key, BaseSums]:
        """Expected sums of each group and of the whole that its shares refer to."""
        if "expected" not in self.resolved.compare:
            return {}
        groups = expected_sums(self.reader, self.sides, self.sums, self.rules, self.groups)
        if self.totals is None:
            return {key: (amounts, amounts) if amounts else None for key, amounts in groups.items()}
        whole = Sides(_without_groups(self.resolved), self.facts)
        total = expected_sums(self.reader, whole, tuple(self.totals[0]), self.rules, [()])[()]
        return {key: (amounts, total) if amounts and total else None for key, amounts in groups.items()}

    def _values(self, key: Key) -> dict[str, Value]:
        amounts = self.groups[key][0]
        if self.resolved.model.sparse and not self.facts.days.isdisjoint(self.sides.days(key)):
            amounts = self._zero_where_absent(amounts)
        total = self.totals[0] if self.totals else amounts
        return {m.name: in_unit(m, m.formula.value(amounts, total)) for m in self.resolved.measures}

    def _order_key(self, name: str, descending: bool) -> Callable[[tuple[Key, dict[str, Value]]], Any]:
        place = self._places.get(name)
        if place is None:
            return lambda row: _sortable(row[1][name], descending)
        return lambda row: _sortable(row[0][place], descending)

    def _row(self, key: Key, values: dict[str, Value]) -> Row:
        row: Row = {name: key[place] for name, place in self._asked} | values
        if self.resolved.compare:
            row["compare"] = Compared(self, key, values)
        return row

    def base(self, key: Key, name: str) -> tuple[Sequence[dt.date], BaseSums]:
        """Base days of a group, and its sums on them."""
        if name == "expected":
            return (), self.expected[key]
        days, complete = self.sides.base(key, name)
        if not complete:
            return days, None
        position = 1 + self.resolved.shifts.index(name)
        amounts = self._zero_where_absent(self.groups[key][position])
        return days, (amounts, self.totals[position] if self.totals else amounts)

    def _zero_where_absent(self, amounts: Amounts) -> Amounts:
        """On a day that has data, a group without rows brought nothing; what was never told stays unknown."""
        if None not in amounts.values():
            return amounts
        unknown = self.resolved.model.unknown_columns
        return {s: 0 if v is None and s.column not in unknown else v for s, v in amounts.items()}


def in_unit(measure: Measure, value: Decimal | None) -> Value:
    """A formula's value in the unit people read: reais for money, a whole number for a count."""
    if value is None:
        return None
    if measure.unit is Unit.BRL:
        return value.scaleb(-2)
    return int(value.quantize(Decimal(1), ROUND_HALF_UP)) if measure.unit is Unit.COUNT else value


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
