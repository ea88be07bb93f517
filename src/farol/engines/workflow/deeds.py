"""Who did what last on a record: what four eyes look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from farol.engines.workflow.models import HistoryEntry, Record

KNOWN = "_last_deeds"


def last_by(record: Any, action: str) -> int | None:
    """The id of the person who did `action` last; None for nobody, and for the system."""
    if known(record):
        return dict(getattr(record, KNOWN)).get(action)
    entries = HistoryEntry.objects.filter(record=record.reference, action=action).order_by("-pk")
    return entries.values_list("person_id", flat=True).first()


def people(record: Any, actions: Iterable[str]) -> set[int]:
    """The ids of everybody who ever did one of these actions."""
    if known(record):
        return {person for action, person in getattr(record, KNOWN) if person is not None and action in actions}
    entries = HistoryEntry.objects.filter(record=record.reference, action__in=list(actions), person__isnull=False)
    return set(entries.values_list("person_id", flat=True))


def known(record: Any) -> bool:
    return hasattr(record, KNOWN)


def forget(record: Any) -> None:
    """Something was done with it."""
    record.__dict__.pop(KNOWN, None)


def remember(records: Sequence[Record]) -> None:
    """Ask for many records at once, for pages that only show what is possible. Nothing that acts relies on it: the
    record that `run` judges is read afresh."""
    by_reference: dict[str, list[tuple[str, int | None]]] = {record.reference: [] for record in records}
    entries = HistoryEntry.objects.filter(record__in=by_reference).order_by("pk")
    for reference, action, person in entries.values_list("record", "action", "person_id"):
        by_reference[reference].append((action, person))
    for record in records:
        keep(record, by_reference[record.reference])


def keep(record: Record, deeds: Iterable[tuple[str, int | None]]) -> None:
    """Its (action, person) in their order, where they are at hand already."""
    setattr(record, KNOWN, tuple(deeds))
