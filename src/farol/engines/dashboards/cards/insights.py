"""Computed sentences, each with its figure, its receipt and what to do; the area works them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query
from farol.platform.exports import Column

Provider = Callable[[Scope], Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class InsightsCard(Card):
    """`provider` gives objects with `topic`, `title`, `text`, `action` and `receipt`."""

    provider: Provider
    width: int = 12
    height: str = "auto"
    partial: str = "dashboards/cards/insights.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        found = list(self.provider(scope))
        if not found:
            return Drawing(note=_("There are not enough days yet for a sentence that would hold."))
        columns = [
            Column("title", _("Topic")),
            Column("text", _("Insight")),
            Column("action", _("What to do")),
            Column("receipt", _("Receipt")),
        ]
        rows = [[i.title, i.text, i.action, i.receipt] for i in found]
        return Drawing(body={"insights": found}, table=Table(columns, rows))
