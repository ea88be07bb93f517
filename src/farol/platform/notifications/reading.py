"""What a person reads, has read and does not want to see any more; only ever their own rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from farol.core import clock
from farol.core.errors import NotFound
from farol.platform.notifications.models import Mail, Notification, Preference
from farol.platform.notifications.notice import CATEGORIES

MOST_COUNTED = 100
LATEST = 8


def of(person_id: int | None, *, unread: bool = False, category: str = "") -> QuerySet[Notification]:
    """The notices shown to a person, the latest first."""
    found = Notification.objects.filter(person=person_id, shown=True)
    found = found.filter(read_at=None) if unread else found
    return found.filter(category=category) if category else found


def one(person_id: int | None, pk: int) -> Notification:
    """`NotFound` for an unknown one and one of somebody else."""
    found = of(person_id).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound("")
    return found


def unread(person_id: int | None) -> int:
    """How many, counted no further than `MOST_COUNTED`."""
    return of(person_id, unread=True).order_by()[:MOST_COUNTED].count()


def mark_read(person_id: int | None, ids: Iterable[int] | None = None, category: str = "") -> int:
    """These, or all of a category or of all; how many were unread."""
    rows = of(person_id, unread=True, category=category)
    rows = rows if ids is None else rows.filter(pk__in=_possible(ids))
    return rows.update(read_at=clock.now())


def delete(person_id: int | None, ids: Iterable[int]) -> int:
    """Emptied and out of sight; the row stays for a while, so that nothing is told again under the same key."""
    rows = of(person_id).filter(pk__in=_possible(ids))
    return rows.update(shown=False, digest=False, read_at=clock.now(), params={}, url="", record="")


def _possible(ids: Iterable[int]) -> list[int]:
    return [pk for pk in ids if 0 < pk < 2**63]


def wishes(person_id: int | None) -> dict[str, Preference]:
    """What a person wants of each category, in the order in which categories are shown."""
    kept = {row.category: row for row in Preference.objects.filter(person=person_id)}
    return {name: kept.get(name) or Preference(person_id=person_id, category=name) for name in CATEGORIES}


def wish(person_id: int | None, category: str, *, shown: bool, mail: Mail) -> None:
    values: Mapping[str, Any] = {"shown": shown, "mail": mail.value}
    Preference.objects.update_or_create(person_id=person_id, category=category, defaults=values)
