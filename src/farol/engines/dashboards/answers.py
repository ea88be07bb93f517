"""Answers the cards of a board in one batch; a card that fails says what failed and leaves the others alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.core.errors import FarolError, NotAllowed
from farol.engines.dashboards import kept
from farol.engines.dashboards.board import Card, Drawing
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query, Result

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answered:
    """A card with what it shows, or with the sentence that says why it cannot."""

    card: Card
    drawing: Drawing | None = None
    failure: str = ""


def answer_cards(scope: Scope, cards: Iterable[Card]) -> list[Answered]:
    """All questions of `cards` on one version, equal ones asked once, then each card drawn by itself."""
    scope.principal.require(scope.board.permission)
    cards = list(cards)
    questions: list[Query] = []
    wanted = {
        card.slug: {name: _position(query, questions) for name, query in card.asks(_seen(scope, card)).items()}
        for card in cards
    }
    results = kept.answers_of(scope, questions)
    return [
        _draw(_seen(scope, card), card, {name: results[i] for name, i in wanted[card.slug].items()}) for card in cards
    ]


def _seen(scope: Scope, card: Card) -> Scope:
    return scope.on(card.model or scope.board.model)


def _position(query: Query, questions: list[Query]) -> int:
    if query not in questions:
        questions.append(query)
    return questions.index(query)


def _draw(scope: Scope, card: Card, found: dict[str, Result | FarolError]) -> Answered:
    try:
        answers: dict[str, Any] = (
            found if card.tolerant else {name: _or_raise(result) for name, result in found.items()}
        )
        return Answered(card, card.draw(scope, answers))
    except NotAllowed:
        raise
    except FarolError as error:
        return Answered(card, failure=str(error))
    except Exception:
        log.exception("Card %s of board %s failed", card.slug, scope.board.slug)
        return Answered(card, failure=_("This card could not be worked out. The others are not affected."))


def _or_raise(result: Result | FarolError) -> Result:
    if isinstance(result, FarolError):
        raise result
    return result
