"""The marks that people set, as cards compare with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from farol.areas.crm.models import Goal, Mark, RuleSet, Spend
from farol.core import formats
from farol.engines.dashboards import scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import MarkLine
from farol.engines.dashboards.cards.times import kept_words
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query, get_model
from farol.platform.exports import Column

WHERE = {
    "win_rate": "deals",
    "average_ticket": "deals",
    "first_response_hours": "leads",
    "completion": "activities",
    "cycle_days": "deals",
    "cost_per_lead": "leads",
    "roi": "leads",
}
"""The model of each mark's measure."""


def lines() -> Mapping[str, MarkLine]:
    """The marks by the measure they stand for."""
    return {mark.measure: MarkLine(mark.statistic, mark.comparison, mark.value) for mark in Mark.objects.all()}


def changed() -> tuple[Any, ...]:
    """Changes whenever a goal, a mark, the spend or the channel rules do."""
    dated = [model.objects.aggregate(Max("changed_at"), Count("id")) for model in (Goal, Mark, Spend)]
    return (*(tuple(found.values()) for found in dated), RuleSet.objects.aggregate(Max("number"))["number__max"])


@dataclass(frozen=True, kw_only=True)
class MarksCard(Card):
    """Each mark beside what came, with the statistic it names."""

    height: str = "auto"
    partial: str = "crm/marks_card.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        asked: dict[str, list[str]] = {}
        for mark in _known():
            asked.setdefault(WHERE[mark.measure], []).append(_measure(mark))
        return {model: scope.on(model).query(names) for model, names in asked.items()}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = [self._row(scope, mark, answers) for mark in _known()]
        columns = [Column("measure", _("Measure")), Column("mark", _("Mark")), Column("value", _("Value"))]
        columns += [Column("kept", _("Kept"))]
        table = Table(columns, [[row["label"], row["mark"], row["value"], row["kept"]] for row in rows])
        return Drawing(body={"rows": rows}, table=table, receipts=tuple(answer.receipt for answer in answers.values()))

    def _row(self, scope: Scope, mark: Mark, answers: Answers) -> dict[str, Any]:
        measure = get_model(WHERE[mark.measure]).measure(_measure(mark))
        (row,) = answers[WHERE[mark.measure]].rows
        kept = MarkLine(mark.statistic, mark.comparison, mark.value).kept(row[measure.name])
        return {
            "label": str(measure.label),
            "definition": measure.definition,
            "mark": f"{'>' if mark.comparison == 'gt' else '<'} {_written(mark.value, mark.unit, scope.language)}",
            "value": _written(row[measure.name], mark.unit, scope.language),
            "kept": kept_words(kept),
            "tone": "flat" if kept is None else "good" if kept else "bad",
        }


def _known() -> list[Mark]:
    return [mark for mark in Mark.objects.all() if mark.measure in WHERE]


def _measure(mark: Mark) -> str:
    return mark.measure if mark.statistic == "value" else f"{mark.measure}_{mark.statistic}"


def _written(value: Any, unit: str, language: str) -> str:
    if value is None:
        return formats.NONE
    if unit in ("brl", "percent"):
        return scales.text(value, unit, language)
    return f"{formats.number(value, 1, language)} {_('h') if unit == 'hours' else _('days')}"
