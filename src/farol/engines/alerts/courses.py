"""Reads the courses that the rule of the weeks before looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from farol.engines.alerts.panel import Segment
from farol.engines.alerts.rules import WeekRules
from farol.engines.alerts.weeks import Span, periods, worth
from farol.engines.metrics import Period, Query, run
from farol.engines.metrics.answer import Row
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import default


def read(
    rules: WeekRules, day: dt.date, days: int, principal: Principal, where: Mapping[str, Sequence[Any]] | None = None
) -> Span:
    """The courses of everything together (or of what `where` keeps) and, without `where`, of each value watched."""
    asked = periods(day, days)
    names = tuple(dict.fromkeys((*rules.measures, rules.pieces)))
    courses: dict[Segment, list[dict[str, float | None]]] = {}
    for by in ((), *((name,) for name in rules.dimensions if where is None)):
        for at, row in _rows(rules, names, by, where or {}, asked, principal):
            segment = tuple((name, row[name]) for name in by)
            values = courses.setdefault(segment, [{} for _period in asked])[at]
            for name in names:
                known, more = values.get(name), None if row[name] is None else float(row[name])
                values[name] = more if known is None else known + (more or 0.0)
    return Span(days, worth(asked, default()), courses)


def _rows(
    rules: WeekRules,
    names: tuple[str, ...],
    by: tuple[str, ...],
    where: Mapping[str, Sequence[Any]],
    asked: Sequence[Period],
    principal: Principal,
) -> Iterator[tuple[int, Row]]:
    """Rows of an answer with the number of the week they belong to: sums by day at once, anything else week by week."""
    if all(rules.semantic_model.measure(name).additive for name in names):
        whole = Period(asked[-1].start, asked[0].end)
        for row in run(Query(rules.model, names, ("day", *by), where, whole), principal).rows:
            at, days = divmod((asked[0].end - row["day"]).days, 7)
            if days < len(asked[0].days):
                yield at, row
    else:
        for at, period in enumerate(asked):
            for row in run(Query(rules.model, names, by, where, period), principal).rows:
                yield at, row
