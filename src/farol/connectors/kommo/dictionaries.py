"""The short lists that the others refer to, read whole each time: account, users, pipelines, reasons, fields, tags."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from farol.connectors.kommo import contract, shape
from farol.connectors.kommo.account import ACCOUNT
from farol.connectors.kommo.paging import Maker, Row, pages
from farol.connectors.kommo.stretches import Cursor
from farol.engines.sources.errors import BadAnswer, Forbidden
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch


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
    inside = pipeline.get("_embedded")
    found = inside.get("statuses") if isinstance(inside, dict) else None
    batch = make.batch(found if isinstance(found, list) else [])
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
