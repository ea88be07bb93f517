"""Finding entries and putting them into words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput
from farol.platform.accounts.models import User
from farol.platform.audit.events import sentence
from farol.platform.audit.models import Entry

CHUNK = 1000


@dataclass(frozen=True)
class Filters:
    """`person` is part of a name or e-mail address, `target` begins the entry's target; local days, both inclusive."""

    person: str = ""
    code: str = ""
    target: str = ""
    start: dt.date | None = None
    end: dt.date | None = None

    @classmethod
    def read(cls, asked: Any) -> Filters:
        """From a query string; `BadInput` for a day that is none."""
        texts = {name: asked.get(name, "").replace("\x00", "").strip()[:200] for name in ("person", "code", "target")}
        return cls(**texts, start=_day("start", asked.get("start", "")), end=_day("end", asked.get("end", "")))


def _day(field: str, text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(field, _("This is not a day.")) from error
    return max(dt.date(1900, 1, 1), min(day, dt.date(2200, 1, 1)))


def find(filters: Filters) -> QuerySet[Entry]:
    """Entries, newest first."""
    found = Entry.objects.order_by("-id")
    if filters.person:
        people = User.objects.filter(Q(name__icontains=filters.person) | Q(email__icontains=filters.person))
        found = found.filter(person_id__in=list(people.values_list("pk", flat=True)[:500]))
    if filters.code:
        found = found.filter(code=filters.code)
    if filters.target:
        found = found.filter(target__startswith=filters.target)
    if filters.start:
        found = found.filter(at__gte=_midnight(filters.start))
    if filters.end:
        found = found.filter(at__lt=_midnight(filters.end + dt.timedelta(days=1)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.zone())


@dataclass(frozen=True)
class Shown:
    """An entry for a reader: names instead of ids, words instead of codes."""

    entry: Entry
    who: str
    text: str


def shown(entries: Iterable[Entry]) -> list[Shown]:
    """One query for the names of all people that the entries speak of."""
    rows = list(entries)
    names = _names(rows)
    return [Shown(e, _who(e, names), sentence(e.code, _named(e.target, names), e.params)) for e in rows]


def stream(found: QuerySet[Entry]) -> Iterator[Shown]:
    """All of them, a chunk at a time, by key: memory stays flat and new entries do not shift the pages."""
    last: int | None = None
    while chunk := list((found.filter(id__lt=last) if last else found)[:CHUNK]):
        yield from shown(chunk)
        last = chunk[-1].pk


def _names(entries: Iterable[Entry]) -> dict[int, str]:
    ids = {e.person_id for e in entries} | {_person_of(e.target) for e in entries}
    return dict(User.objects.filter(pk__in=ids - {None}).values_list("pk", "name"))


def _person_of(target: str) -> int | None:
    kind, _colon, number = target.partition(":")
    return int(number) if kind == "person" and number.isdecimal() else None


def _named(target: str, names: dict[int, str]) -> str:
    person = _person_of(target)
    return names.get(person, target) if person else target


def _who(entry: Entry, names: dict[int, str]) -> str:
    if entry.person_id:
        return names.get(entry.person_id, f"#{entry.person_id}")
    return {"operator": _("Local operator"), "system": _("Farol"), "anonymous": _("Nobody signed in")}.get(
        entry.actor, entry.actor
    )
