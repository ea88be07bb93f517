"""Records that belong together, seen from both sides, and effects that wait for a module to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from farol.core import clock
from farol.engines.workflow.models import PendingHandoff, Record, RecordLink

KNOWN = "_links"


@dataclass(frozen=True)
class Linked:
    """The other side of a link; `onward` is True where the link leads from the asking record to `record`."""

    record: str
    kind: str
    onward: bool


def connect(source: str, target: str, kind: str) -> None:
    """`source` led to `target`; saying it twice is saying it once."""
    RecordLink.objects.get_or_create(source=source, target=target, kind=kind)


def of(record: Record) -> list[Linked]:
    """What a record is connected with, oldest first."""
    if KNOWN in record.__dict__:
        return list(record.__dict__[KNOWN])
    mine = record.reference
    rows = RecordLink.objects.filter(Q(source=mine) | Q(target=mine)).order_by("pk")
    return [
        Linked(row.target, row.kind, True) if row.source == mine else Linked(row.source, row.kind, False)
        for row in rows
    ]


def remember(record: Record) -> None:
    """Ask once for a page, several parts of which want to know."""
    record.__dict__[KNOWN] = of(record)


def pend(record: str, kind: str, data: dict[str, Any]) -> PendingHandoff:
    """Keep an effect (JSON values) whose module does not exist yet."""
    return PendingHandoff.objects.create(record=record, kind=kind, data=data)


def withdraw(pending: PendingHandoff) -> bool:
    """It is not wanted any more; False where it was carried out already."""
    data = {**pending.data, "withdrawn": True}
    return bool(PendingHandoff.objects.filter(pk=pending.pk, done_at=None).update(done_at=clock.now(), data=data))


def pending(record: str) -> list[PendingHandoff]:
    """The effects of a record that still wait."""
    return list(PendingHandoff.objects.filter(record=record, done_at=None).order_by("pk"))
