"""Answers of the warehouse kept per process: a published version never changes, so they never go stale.

The key is the statement, its values (filters and row rules are among them) and the version; the bound is on rows held.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Any, TypeVar, cast

from farol.engines.metrics.model import SemanticModel

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

MOST_ROWS = 150_000
MOST_ROWS_OF_ONE = 20_000

Rows = list[tuple[Any, ...]]
Answer = TypeVar("Answer", bound=Sized)
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_held = 0
_lock = threading.Lock()


def rows(reader: Reader, model: SemanticModel, sql: str, params: tuple[Any, ...]) -> Rows:
    """The rows of a compiled statement, from memory where this version was asked the same before."""
    return remember(reader, (model.dataset, sql, params), lambda: reader.rows(sql, params))


def remember(reader: Reader, asked: tuple[Any, ...], work: Callable[[], Answer]) -> Answer:
    """What `work` gives for `asked` on the reader's version; kept if it is small. Nobody may change what they get."""
    key = (reader.dialect, reader.version, str(reader.published_at), *asked)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return cast(Answer, _kept[key])
    found = work()
    if len(found) <= MOST_ROWS_OF_ONE:
        _keep(key, found)
    return found


def clear() -> None:
    """Forget everything (benchmarks)."""
    global _held
    with _lock:
        _kept.clear()
        _held = 0


def _keep(key: tuple[Any, ...], found: Sized) -> None:
    global _held
    with _lock:
        if key in _kept:
            return
        _kept[key] = found
        _held += len(found) + 1
        while _held > MOST_ROWS:
            _key, dropped = _kept.popitem(last=False)
            _held -= len(dropped) + 1
