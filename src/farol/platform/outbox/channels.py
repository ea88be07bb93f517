"""Ways out of the house, declared by rooms as `CHANNELS` in their `deliveries.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farol.platform.apps import collect


class Permanent(Exception):
    """The other side will never take this message: no further attempt, a person decides."""


class Retry(Exception):
    """The message certainly did not arrive; try again (`after` seconds, where the other side named them)."""

    def __init__(self, detail: str, *, after: float | None = None) -> None:
        super().__init__(detail)
        self.after = after


@dataclass(frozen=True)
class Message:
    """What a channel delivers. `attempt` counts from 1."""

    key: str
    payload: dict[str, Any]
    attempt: int


@dataclass(frozen=True)
class Channel:
    """`deliver` returns when the other side has taken the message; it raises `Permanent` or `Retry`.

    Any other error, or a process that dies while sending, leaves it unknown whether the message arrived. Then:
    `find` (search before create: True if it is there already) is asked before every repeat; without `find` the
    message is repeated if `repeat_safe` (the other side recognises the key, or a twin is better than a loss);
    otherwise it waits for a person. `attempts` bounds the tries; `label` is for people.
    """

    name: str
    deliver: Callable[[Message], None]
    label: Any = ""
    repeat_safe: bool = False
    find: Callable[[Message], bool] | None = None
    attempts: int = 12

    @property
    def may_repeat(self) -> bool:
        return self.repeat_safe or self.find is not None


def channels() -> dict[str, Channel]:
    """All channels by name."""
    return {channel.name: channel for channel in collect("deliveries", "CHANNELS")}
