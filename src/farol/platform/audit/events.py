"""What can be recorded: each room declares its codes with the sentence that puts them into words.

def _told(value: Any) -> Any:
    return ", ".join(map(str, value)) or "—" if isinstance(value, list) else value


EVENTS = [Event("load.done", _("Loaded %(file)s"))]      in the room's `events.py`
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.platform.apps import collect


@dataclass(frozen=True)
class Event:
    """`sentence` may use the entry's params and `%(target)s`; `short` names the kind in the filter."""

    code: str
    sentence: Any
    short: Any = ""


@cache
def events() -> dict[str, Event]:
    """All events by code."""
    return {event.code: event for event in collect("events", "EVENTS")}


def sentence(code: str, target: str, params: dict[str, Any]) -> str:
    """The entry in words of the active language; a code nobody declares any more is shown as it is."""
    event = events().get(code)
    values = {"target": target, **{name: _told(value) for name, value in params.items()}}
    if event is not None:
        try:
            return str(event.sentence) % values
        except (KeyError, ValueError, TypeError):  # an older entry whose params were named differently
            return f"{event.short or code} {target}".strip()
    shown = " ".join(f"{name}={value}" for name, value in params.items())
    return f"{code} {shown}".strip()


def _told(value: Any) -> Any:
    return ", ".join(map(str, value)) or "—" if isinstance(value, list) else value


EVENTS = [Event("audit.exported", _("Exported the audit"), _("Audit exported"))]
