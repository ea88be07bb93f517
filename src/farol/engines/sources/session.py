"""What a walker is given: one connection of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from farol.core import clock

if TYPE_CHECKING:
    from farol.engines.sources.http import Http


def _now() -> float:
    return clock.now().timestamp()


@dataclass
class Session:
    """`run` is the id of the load and `since` the instant (unix seconds) that `--since` asks from; both are set by the
    sync. `known` holds facts of earlier entities. Walkers never see the stage.
    """

    source: str
    connection: str
    http: Http
    run: int = 0
    since: int | None = None
    clock: Callable[[], float] = _now
    known: dict[str, Any] = field(default_factory=dict)
