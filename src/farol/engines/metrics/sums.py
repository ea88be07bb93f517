"""Brings the integer sums of a question's groups from the warehouse, for the period and for its base days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.metrics import cache
from farol.engines.metrics.compiler import MAX_GROUPS, Shape, Side, compile_sql, spans
from farol.engines.metrics.facts import Facts
from farol.engines.metrics.formulas import Amounts, Last, Newcomers, Ranked, Sum
from farol.engines.metrics.model import RowRules
from farol.engines.metrics.query import Resolved
from farol.platform.calendar import shift

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

Key = tuple[Any, ...]
"""Values of the time dimensions asked for, then of the others."""
Groups = dict[Key, tuple[Amounts, ...]]
"""For each group, the sums of the period and of each comparison."""


@dataclass
class Sides:
    """Which days each group of a question is made of, and which days it is compared with."""

    resolved: Resolved
    facts: Facts
    _complete: dict[tuple[Key, str], tuple[tuple[dt.date, ...], bool]] = field(default_factory=dict)

    def days(self, key: Key) -> tuple[dt.date, ...]:
        """Days of the period that belong to the time part of a group's key."""
        return self._by_time_key.get(key[: self._times], ())

    def base_days(self, key: Key, name: str) -> tuple[dt.date, ...]:
        """Distinct base days of a group for the comparison `name`, in order."""
        return self._shifted(self.days(key), name)

    def base(self, key: Key, name: str) -> tuple[tuple[dt.date, ...], bool]:
        """The base days, and False if one of them has no data: the comparison is then unknown, never zero."""
        known = (key[: self._times], name)
        if known not in self._complete:
            days = self.base_days(key, name)
            self._complete[known] = (days, bool(days) and self.facts.days.issuperset(days))
        return self._complete[known]

    def side(self, name: str) -> Side:
        return Side(name, self.whole_month(name))

    def whole_month(self, name: str) -> bool:
        """A whole calendar month is compared with the whole month before."""
        period, time = self.resolved.period, [d.name for d in self.resolved.time_by]
        if name != "m1" or self.resolved.time_where:
            return False
        return (period.one_whole_month and time in ([], ["month"])) or (period.whole_months and time == ["month"])

    def scanned(self) -> list[tuple[dt.date, dt.date]]:
        """The ranges of days to read, the period and all its base days together."""
        wanted = {day.toordinal() for day in self.resolved.period.days}
        for name in self.resolved.shifts:
            wanted.update(day.toordinal() for day in self._shifted(tuple(self.resolved.period.days), name))
        return [(dt.date.fromordinal(a), dt.date.fromordinal(b)) for a, b in spans(list(wanted))]

    def times(self) -> list[Key]:
        """The time keys that have a day of the data's span, whether or not there were rows."""
        return [key for key, days in self._by_time_key.items() if not self.facts.days.isdisjoint(days)]

    @cached_property
    def _times(self) -> int:
        return len(self.resolved.time_by)

    @cached_property
    def _by_time_key(self) -> dict[Key, tuple[dt.date, ...]]:
        days: dict[Key, list[dt.date]] = {}
        for day in filter(self._kept, self.resolved.period.days):
            days.setdefault(self._time_key(day), []).append(day)
        return {key: tuple(found) for key, found in days.items()}

    def _kept(self, day: dt.date) -> bool:
        if not self.resolved.time_where:
            return True
        values = self.facts.calendar.get(day)
        return values is not None and all(values[d.name] in allowed for d, allowed in self.resolved.time_where)

    def _time_key(self, day: dt.date) -> Key:
        values = self.facts.calendar.get(day, {"day": day})
        return tuple(values.get(d.name) for d in self.resolved.time_by)

    def _shifted(self, days: tuple[dt.date, ...], name: str) -> tuple[dt.date, ...]:
        base = {shift(day, name) for day in days}
        if self.whole_month(name):
            base = {day for month in {d.replace(day=1) for d in base} for day in _month(month)}
        return tuple(sorted(base))


def _month(first: dt.date) -> list[dt.date]:
    return [day for day in (first + dt.timedelta(days=i) for i in range(31)) if day.month == first.month]


def fetch(
    reader: Reader, sides: Sides, sums: tuple[Sum, ...], rules: RowRules, *, keep_vanished: bool = False
) -> Groups:
    """The sums of every group. With `keep_vanished`, groups that only a base day has are there too."""
    kinds = [tuple(part) for _kind, part in groupby(sorted(sums, key=_kind_of), key=_kind_of)]
    if sides.resolved.by and all(isinstance(item, Ranked) for item in sums):
        kinds.insert(0, ())  # a group without a value to rank is a group all the same
    found, *others = (_fetch_part(reader, sides, part, rules, keep_vanished) for part in kinds)
    for part, other in zip(kinds[1:], others, strict=True):
        nothing = (dict.fromkeys(part),) * (1 + len(sides.resolved.shifts))
        found = {
            key: tuple({**a, **b} for a, b in zip(amounts, other.get(key, nothing), strict=True))
            for key, amounts in found.items()
        }
    return found


def _kind_of(item: Sum) -> tuple[str, tuple[str, str], bool, bool, tuple[str, ...]]:
    """Sums of one kind come with one statement; the ordinary ones first."""
    newcomers = item.column if isinstance(item, Newcomers) else ""
    ranked = (item.column, item.where) if isinstance(item, Ranked) else ("", "")
    return newcomers, ranked, isinstance(item, Last), bool(item.beyond_top), item.segment


def _fetch_part(reader: Reader, sides: Sides, sums: tuple[Sum, ...], rules: RowRules, keep_vanished: bool) -> Groups:
    resolved = sides.resolved
    scanned = sides.scanned()
    shape = shape_of(reader, sides, sums, rules, len(scanned), keep_vanished)
    rows = cache.rows(reader, resolved.model, compile_sql(shape), _params(shape, sides, rules, scanned))
    if len(rows) > MAX_GROUPS:
        sentence = _("The answer has more than %(most)s rows. Shorten the period, filter, or group by less.")
        raise BadInput("by", sentence % {"most": MAX_GROUPS}, code="too_many_rows")
    keys, width = len(shape.keys), len(sums)
    cuts = [slice(keys + width * side, keys + width * (side + 1)) for side in range(len(shape.sides))]
    return {row[:keys]: tuple(dict(zip(sums, row[cut], strict=True)) for cut in cuts) for row in rows}


def shape_of(
    reader: Reader,
    sides: Sides,
    sums: tuple[Sum, ...],
    rules: RowRules,
    scans: int,
    keep_vanished: bool = False,
) -> Shape:
    """The statement for a checked question; a filter or rule that names a column twice is two conditions."""
    resolved, model = sides.resolved, sides.resolved.model
    segment = sums[0].segment if sums else ()
    return Shape(
        dialect=reader.dialect,
        table=reader.table(model.table),
        calendar=reader.table("calendar"),
        time=model.time,
        base_filter=model.base_filter,
        time_by=tuple(d.column for d in resolved.time_by),
        fact_by=tuple(d.column for d in resolved.fact_by),
        sums=sums,
        segment=tuple(model.dimension(name).column for name in segment),
        sides=(Side(), *(sides.side(name) for name in resolved.shifts)),
        time_where=tuple((d.column, len(values)) for d, values in resolved.time_where),
        fact_where=tuple((column, len(values)) for column, values in conditions(resolved, rules)),
        spans=scans,
        newcomers=sums[0].column if sums and isinstance(sums[0], Newcomers) else "",
        keep_vanished=keep_vanished,
        ranked=(sums[0].column, sums[0].where) if sums and isinstance(sums[0], Ranked) else None,
        last=bool(sums) and isinstance(sums[0], Last),
    )


def conditions(resolved: Resolved, rules: RowRules) -> list[tuple[str, tuple[Any, ...]]]:
    """What the person asked to keep, and what the row rules let them see."""
    asked = [(d.column, values) for d, values in resolved.fact_where]
    return asked + [(column, tuple(values)) for column, values in sorted(rules.items())]


def _params(shape: Shape, sides: Sides, rules: RowRules, scanned: list[tuple[dt.date, dt.date]]) -> tuple[Any, ...]:
    """In the order in which `compile_sql` writes its placeholders."""
    resolved = sides.resolved
    kept = [value for _column, values in conditions(resolved, rules) for value in values]
    spans_part = [value for start, end in scanned for value in (*kept, start, end)]
    if shape.plain:
        return tuple(spans_part)
    times = [value for _dimension, values in resolved.time_where for value in values]
    days_part = [value for _side in shape.sides for value in (resolved.period.start, resolved.period.end, *times)]
    latest = sides.facts.complete_until or max(sides.facts.days, default=resolved.period.end)
    if shape.newcomers:
        return (*days_part, *kept, latest - dt.timedelta(days=Newcomers.UNTIL))
    if shape.last:
        return (*days_part, latest, *spans_part)
    return (*days_part, *spans_part)
