"""A record's history and comments in one order, as the timeline component draws them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.workflow.models import Comment, HistoryEntry, Record


@dataclass(frozen=True)
class Entry:
    """`move` says from which state to which, where it changed."""

    title: Any
    who: str
    at: dt.datetime
    text: str = ""
    move: str = ""
    icon: str = "point"
    tone: str = "neutral"


def history(record: Record) -> list[HistoryEntry]:
    """Its steps, oldest first."""
    return list(HistoryEntry.objects.filter(record=record.reference).select_related("person").order_by("pk"))


def timeline(record: Record, steps: list[HistoryEntry] | None = None) -> list[Entry]:
    """Newest first; `steps` where they are at hand already."""
    steps = history(record) if steps is None else steps
    said = Comment.objects.filter(record=record.reference).select_related("person")
    entries = [_step(record, entry) for entry in steps] + [
        Entry(_("Commented"), _name(c), c.at, c.text, icon="message") for c in said
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _step(record: Record, entry: HistoryEntry) -> Entry:
    action = record.flow.actions.get(entry.action)
    state = record.flow.by_name.get(entry.to_state)
    tone = state.tone if state and entry.from_state != entry.to_state else "neutral"
    common = {"edit": (_("Changed"), "pencil"), "assign": (_("Owner changed"), "user-check")}
    title, icon = (action.label, action.icon) if action else common.get(entry.action, (_("Created"), "plus"))
    return Entry(
        title, _name(entry), entry.at, entry.reason or _fields(record, entry), _move(record, entry), icon, tone
    )


def _move(record: Record, entry: HistoryEntry) -> str:
    states = [record.flow.by_name.get(name) for name in (entry.from_state, entry.to_state)]
    if entry.from_state == entry.to_state or not all(states):
        return ""
    return " → ".join(str(state.label) for state in states if state)


def _fields(record: Record, entry: HistoryEntry) -> str:
    """Which fields an edit changed, by the names that the form gives them."""
    from farol.engines.workflow.module import modules

    names = str(entry.data.get("fields", "")) if entry.action == "edit" else ""
    module = modules().get(record.flow.name)
    labels = {name: field.label for name, field in module.form.base_fields.items()} if module and module.form else {}
    return ", ".join(str(labels.get(name) or name) for name in names.split(", ") if name)


def _name(entry: HistoryEntry | Comment) -> str:
    if entry.person:
        return str(entry.person)
    return _("Farol") if entry.actor == "system" else _("Operator")
