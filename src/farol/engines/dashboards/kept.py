"""Boards already worked out, kept as HTML per process.

A published version never changes, so a board's cards depend only on what was asked, by whom as far as rights and row
rules go, in which language, and on which version. All of that is the key; relative times are not part of a card.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString

from farol.core import clock
from farol.engines.dashboards.scope import Scope

MOST = 64

_kept: OrderedDict[tuple[Any, ...], SafeString] = OrderedDict()
_lock = threading.Lock()


def cards_of(scope: Scope, work_out: Callable[[], tuple[SafeString, bool]]) -> SafeString:
    """The board's cards from memory, or worked out; `work_out` also tells whether its answer may be kept."""
    key = _key(scope)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    html, lasting = work_out()
    if lasting:
        with _lock:
            _kept[key] = html
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return html


def forget() -> None:
    """Forget everything (benchmarks, tests)."""
    with _lock:
        _kept.clear()


def _key(scope: Scope) -> tuple[Any, ...]:
    rules = scope.model.row_rules(scope.principal)
    return (
        scope.board.slug,
        scope.address(),
        scope.language,
        clock.today(),
        scope.board.beside(),
        scope.span.version,
        scope.span.published_at,
        tuple(sorted(scope.principal.rights)),
        tuple((column, tuple(values)) for column, values in sorted(rules.items())),
    )
