"""Who does best: figures of several models beside each other, with what a small sample allows to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Direction, Measure, Query, get_model
from farol.engines.metrics.intervals import LEAST, wilson
from farol.platform.exports import Column, Kind


@dataclass(frozen=True)
class Rate:
    """A rate's parts: measures of its model that count the hits and all cases."""

    hits: str
    cases: str


@dataclass(frozen=True, kw_only=True)
class RankCard(Card):
    """A line for each value of `by`, ordered by the measure of the switch `order`.

    `asked` maps models to their measures; `rates` tells which of the card's own model are rates: beside each stands the
    interval that its sample allows (80 %), and by a rate nobody under ten cases is ranked: they come last, greyed.
    `aside` adds a sentence, such as one's own place.
    """

    by: str
    asked: Mapping[str, tuple[str, ...]]
    rates: Mapping[str, Rate] = field(default_factory=dict)
    aside: Callable[[Scope, str], str] | None = None
    width: int = 12
    height: str = "auto"
    partial: str = "dashboards/cards/table.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {model: scope.on(model).query(names, [self.by], ignoring=self.by) for model, names in self.asked.items()}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        receipts = tuple(answer.receipt for answer in answers.values())
        people = self._joined(answers)
        if not people:
            return Drawing(receipts=receipts)
        order = self.chosen(scope, "order")
        ranked = self._ranked(people, order)
        small = frozenset(i for i, value in enumerate(ranked) if self._small(people[value]))
        lines = [
            [scope.name_of(self.by, value), self._place(people[value], order, i), *self._cells(scope, people[value])]
            for i, value in enumerate(ranked, 1)
        ]
        notes = [_("Under ten closed cases a rate says little: greyed, with its interval, and not ranked by it.")]
        notes = notes if small and self.rates else []
        if self.aside and (sentence := self.aside(scope, order)):
            notes.append(sentence)
        return Drawing(
            table=Table(self._columns(scope), lines, [{self.by: str(value)} for value in ranked], faint=small),
            note=" ".join(notes),
            receipts=receipts,
        )

    def _joined(self, answers: Answers) -> dict[Any, dict[str, Any]]:
        """Value of the dimension -> its figures of all models."""
        found: dict[Any, dict[str, Any]] = {}
        for model, names in self.asked.items():
            for row in answers[model].rows:
                found.setdefault(row[self.by], {}).update({name: row[name] for name in names})
        return {value: figures for value, figures in found.items() if any(figures.values())}

    def _measures(self) -> list[Measure]:
        return [get_model(model).measure(name) for model, names in self.asked.items() for name in names]

    def _ranked(self, people: Mapping[Any, dict[str, Any]], order: str) -> list[Any]:
        measure = next(m for m in self._measures() if m.name == order)
        sign = 1 if measure.direction is Direction.DOWN else -1

        def key(value: Any) -> tuple[bool, bool, Any, str]:
            figure = people[value].get(order)
            left_out = order in self.rates and self._small(people[value])
            return left_out, figure is None, sign * (figure or 0), str(value)

        return sorted(people, key=key)

    def _small(self, figures: Mapping[str, Any]) -> bool:
        return any((figures.get(rate.cases) or 0) < LEAST for rate in self.rates.values())

    def _place(self, figures: Mapping[str, Any], order: str, place: int) -> int | None:
        unranked = figures.get(order) is None or (order in self.rates and self._small(figures))
        return None if unranked else place

    def _cells(self, scope: Scope, figures: Mapping[str, Any]) -> list[Any]:
        cells: list[Any] = []
        for measure in self._measures():
            cells.append(figures.get(measure.name))
            if measure.name in self.rates:
                cells.append(interval_words(figures, self.rates[measure.name], scope.language))
        return cells

    def _columns(self, scope: Scope) -> Sequence[Column]:
        columns = [common.dimension_column(scope, self.by), Column("place", _("Rank"), Kind.INTEGER)]
        for measure in self._measures():
            columns.append(common.column(measure))
            if measure.name in self.rates:
                columns.append(Column(f"{measure.name}_interval", _("Likely between (80 %)")))
        return columns


def interval_words(figures: Mapping[str, Any], rate: Rate, language: str) -> str:
    """Such as “21,3 % – 44,0 %”; empty without cases."""
    found = wilson(int(figures.get(rate.hits) or 0), int(figures.get(rate.cases) or 0))
    return " – ".join(formats.percent(part, language=language) for part in found) if found else ""
