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


class Shut(Retry):
    """The whole way is shut (settings, limits, maintenance): no message is to blame and none loses a try.

    The channel rests for `after` seconds; its page and `farol doctor` say why.
    """

    def __init__(self, detail: str, *, after: float = 60.0) -> None:
        super().__init__(detail, after=after)
        self.rest = after


@dataclass(frozen=True)
class Message:
    """What a channel delivers. `attempt` counts from 1."""

    key: str
    payload: dict[str, Any]
    attempt: int


@dataclass(frozen=True)
class Channel:
    """`deliver` returns when the other side has taken the message; it raises `Permanent`, `Retry` or `Shut`.

    What it returns (a JSON object, or nothing) is kept with the message and handed to `arrived`, in the transaction
    that marks the message as done. `told(message, state, sentence)` runs in the one that marks it as failed or unknown.

    Any other error, or a process that dies while sending, leaves it unknown whether the message arrived. Then:
    `find` (search before create: what it finds, or something true, if it is there already) is asked before every
    repeat; without `find` the message is repeated if `repeat_safe` (the other side recognises the key, or a twin is
    better than a loss); otherwise it waits for a person. `attempts` bounds the tries; `label` is for people.

    `find_first`: also before the first try. `looks`: seconds between the searches after a doubt, for a side whose
    index is late: only when the last of them found nothing is the message sent once more, and a second doubt that
    ends so waits for a person. `parallel`: how many messages of the channel may be under way at once, in all
    processes (0: as many as there are workers). `record(payload)`: the text reference of the record, for links.
    """

    name: str
    deliver: Callable[[Message], Any]
    label: Any = ""
    repeat_safe: bool = False
    find: Callable[[Message], Any] | None = None
    attempts: int = 12
    find_first: bool = False
    looks: tuple[float, ...] = ()
    arrived: Callable[[Message, Any], None] | None = None
    told: Callable[[Message, str, str], None] | None = None
    record: Callable[[dict[str, Any]], str] | None = None
    parallel: int = 0

    @property
    def may_repeat(self) -> bool:
        return self.repeat_safe or self.find is not None


def channels() -> dict[str, Channel]:
    """All channels by name."""
    return {channel.name: channel for channel in collect("deliveries", "CHANNELS")}
