"""The lists of what changes: where each is, how its records are taken in, and how it is asked by day or by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from farol.connectors.kommo import contract, shape
from farol.connectors.kommo.paging import LIMIT, LOG_LIMIT, Maker, Params, Row, between, page, whole
from farol.engines.sources.cursors import Page, named, window
from farol.engines.sources.days import midnight
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch

IDS = 50  # in one address, which stays below two kilobytes
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Listing:
    """A list of Kommo. `more` is asked for with every page. `day` is the field by whose local days it is compared (few
    fields can be filtered by), `order` how these days are read."""

    entity: str
    path: str
    kind: type
    rows: Callable[[Session, Any], dict[str, list[Row]]]
    more: tuple[tuple[str, str], ...] = ()
    day: str = "updated_at"
    order: tuple[tuple[str, str], ...] = (("order[updated_at]", "asc"),)
    limit: int = LIMIT

    def make(self, session: Session) -> Maker[Any]:
        return Maker(session, self.entity, self.kind, partial(self.rows, session))

    def page(self, session: Session, params: Params, number: int) -> Page:
        return page(session, self.path, number, [*params, *self.more], limit=self.limit)

    def changed(self, session: Session, start: int, number: int) -> Page:
        """What changed since `start`, the oldest change first."""
        return self.page(session, [*between("updated_at", start), ("order[updated_at]", "asc")], number)

    def of_days(self, session: Session, first: dt.date, last: dt.date, sure: bool) -> Iterator[Batch]:
        """What lies in these local days, as `Days.read`."""
        make, end = self.make(session), midnight(last + dt.timedelta(days=1)) - 1

        def fetch(start: int, end: int, number: int) -> Page:
            return self.page(session, [*between(self.day, start, end), *self.order], number)

        for chunk in window(fetch, midnight(first), end, stamp=whole(self.day), verify=sure):
            yield make.batch(chunk)

    def with_ids(self, session: Session, ids: Collection[str]) -> Iterator[Batch]:
        """Those of these ids that there are, as `Days.find`."""
        make, wanted = self.make(session), list(ids)
        for at in range(0, len(wanted), IDS):
            some = wanted[at : at + IDS]
            asked = [("filter[id][]", ident) for ident in some]
            for chunk in named(partial(self.page, session, asked), some):
                yield make.batch(chunk)


def _lead(session: Session, record: contract.Lead) -> dict[str, list[Row]]:
    """The lead, and the source that it names: Kommo has no list of them."""
    row = shape.lead(record)
    if row["source_id"] is None or not row["source_name"]:
        return {"lead": [row]}
    return {"lead": [row], "source": [{"id": row["source_id"], "name": row["source_name"], "updated_at": 0}]}


def _task(session: Session, record: contract.Task) -> dict[str, list[Row]]:
    return {"task": [shape.task(record, session.known.get("task_types", {}))]}


def _notes(owner: str) -> Listing:
    def row(session: Session, record: contract.Note) -> dict[str, list[Row]]:
        return {"note": [shape.note(record, owner)]}

    return Listing("notes", f"/{owner}/notes", contract.Note, row)


LEADS = Listing(
    "leads",
    "/leads",
    contract.Lead,
    _lead,
    (("with", "contacts,loss_reason,source,catalog_elements"),),
    day="created_at",
    order=(("order[created_at]", "asc"),),
)
CONTACTS = Listing(
    "contacts",
    "/contacts",
    contract.Contact,
    lambda session, record: {"contact": [shape.contact(record)]},
    (("with", "leads"),),
)
COMPANIES = Listing(
    "companies",
    "/companies",
    contract.Contact,
    lambda session, record: {"company": [shape.contact(record)]},
    (("with", "leads"),),
)
TASKS = Listing("tasks", "/tasks", contract.Task, _task, order=(("order[id]", "asc"),))
EVENTS = Listing(
    "events",
    "/events",
    contract.Event,
    lambda session, record: {"event": [shape.event(record)]},
    day="created_at",
    order=(),
    limit=LOG_LIMIT,
)
NOTES = {owner: _notes(owner) for owner in ("contacts", "leads")}


def events_of_days(session: Session, first: dt.date, last: dt.date, sure: bool) -> Iterator[Batch]:
    """By weeks: the log is long and its pages are small."""
    while first <= last:
        yield from EVENTS.of_days(session, first, min(last, first + WEEK - dt.timedelta(days=1)), sure)
        first += WEEK


def notes_of_days(session: Session, first: dt.date, last: dt.date, sure: bool) -> Iterator[Batch]:
    for listing in NOTES.values():
        yield from listing.of_days(session, first, last, sure)


def notes_with_ids(session: Session, ids: Collection[str]) -> Iterator[Batch]:
    for listing in NOTES.values():
        yield from listing.with_ids(session, ids)
