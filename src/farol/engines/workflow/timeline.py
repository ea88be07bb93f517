"""A record's history and comments in one order, as the timeline component draws them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.workflow.models import Comment, HistoryEntry, Record


@dataclass(frozen=True)
class Entry:
    title: Any
    who: str
    at: dt.datetime
    text: str = ""
    icon: str = "point"
    tone: str = "neutral"


def timeline(record: Record) -> list[Entry]:
    """Newest first."""
    steps = HistoryEntry.objects.filter(record=record.reference).select_related("person")
    said = Comment.objects.filter(record=record.reference).select_related("person")
    entries = [_step(record, entry) for entry in steps] + [
        Entry(_("Commented"), _name(c), c.at, c.text, "message", "neutral") for c in said
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _step(record: Record, entry: HistoryEntry) -> Entry:
    action = record.flow.actions.get(entry.action)
    state = record.flow.by_name.get(entry.to_state)
    tone = state.tone if state and entry.from_state != entry.to_state else "neutral"
    return Entry(
        action.label if action else _("Created"),
        _name(entry),
        entry.at,
        entry.reason,
        action.icon if action else "plus",
        tone,
    )


def _name(entry: HistoryEntry | Comment) -> str:
    if entry.person:
        return str(entry.person)
    return _("Farol") if entry.actor == "system" else _("Operator")
