"""The figures one detection looks at: the daily sums of every segment watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from farol.engines.metrics.answer import in_unit
from farol.engines.metrics.formulas import Ratio, Sum
from farol.engines.metrics.model import Measure, SemanticModel

Segment = tuple[tuple[str, Any], ...]
"""(dimension, value) pairs in the order of the model; the empty one is the whole."""
Amounts = tuple[int, ...]
Days = dict[dt.date, Amounts]

WHOLE: Segment = ()


@dataclass
class Panel:
    """`history` maps each segment to its days, each day to the sums in the order of `sums`, the day judged included.

    `days` are the days on which the data set has any row; `more` fetches a segment that was not asked for at first.
    """

    day: dt.date
    data_version: str
    complete_until: dt.date | None
    model: SemanticModel
    sums: tuple[Sum, ...]
    days: frozenset[dt.date]
    history: dict[Segment, Days]
    more: Callable[[Segment], Days] = field(default=lambda segment: {}, repr=False)

    def of(self, segment: Segment) -> Days:
        if segment not in self.history:
            self.history[segment] = self.more(segment)
        return self.history[segment]

    def observed(self, segment: Segment) -> Amounts:
        return self.of(segment).get(self.day, self.nothing)

    @cached_property
    def nothing(self) -> Amounts:
        return (0,) * len(self.sums)

    def value(self, measure: Measure, amounts: Sequence[float]) -> float | None:
        """A measure in its stored unit (centavos for money) from sums, for comparing; None where it is undefined."""
        formula = measure.formula
        if isinstance(formula, Sum):
            return amounts[self.sums.index(formula)]
        if isinstance(formula, Ratio):
            below = amounts[self.sums.index(formula.denominator)]
            above = formula.scale * amounts[self.sums.index(formula.numerator)]
            return above / (below * formula.per) if below else None
        named = dict(zip(self.sums, amounts, strict=True))
        found = formula.value(named, named)
        return None if found is None else float(found)

    def exact(self, measure: Measure, amounts: Amounts) -> Any:
        """The same in the unit people read, exactly: Decimal reais or an integer count."""
        named = dict(zip(self.sums, amounts, strict=True))
        return in_unit(measure, measure.formula.value(named, named))

    def series(self, segment: Segment, measure: Measure) -> dict[dt.date, float]:
        """The measure's days, the day judged included."""
        values = ((day, self.value(measure, amounts)) for day, amounts in self.of(segment).items())
        return {day: value for day, value in values if value is not None}

    def window(self, segment: Segment, length: int) -> Amounts:
        """Sums of the `length` days before the day judged."""
        first = self.day - dt.timedelta(days=length)
        rows = [amounts for day, amounts in self.of(segment).items() if first <= day < self.day]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else self.nothing
