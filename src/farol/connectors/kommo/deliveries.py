"""What leaves for Kommo. The records that asked for it are told by hooks (`kommo_hooks.HOOKS` of the rooms above)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.connectors.kommo import writes
from farol.platform.apps import collect
from farol.platform.outbox import Channel, Message

# Kommo's index may be late: three looks over ten minutes before a second create
LOOKS = (45.0, 135.0, 420.0)


def _channel(name: str, label: Any, make: Callable[[Message], Any], find: Callable[[Message], Any]) -> Channel:
    return Channel(
        name,
        make,
        label,
        find=find,
        find_first=True,
        looks=LOOKS,
        arrived=lambda message, result: _tell(name, 1, message.payload, result or {}),
        told=lambda message, state, sentence: _tell(name, 2, message.payload, state, sentence),
        record=lambda payload: str(payload["record"]),
        parallel=1,
    )


def _tell(channel: str, place: int, *what: Any) -> None:
    """Hooks are `(channel, arrived(payload, result), told(payload, state, sentence))`."""
    for hook in collect("kommo_hooks", "HOOKS"):
        if hook[0] == channel:
            hook[place](*what)


CHANNELS = [
    _channel("kommo.task", _("Kommo: tasks"), writes.make_task, writes.find_task),
    _channel("kommo.note", _("Kommo: notes"), writes.make_note, writes.find_note),
    _channel("kommo.lead", _("Kommo: leads"), writes.make_lead, writes.find_lead),
]
