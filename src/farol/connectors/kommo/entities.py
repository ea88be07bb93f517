"""The walks through the lists of what changes, and all entities in their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from farol.connectors.kommo import contract, dictionaries, shape
from farol.connectors.kommo.paging import LIMIT, LOG_LIMIT, Maker, Row, between, page, whole
from farol.connectors.kommo.stretches import STRETCH, Cursor, Stretches, begin, remembered
from farol.core import clock
from farol.engines.sources.cursors import Page, changes, window
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Entity

LEADS_WITH = ("with", "contacts,loss_reason,source,catalog_elements")


def leads(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """By change, the oldest first; then the trash, so that what is deleted meanwhile is known too.

    On Sundays all of them: some changes do not move the instant of change.
    """
    today = clock.local(dt.datetime.fromtimestamp(session.clock(), dt.UTC)).date()
    weekly = bool(cursor) and today.weekday() == 6 and (cursor or {}).get("whole") != str(today)
    since, may_keep = begin(session, cursor, full or weekly)
    state = dict(cursor or {}) | ({"whole": str(today)} if full or weekly or not cursor else {})
    make = Maker(session, "leads", contract.Lead, lead_rows)

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), LEADS_WITH]
        return page(session, "/leads", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        at = remembered(session, chunk) if may_keep else None
        state |= {} if at is None else {"at": at}
        # a weekly walk goes back a long way: what was known stays known until it has come to its end
        yield make.batch(chunk, None if at is None or weekly else dict(state))
    for gone, at in trash(session, cursor, full):
        state |= {} if at is None else {"gone": at}
        yield Batch(deleted={"lead": gone})
    yield make.batch([], dict(state))


def trash(session: Session, cursor: Cursor, full: bool) -> Iterator[tuple[list[str], int | None]]:
    """Ids of deleted leads, and where a later walk may begin."""
    since, may_keep = begin(session, cursor, full, "gone")

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), ("with", "only_deleted")]
        return page(session, "/leads", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        gone = [str(record["id"]) for record in chunk if record.get("is_deleted") is True]
        yield gone, remembered(session, chunk) if may_keep else None


def lead_rows(record: contract.Lead) -> dict[str, list[Row]]:
    """The lead, and the source that it names: Kommo has no list of them."""
    row = shape.lead(record)
    if row["source_id"] is None or not row["source_name"]:
        return {"lead": [row]}
    return {"lead": [row], "source": [{"id": row["source_id"], "name": row["source_name"], "updated_at": 0}]}


def leads_of_days(session: Session, first: dt.date, last: dt.date) -> Iterator[Batch]:
    """What was created in these local days, read anew."""
    make = Maker(session, "leads", contract.Lead, lead_rows)
    start, end = _midnight(first), _midnight(last + dt.timedelta(days=1)) - 1

    def fetch(start: int, end: int, number: int) -> Page:
        params = [*between("created_at", start, end), ("order[created_at]", "asc"), LEADS_WITH]
        return page(session, "/leads", number, params)

    while start <= end:
        until = min(end, start + STRETCH - 1)
        for chunk in window(fetch, start, until, stamp=whole("created_at")):
            yield make.batch(chunk)
        start = until + 1


def _midnight(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), clock.zone()).timestamp())


def contacts(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _changed(session, cursor, full, "contacts", "contact")


def companies(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _changed(session, cursor, full, "companies", "company")


def _changed(session: Session, cursor: Cursor, full: bool, entity: str, table: str) -> Iterator[Batch]:
    since, may_keep = begin(session, cursor, full)
    make = Maker(session, entity, contract.Contact, lambda found: {table: [shape.contact(found)]})

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), ("with", "leads")]
        return page(session, f"/{entity}", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        at = remembered(session, chunk) if may_keep else None
        yield make.batch(chunk, None if at is None else {"at": at})


def notes(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """Of leads and of contacts, each with an instant of its own."""
    state = dict(cursor or {})
    for owner in ("contacts", "leads"):
        since, may_keep = begin(session, cursor, full, owner)

        def rows(found: contract.Note, owner: str = owner) -> dict[str, list[Row]]:
            return {"note": [shape.note(found, owner)]}

        def fetch(start: int, number: int, owner: str = owner) -> Page:
            params = [*between("updated_at", start), ("order[updated_at]", "asc")]
            return page(session, f"/{owner}/notes", number, params)

        make = Maker(session, "notes", contract.Note, rows)
        for chunk in changes(fetch, since=since, limit=LIMIT):
            at = remembered(session, chunk) if may_keep else None
            state |= {} if at is None else {owner: at}
            yield make.batch(chunk, None if at is None else dict(state))


def tasks(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """In closed stretches of their last change, since they cannot be ordered by it; then those that were deleted."""
    types = session.known.get("task_types", {})
    make = Maker(session, "tasks", contract.Task, lambda found: {"task": [shape.task(found, types)]})
    since, may_keep = begin(session, cursor, full)

    def fetch(start: int, end: int, number: int) -> Page:
        return page(session, "/tasks", number, [*between("updated_at", start, end), ("order[id]", "asc")])

    def gone(start: int, end: int, number: int) -> Page:
        params = [*between("created_at", start, end), ("filter[type]", "task_deleted")]
        return page(session, "/events", number, params, limit=LOG_LIMIT)

    walk = Stretches(session, since, "updated_at")
    for chunk in walk.through(fetch):
        yield make.batch(chunk)
    for chunk in Stretches(session, since, "created_at", verify=False).through(gone):
        yield Batch(deleted={"task": [str(event["entity_id"]) for event in chunk]})
    yield make.batch([], {"at": walk.kept()} if may_keep else None)


def events(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """The log, in closed stretches of its instant. It only grows, so that one pass is enough."""
    make = Maker(session, "events", contract.Event, lambda found: {"event": [shape.event(found)]})
    since, may_keep = begin(session, cursor, full)

    def fetch(start: int, end: int, number: int) -> Page:
        return page(session, "/events", number, between("created_at", start, end), limit=LOG_LIMIT)

    walk = Stretches(session, since, "created_at", verify=False)
    for chunk in walk.through(fetch):
        yield make.batch(chunk, {"at": chunk.safe} if may_keep and chunk.safe is not None else None)
    yield make.batch([], {"at": walk.kept()} if may_keep else None)


ENTITIES = (
    Entity("account", gettext_lazy("Account"), "", dictionaries.account, phase=0),
    Entity("users", gettext_lazy("Users"), "user", dictionaries.users, phase=0),
    Entity("pipelines", gettext_lazy("Pipelines"), "pipeline", dictionaries.pipelines, phase=0),
    Entity(
        "loss_reasons", gettext_lazy("Loss reasons"), "loss_reason", dictionaries.loss_reasons, required=False, phase=0
    ),
    Entity(
        "custom_fields",
        gettext_lazy("Custom fields"),
        "custom_field",
        dictionaries.custom_fields,
        required=False,
        phase=0,
    ),
    Entity("tags", gettext_lazy("Tags"), "tag", dictionaries.tags, required=False, phase=0),
    Entity("leads", gettext_lazy("Leads"), "lead", leads, reconcile=leads_of_days, amount="price_centavos"),
    Entity("contacts", gettext_lazy("Contacts"), "contact", contacts, required=False),
    Entity("companies", gettext_lazy("Companies"), "company", companies, required=False),
    Entity("tasks", gettext_lazy("Tasks"), "task", tasks, required=False),
    Entity("events", gettext_lazy("Events"), "event", events, required=False),
    Entity("notes", gettext_lazy("Notes"), "note", notes, required=False),
)
