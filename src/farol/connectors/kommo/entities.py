"""The walks through Kommo's lists: dictionaries first, then what changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.connectors.kommo import contract, shape
from farol.connectors.kommo.account import ACCOUNT
from farol.connectors.kommo.paging import LIMIT, LOG_LIMIT, Maker, Row, between, page, pages, whole
from farol.core import clock
from farol.engines.sources.cursors import Chunk, Page, changes, kept, window
from farol.engines.sources.errors import BadAnswer, Forbidden
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Entity

OVERLAP = 600  # changes become visible late
DAY = 86400
STRETCH, LONGEST_STRETCH = 30 * DAY, 360 * DAY
FAR = 2**33  # records may be dated ahead
Cursor = dict[str, Any] | None
LEADS_WITH = ("with", "contacts,loss_reason,source,catalog_elements")


def begin(session: Session, cursor: Cursor, full: bool, key: str = "at") -> tuple[int, bool]:
    """The instant to walk from, and whether its end may be remembered: not where `--since` leaves a stretch out."""
    before = (cursor or {}).get(key)
    if full or (before is None and session.since is None):
        return 0, True
    if session.since is None:
        return int(before or 0), True
    return session.since, before is None or session.since <= before


def remembered(session: Session, chunk: Chunk) -> int | None:
    return None if chunk.safe is None else kept(chunk.safe, session.clock(), OVERLAP)


# dictionaries


def account(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """Zone, groups and kinds of task, for the entities after it."""
    body = session.http.get("/account", ACCOUNT).body
    try:
        inside = body["_embedded"]
        session.known["groups"] = {group["id"]: group["name"] for group in inside.get("users_groups") or ()}
        session.known["task_types"] = {kind["id"]: kind["name"] for kind in inside.get("task_types") or ()}
        session.known["created_at"] = int(body["created_at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadAnswer(_("Kommo's description of the account cannot be read.")) from None
    yield Batch(done=1, total=1)


def users(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    groups = session.known.get("groups", {})
    make = Maker(session, "users", contract.User, lambda user: {"user": [shape.user(user, groups)]})
    try:
        for records in pages(session, "/users"):
            yield make.batch(records)
    except Forbidden:
        words = _("The Kommo token is not an administrator's: leads would be missing without a word. Use another one.")
        raise Forbidden(words) from None


def pipelines(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    make = Maker(session, "pipelines", contract.Pipeline, lambda found: {"pipeline": [shape.pipeline(found)]})
    for records in pages(session, "/leads/pipelines"):
        yield make.batch(records)
        for record in records:
            yield _statuses(session, record)


def _statuses(session: Session, pipeline: Row) -> Batch:
    number = pipeline["id"]
    make = Maker(session, "statuses", contract.Status, lambda status: {"status": [shape.status(status, number)]})
    batch = make.batch((pipeline.get("_embedded") or {}).get("statuses") or [])
    return Batch(rows=batch.rows, problems=batch.problems)  # the pipeline's own record holds them


def loss_reasons(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _named(session, "loss_reasons", "/leads/loss_reasons", "loss_reason")


def tags(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    yield from _named(session, "tags", "/leads/tags", "tag")


def _named(session: Session, entity: str, path: str, table: str) -> Iterator[Batch]:
    def row(found: contract.Named) -> dict[str, list[Row]]:
        return {table: [{"id": str(found.id), "name": found.name, "updated_at": 0}]}

    make = Maker(session, entity, contract.Named, row)
    for records in pages(session, path):
        yield make.batch(records)


def custom_fields(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    for owner in ("leads", "contacts", "companies"):

        def row(found: contract.Named, owner: str = owner) -> dict[str, list[Row]]:
            values = {"entity": owner, "name": found.name, "code": found.code, "kind": found.type}
            return {"custom_field": [{"id": str(found.id), "updated_at": 0, **values}]}

        make = Maker(session, "custom_fields", contract.Named, row)
        for records in pages(session, f"/{owner}/custom_fields"):
            yield make.batch(records)


# what changes


def leads(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """By change, the oldest first. On Sundays all of them: some changes do not move the instant of change."""
    today = clock.local(dt.datetime.fromtimestamp(session.clock(), dt.UTC)).date()
    weekly = bool(cursor) and today.weekday() == 6 and (cursor or {}).get("whole") != str(today)
    since, may_keep = begin(session, cursor, full or weekly)
    seen = str(today) if full or weekly or not cursor else cursor.get("whole", "")
    make = Maker(session, "leads", contract.Lead, lead_rows)
    at = None

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), LEADS_WITH]
        return page(session, "/leads", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        found = remembered(session, chunk) if may_keep else None
        at = found if found is not None else at
        # a weekly walk goes back a long way: what was known stays known until it has come to its end
        yield make.batch(chunk, None if found is None or weekly else {"at": found, "whole": seen})
    if weekly and at is not None:
        yield make.batch([], {"at": at, "whole": seen})


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


def deleted_leads(session: Session, cursor: Cursor, full: bool) -> Iterator[Batch]:
    """The trash, before the leads: one that is restored in between comes back with them."""
    since, may_keep = begin(session, cursor, full)

    def fetch(start: int, number: int) -> Page:
        params = [*between("updated_at", start), ("order[updated_at]", "asc"), ("with", "only_deleted")]
        return page(session, "/leads", number, params)

    for chunk in changes(fetch, since=since, limit=LIMIT):
        gone = [str(record["id"]) for record in chunk if record.get("is_deleted") is True]
        at = remembered(session, chunk) if may_keep else None
        yield Batch(deleted={"lead": gone}, cursor=None if at is None else {"at": at})


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


class Stretches:
    """Walks a list in closed stretches, longer ones where there is nothing; the last two end tomorrow and far ahead."""

    def __init__(self, session: Session, since: int, field: str, *, verify: bool = True) -> None:
        self._since, self._stamp, self._verify = since, whole(field), verify
        self._now = int(session.clock())
        self._born = min(self._now, int(session.known.get("created_at", 0)))
        self._top = since

    def through(self, fetch: Any) -> Iterator[Chunk]:
        """Chunks; an empty one after each stretch, whose `safe` is where a later walk may begin."""
        start, length = self._since, STRETCH
        while start < FAR:
            end, empty = self._end(start, length), True
            for chunk in window(fetch, start, end, stamp=self._stamp, verify=self._verify):
                empty = False
                self._top = max(self._top, *(self._stamp(record) for record in chunk))
                yield Chunk(list(chunk))
            if end < self._now:
                yield Chunk([], kept(end + 1, self._now, OVERLAP))
            start, length = end + 1, min(2 * length, LONGEST_STRETCH) if empty else STRETCH

    def kept(self) -> int:
        """Where the next walk begins, once this one is through."""
        return max(self._since, kept(self._top, self._now, OVERLAP))

    def _end(self, start: int, length: int) -> int:
        if start < self._born:
            return self._born - 1
        tomorrow, end = self._now + DAY, start + length - 1
        if start > tomorrow:
            return FAR
        return end if end < self._now - DAY else tomorrow


ENTITIES = (
    Entity("account", gettext_lazy("Account"), "", account, phase=0),
    Entity("users", gettext_lazy("Users"), "user", users, phase=0),
    Entity("pipelines", gettext_lazy("Pipelines"), "pipeline", pipelines, phase=0),
    Entity("loss_reasons", gettext_lazy("Loss reasons"), "loss_reason", loss_reasons, required=False, phase=0),
    Entity("custom_fields", gettext_lazy("Custom fields"), "custom_field", custom_fields, required=False, phase=0),
    Entity("tags", gettext_lazy("Tags"), "tag", tags, required=False, phase=0),
    Entity("deleted_leads", gettext_lazy("Deleted leads"), "lead", deleted_leads, phase=0),
    Entity("leads", gettext_lazy("Leads"), "lead", leads, reconcile=leads_of_days, amount="price_centavos"),
    Entity("contacts", gettext_lazy("Contacts"), "contact", contacts, required=False),
    Entity("companies", gettext_lazy("Companies"), "company", companies, required=False),
    Entity("tasks", gettext_lazy("Tasks"), "task", tasks, required=False),
    Entity("events", gettext_lazy("Events"), "event", events, required=False),
    Entity("notes", gettext_lazy("Notes"), "note", notes, required=False),
)
