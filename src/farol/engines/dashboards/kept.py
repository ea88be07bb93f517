"""What was already worked out, kept per process: whole boards as HTML, and the answers of single questions.

A published version never changes, so both depend only on what was asked, on the version, and on who asks as far as
rights and row rules go. All of that is in the keys. A switch or an export asks most questions of a board again, so the
answers are kept beside the boards.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from django.utils.safestring import SafeString

from farol.core import clock
from farol.core.errors import FarolError
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query, Result, SemanticModel, get_model, run_many

T = TypeVar("T")
MOST_BOARDS, MOST_ANSWERS, MOST_ROWS = 64, 1000, 1000


class Shelf(Generic[T]):
    """The last `most` values, by key."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_boards: Shelf[SafeString] = Shelf(MOST_BOARDS)
_answers: Shelf[Result] = Shelf(MOST_ANSWERS)


def cards_of(scope: Scope, work_out: Callable[[], tuple[SafeString, bool]]) -> SafeString:
    """The board's cards from memory, or worked out; `work_out` also tells whether its answer may be kept."""
    rights = tuple(sorted(scope.principal.rights))
    key = (
        tuple(_sight(scope, get_model(name)) for name in sorted(scope.board.models)),
        scope.board.slug,
        scope.address(),
        scope.language,
        clock.today(),
        scope.board.beside(),
        rights,
    )
    found = _boards.get(key)
    if found is not None:
        return found
    html, lasting = work_out()
    if lasting:
        _boards.put(key, html)
    return html


def answers_of(scope: Scope, questions: Sequence[Query]) -> list[Result | FarolError]:
    """The answers of `questions`, those not kept asked together; the caller has checked the permission."""
    keys = [(_sight(scope, question.semantic_model), _asked(question)) for question in questions]
    found: list[Result | FarolError | None] = [_answers.get(key) for key in keys]
    missing = [i for i, answer in enumerate(found) if answer is None]
    fresh = run_many([questions[i] for i in missing], scope.principal)
    for i, answer in zip(missing, fresh, strict=True):
        found[i] = answer
        if isinstance(answer, Result) and answer.data_version == scope.span.version and len(answer.rows) <= MOST_ROWS:
            _answers.put(keys[i], answer)
    return [answer for answer in found if answer is not None]


def forget() -> None:
    """Forget everything (benchmarks, tests)."""
    _boards.clear()
    _answers.clear()


def _sight(scope: Scope, model: SemanticModel) -> Hashable:
    """Two scopes may share an answer only if they see the same rows of the same version."""
    rules = model.row_rules(scope.principal)
    seen = tuple((column, tuple(values)) for column, values in sorted(rules.items()))
    return model.name, scope.span.version, scope.span.published_at, seen


def _asked(question: Query) -> Hashable:
    where = tuple(sorted((name, tuple(values)) for name, values in question.where.items()))
    parts = (question.measures, question.by, question.compare, question.order)
    return (*(tuple(part) for part in parts), where, question.period, question.limit)
