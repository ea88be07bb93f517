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
from farol.engines.metrics.expected import MEMORY
from farol.engines.metrics.facts import Facts, facts_of
from farol.engines.metrics.formulas import Sum, all_sums
from farol.engines.metrics.model import RowRules, SemanticModel
from farol.engines.metrics.period import Period
from farol.engines.metrics.query import Query, resolve
from farol.engines.metrics.sums import Sides, fetch
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
        history: dict[Segment, Days] = {WHOLE: self.grouped((), MEMORY).get(WHOLE, {})}
        for names in self.rules.groupings:
            history |= self.grouped(names, MEMORY if len(names) == 1 else MEMORY_OF_PAIRS)
        return history

    def grouped(
        self, names: tuple[str, ...], memory: int, where: Mapping[str, Sequence[Any]] | None = None
    ) -> dict[Segment, Days]:
        period = Period(self.day - dt.timedelta(days=memory), self.day)
        query = Query(self.model, self.rules.measures, ("day", *names), where or {}, period)
        groups = fetch(self.reader, Sides(resolve(query, self.facts), self.facts), self.sums, self.row_rules)
        history: dict[Segment, Days] = {}
        for (day, *values), (amounts,) in groups.items():
            segment = tuple(zip(names, values, strict=True))
            history.setdefault(segment, {})[day] = tuple(int(amounts[s] or 0) for s in self.sums)
        return history


def _later(pull: _Pull) -> Callable[[Segment], Days]:
    """Fetches one more segment from the same version, which may have been replaced meanwhile."""

    def more(segment: Segment) -> Days:
        with open_reader(pull.model.dataset, pull.facts.version) as reader:
            again = _Pull(reader, pull.model, pull.rules, pull.facts, pull.row_rules, pull.day)
            return again.grouped((), MEMORY_OF_PAIRS, {name: (value,) for name, value in segment}).get(WHOLE, {})

    return more
