"""`/api/v1/notifications`: one's own notices and what one wants to be told."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict, StrictBool, StrictInt

from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import person_of
from farol.platform.notifications import reading
from farol.platform.notifications.models import Mail, Notification
from farol.platform.notifications.notice import CATEGORIES

router = Router(tags=["notifications"])
ROUTERS = [("/notifications", router)]
Category = Literal["verification", "voucher", "dispute", "stock", "deadline", "data"]
MOST = 1000


class Wanted(Schema):
    """`after` is the `next` of the page before."""

    unread: bool = False
    category: Category | Literal[""] = ""
    after: int = Field(0, ge=0, le=2**62)
    limit: int = Field(50, ge=1, le=200)


class Chosen(Schema):
    """Some of one's notices; those of others are passed over like unknown ones."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] = Field(max_length=MOST)


class ToRead(Schema):
    """`ids`, or all of them (of one category) where there are none."""

    model_config = ConfigDict(extra="forbid")

    ids: list[StrictInt] | None = Field(None, max_length=MOST)
    category: Category | None = None


class Wish(Schema):
    """`shown`: in Farol; `mail`: never, now or daily."""

    model_config = ConfigDict(extra="forbid")

    shown: StrictBool
    mail: Literal["never", "now", "daily"]


class Wishes(Schema):
    """Those to change."""

    model_config = ConfigDict(extra="forbid")

    verification: Wish | None = None
    voucher: Wish | None = None
    dispute: Wish | None = None
    stock: Wish | None = None
    deadline: Wish | None = None
    data: Wish | None = None


@router.get("", summary="One's own notices, the latest first")
@signed_in
def notices(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    rows = reading.of(_me(request), unread=wanted.unread, category=wanted.category)
    if wanted.after:
        rows = rows.filter(pk__lt=wanted.after)
    found = list(rows[: wanted.limit + 1])
    shown = found[: wanted.limit]
    last = shown[-1].pk if len(found) > wanted.limit else None
    return {"items": [item(row) for row in shown], "next": last, "unread": reading.unread(_me(request))}


@router.post("/read", summary="Mark as read")
@signed_in
def read(request: HttpRequest, data: ToRead) -> dict[str, Any]:
    return {"changed": reading.mark_read(_me(request), data.ids, data.category or "")}


@router.post("/delete", summary="Delete several")
@signed_in
def delete(request: HttpRequest, data: Chosen) -> dict[str, Any]:
    return {"changed": reading.delete(_me(request), data.ids)}


@router.get("/preferences", summary="What one wants to be told, by category")
@signed_in
def preferences(request: HttpRequest) -> dict[str, Any]:
    return {name: {"shown": wish.shown, "mail": wish.mail} for name, wish in reading.wishes(_me(request)).items()}


@router.patch("/preferences", summary="Change what one wants of some categories")
@signed_in
def change_preferences(request: HttpRequest, data: Wishes) -> dict[str, Any]:
    with transaction.atomic():
        for name in CATEGORIES:
            if wish := getattr(data, name):
                reading.wish(_me(request), name, shown=wish.shown, mail=Mail(wish.mail))
    return preferences(request)


@router.get("/{int:pk}", summary="One notice")
@signed_in
def notice(request: HttpRequest, pk: int) -> dict[str, Any]:
    return item(reading.one(_me(request), pk))


@router.delete("/{int:pk}", summary="Delete one")
@signed_in
def delete_one(request: HttpRequest, pk: int) -> dict[str, Any]:
    return {"changed": reading.delete(_me(request), [reading.one(_me(request), pk).pk])}


def item(row: Notification) -> dict[str, Any]:
    """A notice as JSON, its text in the reader's language."""
    return {
        "id": row.pk,
        "category": row.category,
        "category_label": str(CATEGORIES.get(row.category, row.category)),
        "code": row.code,
        "text": str(row),
        "record": row.record or None,
        "url": row.url or None,
        "at": row.at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
    }


def _me(request: HttpRequest) -> int | None:
    return person_of(request).pk
