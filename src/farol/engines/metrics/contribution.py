"""What moved a figure: each segment's part in the change of a measure between a day (or period) and its base."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core.errors import BadInput
from farol.engines.metrics.answer import Value, in_unit
from farol.engines.metrics.effects import NOTHING, Finding, Pair, Part, few_that_explain, parts_of_ratio, parts_of_sum
from farol.engines.metrics.facts import Facts, facts_of
from farol.engines.metrics.formulas import Ratio, Sum
from farol.engines.metrics.model import TIME, Dimension, Measure, RowRules, SemanticModel, Unit, find
from farol.engines.metrics.period import Period
from farol.engines.metrics.query import Query, Resolved, resolve
from farol.engines.metrics.sums import Key, Sides, fetch
from farol.platform.calendar import SHIFTS

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

STEPS = {Unit.BRL: Decimal(1), Unit.COUNT: Decimal(1)}
"""The smallest part by unit, in the formula's own terms (a centavo, one); a ten-thousandth of a point elsewhere."""
PER_DIMENSION = Decimal("0.15")
PER_SEGMENT = Decimal("0.05")


@dataclass(frozen=True)
class Segment:
    """`volume_effect` + `ticket_effect` = `delta`, the segment's part in the change. For a ratio the two are mix and
    rate, and `base` and `value` are the segment's own ratios."""

    segment: dict[str, Any]
    base: Value
    value: Value
    delta: Value
    volume_effect: Value
    ticket_effect: Value


@dataclass(frozen=True)
class Explanation:
    """The change of a measure and its parts, largest first; they add up to `delta` exactly.

    `base` and `delta` are None, without segments, where a base day has no data. An empty `explained_by` says that
    nothing inside explains the change.
    """

    query: Resolved
    measure: Measure
    data_version: str
    complete_until: dt.date | None
    base_days: tuple[dt.date, ...]
    base: Value
    value: Value
    delta: Value
    segments: list[Segment]
    explained_by: list[dict[str, Any]]
    receipt: str = ""

    @property
    def date(self) -> dt.date | None:
        return self.query.period.start if self.query.period.one_day else None

    @property
    def base_date(self) -> dt.date | None:
        return self.base_days[0] if len(self.base_days) == 1 else None


def question(
    model: str | SemanticModel,
    measure: str,
    day: dt.date | Period | None,
    against: str,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
) -> Query:
    """The query behind an explanation: one measure, one comparison."""
    period = Period(day, day) if isinstance(day, dt.date) else day
    find(against, {name: name for name in SHIFTS}, "against", gettext_lazy("“%(name)s” is no comparison."))
    return Query(model, (measure,), by, where or {}, period, (against,))


def explanation(reader: Reader, query: Query, rules: RowRules) -> Explanation:
    """The parts of a change on an open version, among the rows that `rules` allow; without a receipt.

    Without `by`, the one or two dimensions that explain the change best are chosen.
    """
    facts = facts_of(reader, query.semantic_model)
    resolved = resolve(query, facts)
    _check(resolved)
    asked = resolved if resolved.by else replace(resolved, by=_candidates(resolved))
    pairs = _pairs(reader, asked, facts, rules)
    change = _Change(asked, facts, pairs)
    return (change if resolved.by else change.best()).explanation()


def _check(resolved: Resolved) -> None:
    (measure,) = resolved.measures
    if not isinstance(measure.formula, Ratio) and not (isinstance(measure.formula, Sum) and measure.additive):
        sentence = _("The change of “%(measure)s” cannot be shared among segments; take a sum or a ratio of sums.")
        raise BadInput("measure", sentence % {"measure": measure.label})
    if any(dimension.name in TIME for dimension in resolved.by):
        raise BadInput("by", _("A change is shared among segments, not among days."))


def _candidates(resolved: Resolved) -> tuple[Dimension, ...]:
    fixed = {d.name for d, values in resolved.where if len(values) == 1}
    return tuple(d for d in resolved.model.dimensions if not d.optional and d.name not in fixed)


def _pairs(reader: Reader, asked: Resolved, facts: Facts, rules: RowRules) -> dict[Key, Pair]:
    """Amount and volume of every segment that has rows on either side."""
    amount, volume = _amount_and_volume(asked.model, asked.measures[0])
    groups = fetch(reader, Sides(asked, facts), tuple(dict.fromkeys((amount, volume))), rules, keep_vanished=True)
    return {
        key: Pair(*(Decimal(side[s] or 0) for side in (before, now) for s in (amount, volume)))
        for key, (now, before) in groups.items()
    }


def _amount_and_volume(model: SemanticModel, measure: Measure) -> tuple[Sum, Sum]:
    """What is shared out, and what counts as its volume; a count is its own volume."""
    if isinstance(measure.formula, Ratio):
        return measure.formula.numerator, measure.formula.denominator
    (amount,) = measure.formula.sums
    return amount, model.volume if model.volume and measure.unit is Unit.BRL else amount


@dataclass(frozen=True)
class _Change:
    """A change cut along the dimensions of `resolved.by`."""

    resolved: Resolved
    facts: Facts
    pairs: dict[Key, Pair]

    @property
    def measure(self) -> Measure:
        return self.resolved.measures[0]

    @cached_property
    def base_days(self) -> tuple[dt.date, ...]:
        return Sides(self.resolved, self.facts).base_days((), self.resolved.compare[0])

    @cached_property
    def whole(self) -> Pair:
        return sum(self.pairs.values(), NOTHING)

    @cached_property
    def base(self) -> Decimal | None:
        known = self.facts.days.issuperset(self.base_days)
        return self._level(self.whole.amount_before, self.whole.volume_before) if known else None

    @cached_property
    def value(self) -> Decimal | None:
        known = not self.facts.days.isdisjoint(self.resolved.period.days)
        return self._level(self.whole.amount, self.whole.volume) if known else None

    @cached_property
    def delta(self) -> Decimal | None:
        """The difference of the two figures as they are shown."""
        if self.base is None or self.value is None:
            return None
        value, base = (level.quantize(self._step, ROUND_HALF_UP) for level in (self.value, self.base))
        return value - base

    @cached_property
    def parts(self) -> list[Part]:
        """Largest first; equal ones in the order of their names."""
        if self.delta is None:
            return []
        formula = self.measure.formula
        if isinstance(formula, Ratio):
            parts = parts_of_ratio(self.pairs, formula.factor, self._step, self.delta)
        else:
            parts = parts_of_sum(self.pairs, self._step)
        return sorted(parts, key=lambda part: (-abs(part.delta), str(part.key)))

    @cached_property
    def finding(self) -> Finding | None:
        return few_that_explain(self.parts, self.delta) if self.delta is not None else None

    @property
    def score(self) -> Decimal:
        """Above zero if something is explained; less for every dimension and every segment it takes to say so."""
        dimensions = len(self.resolved.by)
        if self.finding is None:
            return Decimal(-dimensions)
        return 1 + self.finding.quality - PER_DIMENSION * (dimensions - 1) - PER_SEGMENT * (len(self.finding.parts) - 1)

    def best(self) -> _Change:
        """This change along the one or two of its dimensions that explain it best."""
        sizes = (1, 2)
        choices = [c for size in sizes for c in itertools.combinations(range(len(self.resolved.by)), size)]
        return max((self._along(choice) for choice in choices), key=lambda change: change.score, default=self)

    def _along(self, positions: tuple[int, ...]) -> _Change:
        merged: dict[Key, Pair] = {}
        for key, pair in self.pairs.items():
            part = tuple(key[i] for i in positions)
            merged[part] = merged[part] + pair if part in merged else pair
        return _Change(replace(self.resolved, by=tuple(self.resolved.by[i] for i in positions)), self.facts, merged)

    def explanation(self) -> Explanation:
        found = self.finding.parts if self.finding else ()
        return Explanation(
            self.resolved,
            self.measure,
            self.facts.version,
            self.facts.complete_until,
            self.base_days,
            in_unit(self.measure, self.base),
            in_unit(self.measure, self.value),
            in_unit(self.measure, self.delta),
            [self._segment(part) for part in self.parts],
            [self._name(part) for part in found],
        )

    def _segment(self, part: Part) -> Segment:
        numbers = (part.base, part.value, part.delta, part.volume_effect, part.ticket_effect)
        return Segment(self._name(part), *(in_unit(self.measure, number) for number in numbers))

    def _name(self, part: Part) -> dict[str, Any]:
        return dict(zip((d.name for d in self.resolved.by), part.key, strict=True))

    @property
    def _step(self) -> Decimal:
        return STEPS.get(self.measure.unit, Decimal("0.0001"))

    def _level(self, amount: Decimal, volume: Decimal) -> Decimal | None:
        if not isinstance(self.measure.formula, Ratio):
            return amount
        return amount * self.measure.formula.factor / volume if volume else None
