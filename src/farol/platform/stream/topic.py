"""What can be listened to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


@dataclass(frozen=True)
class Topic:
    """Declared by rooms as `TOPICS` in their `stream.py`.

    `snapshot` returns the present state (JSON values) as the person may see it; it is asked every few seconds and
    sent when it has changed. `permission` None: every signed-in person. `together`, where given, is asked instead for
    everybody at once and answers by the person's id.
    """

    name: str
    permission: str | None
    snapshot: Callable[[Principal], dict[str, Any]]
    together: Callable[[Sequence[Principal]], dict[int | None, dict[str, Any]]] | None = None


def topics() -> dict[str, Topic]:
    return {topic.name: topic for topic in collect("stream", "TOPICS")}
