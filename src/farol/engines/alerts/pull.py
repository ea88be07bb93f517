"""Reads the panel of one day from the published data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

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
            raise _no_data(day, facts)
        pull = _Pull(reader, model, rules, facts, row_rules, day)
        history = pull.everything()
    return Panel(day, facts.version, facts.complete_until, model, pull.sums, facts.days, history, _later(pull))


def _no_data(day: dt.date, facts: Facts) -> Refused:
    last = facts.complete_until
    sentence = _("There are no data of %(day)s; they are complete until %(last)s.") % {"day": day, "last": last or "—"}
    return Refused(sentence, code="no_data")


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
        history: dict[Segment, Days] = {}
        for names in self.rules.groupings:
            history |= self.grouped(names, MEMORY if len(names) == 1 else MEMORY_OF_PAIRS)
        first = self.rules.dimensions[0]
        history[WHOLE] = _added([days for segment, days in history.items() if [n for n, _ in segment] == [first]])
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


def _added(parts: Sequence[Days]) -> Days:
    """The whole: its values of one dimension, added up per day."""
    whole: Days = {}
    for days in parts:
        for day, amounts in days.items():
            whole[day] = tuple(map(sum, zip(whole[day], amounts, strict=True))) if day in whole else amounts
    return whole


def _later(pull: _Pull) -> Callable[[Segment], Days]:
    """Fetches one more segment from the same version, which may have been replaced meanwhile."""

    def more(segment: Segment) -> Days:
        with open_reader(pull.model.dataset, pull.facts.version) as reader:
            again = _Pull(reader, pull.model, pull.rules, pull.facts, pull.row_rules, pull.day)
            return again.grouped((), MEMORY_OF_PAIRS, {name: (value,) for name, value in segment}).get(WHOLE, {})

    return more
