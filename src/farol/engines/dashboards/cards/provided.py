"""Cards whose content an area works out from more than questions to a model: states of records, forecasts, lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farol.engines.dashboards.board import Answers, Card, Drawing
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query


@dataclass(frozen=True, kw_only=True)
class ProvidedCard(Card):
    """`provider` draws the card for a scope; it sees to the row rules of the person itself."""

    provider: Callable[[Scope], Drawing]

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        return self.provider(scope)
