"""Reads the panel of one day from the published data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import Refused
from farol.engines.alerts.panel import WHOLE, Days, Panel, Segment
from farol.engines.alerts.rules import AreaRules
from farol.engines.metrics.compiler import compile_sql
from farol.engines.metrics.expected import MEMORY
from farol.engines.metrics.facts import Facts, facts_of
from farol.engines.metrics.formulas import Sum, all_sums
from farol.engines.metrics.model import RowRules, SemanticModel
from farol.engines.metrics.period import Period
from farol.engines.metrics.query import Query, resolve
from farol.engines.metrics.sums import Sides, conditions, shape_of
from farol.engines.warehouse import Reader, open_reader
from farol.platform.accounts.principal import Principal

MEMORY_OF_PAIRS = 119  # days; kinds of day that come once a year are learned from the larger segments


def load(rules: AreaRules, day: dt.date, principal: Principal) -> Panel:
    """Read everything the rules watch; refused without the right, or where the data do not reach `day`."""
    model = rules.semantic_model
    principal.require(model.permission)
    row_rules = model.row_rules(principal)
    with open_reader(model.dataset) as reader:
        facts = facts_of(reader, model)
        if day not in facts.days:
            raise no_data(day, facts.complete_until)
        pull = _Pull(reader, model, rules, facts, row_rules, day)
        history = pull.everything()
    return Panel(day, facts.version, facts.complete_until, model, pull.sums, facts.days, history, _later(pull))


def no_data(day: dt.date, last: dt.date | None) -> Refused:
    """The data end on `last`, before the day asked for."""
    days = {"day": formats.date(day), "last": formats.date(last)}
    return Refused(_("There are no data of %(day)s; they are complete until %(last)s.") % days, code="no_data")


@dataclass
class _Pull:
    reader: Reader
    model: SemanticModel
    rules: AreaRules
    facts: Facts
    row_rules: RowRules
    day: dt.date

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        return all_sums([self.model.measure(name).formula for name in self.rules.measures])

    def everything(self) -> dict[Segment, Days]:
        """Reads as few groupings as give all of them: coarser ones are added up from finer ones."""
        history: dict[Segment, Days] = {}
        names = self.rules.dimensions
        for pair in [names[i : i + 2] for i in range(0, len(names), 2)]:
            fine = self.grouped(pair, MEMORY)
            history |= {s: _latest(days, self.day) for s, days in fine.items()} if len(pair) > 1 else fine
            for name in pair:
                history |= _added(fine, (name,))
        history |= _added({s: days for s, days in history.items() if [n for n, _ in s] == [names[0]]}, ())
        for finer in sorted(self.rules.groupings, key=len, reverse=True):
            if not any(_names(segment) == finer for segment in history):
                read = self.grouped(finer, MEMORY_OF_PAIRS)
                for coarser in (g for g in self.rules.groupings if len(g) > 1 and set(g) <= set(finer)):
                    history |= {s: d for s, d in _added(read, coarser).items() if s not in history}
        return history

    def grouped(
        self, names: tuple[str, ...], memory: int, where: Mapping[str, Sequence[Any]] | None = None
    ) -> dict[Segment, Days]:
        """Straight from the statement: tens of thousands of rows are too many for the dicts of an answer."""
        period = Period(self.day - dt.timedelta(days=memory), self.day)
        resolved = resolve(Query(self.model, self.rules.measures, ("day", *names), where or {}, period), self.facts)
        shape = shape_of(self.reader, Sides(resolved, self.facts), self.sums, self.row_rules, 1)
        kept = [value for _column, values in conditions(resolved, self.row_rules) for value in values]
        rows = self.reader.rows(compile_sql(shape), (*kept, period.start, period.end))
        history: dict[Segment, Days] = {}
        end = 1 + len(names)
        for row in rows:
            segment = tuple(zip(names, row[1:end], strict=True))
            history.setdefault(segment, {})[row[0]] = tuple([int(value or 0) for value in row[end:]])
        return history


def _names(segment: Segment) -> tuple[str, ...]:
    return tuple(name for name, _value in segment)


def _latest(days: Days, day: dt.date) -> Days:
    first = day - dt.timedelta(days=MEMORY_OF_PAIRS)
    return {d: amounts for d, amounts in days.items() if d >= first}


def _added(history: Mapping[Segment, Days], names: tuple[str, ...]) -> dict[Segment, Days]:
    """The segments of `names`, added up per day from finer ones."""
    coarse: dict[Segment, Days] = {}
    for segment, days in history.items():
        target = coarse.setdefault(tuple(pair for pair in segment if pair[0] in names), {})
        for day, amounts in days.items():
            known = target.get(day)
            target[day] = amounts if known is None else tuple([a + b for a, b in zip(known, amounts, strict=True)])
    return coarse


def _later(pull: _Pull) -> Callable[[Segment], Days]:
    """Fetches one more segment from the same version, which may have been replaced meanwhile."""

    def more(segment: Segment) -> Days:
        with open_reader(pull.model.dataset, pull.facts.version) as reader:
            again = _Pull(reader, pull.model, pull.rules, pull.facts, pull.row_rules, pull.day)
            return again.grouped((), MEMORY_OF_PAIRS, {name: (value,) for name, value in segment}).get(WHOLE, {})

    return more
