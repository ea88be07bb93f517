"""The walks through the lists of what changes, and all entities in their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from farol.connectors.kommo import dictionaries
from farol.connectors.kommo.lists import (
    COMPANIES,
    CONTACTS,
    EVENTS,
    LEADS,
    NOTES,
    TASKS,
    Listing,
    events_of_days,
    notes_of_days,
    notes_with_ids,
)
from farol.connectors.kommo.paging import LIMIT, between, page
from farol.connectors.kommo.stretches import Cursor, Stretches, begin, remembered
from farol.core import clock
from farol.engines.sources.cursors import Page, changes
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Days, Entity


def leads(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """By change, the oldest first; then the trash, so that what is deleted meanwhile is known too.

    On Sundays all of them: some changes do not move the instant of change.
    """
    today = clock.local(dt.datetime.fromtimestamp(session.clock(), dt.UTC)).date()
    weekly = bool(cursor) and today.weekday() == 6 and (cursor or {}).get("whole") != str(today)
    since = begin(session, cursor, full or weekly)
    state = dict(cursor or {}) | ({"whole": str(today)} if full or weekly or not cursor else {})
    make = LEADS.make(session)
    for chunk in changes(lambda start, number: LEADS.changed(session, start, number), since=since, limit=LIMIT):
        at = remembered(session, chunk)
        state |= {} if at is None else {"at": at}
        # a weekly walk goes back a long way: what was known stays known until it has come to its end
        yield make.batch(chunk, None if at is None or weekly else dict(state))
    for gone, at in trash(session, cursor, full):
        state |= {} if at is None else {"gone": at}
        yield Batch(deleted={"lead": gone})
    yield make.batch([], dict(state))


def trash(session: Session, cursor: Cursor, full: bool) -> Iterator[tuple[list[str], int | None]]:
    """Ids of deleted leads, and where a later walk may begin."""
    since = begin(session, cursor, full, "gone")

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), ("with", "only_deleted")]
        return page(session, "/leads", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        gone = [str(record["id"]) for record in chunk if record.get("is_deleted") is True]
        yield gone, remembered(session, chunk)


def contacts(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _changed(session, cursor, full, CONTACTS)


def companies(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _changed(session, cursor, full, COMPANIES)


def notes(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """Of leads and of contacts, each with an instant of its own."""
    state = dict(cursor or {})
    for owner, listing in NOTES.items():
        for batch in _changed(session, cursor, full, listing, owner):
            state |= batch.cursor or {}
            yield batch if batch.cursor is None else replace(batch, cursor=dict(state))


def _changed(session: Session, cursor: Cursor, full: bool, listing: Listing, key: str = "at") -> Iterator[Batch]:
    """By change, the oldest first; `key` is where the cursor keeps the instant."""
    since = begin(session, cursor, full, key)
    make = listing.make(session)
    for chunk in changes(lambda start, number: listing.changed(session, start, number), since=since, limit=LIMIT):
        at = remembered(session, chunk)
        yield make.batch(chunk, None if at is None else {key: at})


def tasks(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """In closed stretches of their last change, since they cannot be ordered by it; then those that were deleted."""
    make = TASKS.make(session)
    since = begin(session, cursor, full)

    def fetch(start: int, end: int, number: int) -> Page:
        return TASKS.page(session, [*between("updated_at", start, end), *TASKS.order], number)

    def gone(start: int, end: int, number: int) -> Page:
        return EVENTS.page(session, [*between("created_at", start, end), ("filter[type]", "task_deleted")], number)

    walk = Stretches(session, since, "updated_at")
    for chunk in walk.through(fetch):
        yield make.batch(chunk)
    for chunk in Stretches(session, since, "created_at", verify=False).through(gone):
        yield Batch(deleted={"task": [str(event["entity_id"]) for event in chunk]})
    yield make.batch([], {"at": walk.kept()})


def events(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """The log, in closed stretches of its instant. It only grows, so that one pass is enough."""
    make = EVENTS.make(session)
    since = begin(session, cursor, full)

    def fetch(start: int, end: int, number: int) -> Page:
        return EVENTS.page(session, between("created_at", start, end), number)

    walk = Stretches(session, since, "created_at", verify=False)
    for chunk in walk.through(fetch):
        yield make.batch(chunk, {"at": chunk.safe} if chunk.safe is not None else None)
    yield make.batch([], {"at": walk.kept()})


ENTITIES = (
    Entity("account", _("Account"), "", dictionaries.account, phase=0),
    Entity("users", _("Users"), "user", dictionaries.users, phase=0),
    Entity("pipelines", _("Pipelines"), "pipeline", dictionaries.pipelines, phase=0),
    Entity("loss_reasons", _("Loss reasons"), "loss_reason", dictionaries.loss_reasons, required=False, phase=0),
    Entity("custom_fields", _("Custom fields"), "custom_field", dictionaries.custom_fields, required=False, phase=0),
    Entity("tags", _("Tags"), "tag", dictionaries.tags, required=False, phase=0),
    Entity("leads", _("Leads"), "lead", leads, days=Days(LEADS.of_days, LEADS.with_ids, amount="price_centavos")),
    Entity(
        "contacts",
        _("Contacts"),
        "contact",
        contacts,
        required=False,
        days=Days(CONTACTS.of_days, CONTACTS.with_ids, "updated_at"),
    ),
    Entity(
        "companies",
        _("Companies"),
        "company",
        companies,
        required=False,
        days=Days(COMPANIES.of_days, COMPANIES.with_ids, "updated_at"),
    ),
    Entity("tasks", _("Tasks"), "task", tasks, required=False, days=Days(TASKS.of_days, TASKS.with_ids, "updated_at")),
    Entity("events", _("Events"), "event", events, required=False, days=Days(events_of_days, None)),
    Entity("notes", _("Notes"), "note", notes, required=False, days=Days(notes_of_days, notes_with_ids, "updated_at")),
)
