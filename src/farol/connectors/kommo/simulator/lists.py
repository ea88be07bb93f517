"""The lists of the made-up Kommo: filters with closed ranges, orders, pages, blocks that `with` asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farol.connectors.kommo.simulator.table import Row
from farol.connectors.kommo.simulator.world import World

Query = list[tuple[str, str]]


@dataclass(frozen=True)
class Listing:
    """What a list allows: the fields of its ranges and orders, its largest page, blocks given only where asked for."""

    plural: str
    ranges: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    largest: int = 250
    on_request: tuple[str, ...] = ()
    newest_first: bool = False
    paged: bool = True


LISTINGS = {
    "users": Listing("users"),
    "pipelines": Listing("pipelines", paged=False),
    "loss_reasons": Listing("loss_reasons"),
    "custom_fields": Listing("custom_fields"),
    "tags": Listing("tags"),
    "leads": Listing(
        "leads", ("updated_at", "created_at", "closed_at"), ("updated_at", "created_at", "id"),
        on_request=("contacts", "loss_reason", "source", "catalog_elements"),
    ),
    "contacts": Listing("contacts", ("updated_at", "created_at"), ("updated_at", "id"), on_request=("leads",)),
    "companies": Listing("companies", ("updated_at", "created_at"), ("updated_at", "id"), on_request=("leads",)),
    "tasks": Listing("tasks", ("updated_at",), ("created_at", "complete_till", "id")),
    "events": Listing("events", ("created_at",), largest=100, newest_first=True),
    "notes": Listing("notes", ("updated_at",), ("updated_at", "id")),
}  # fmt: skip


class TooMany(Exception):
    """A page larger than allowed."""


@dataclass
class Found:
    """A page and whether another follows."""

    plural: str
    rows: list[Row]
    page: int
    more: bool


def find(
    world: World, entity: str, scope: str, query: Query, *, most: int, order: bool = True, filters: bool = True
) -> Found:
    """The page that `query` asks for, of `most` rows at most. `scope`: leads, contacts or companies for lists below
    them. Without `order` or `filters` the list ignores them, as a server might.
    """
    listing, asked = LISTINGS[entity], dict(query)
    limit, page = int(asked.get("limit", "50")), int(asked.get("page", "1"))
    if limit > listing.largest:
        raise TooMany(listing.largest)
    limit = min(limit, most)
    rows = _filtered(world, entity, listing, query if filters else [])
    wanted = set(",".join(value for name, value in query if name == "with").split(","))
    rows = [row for row in rows if _belongs(row, entity, scope, query, deleted="only_deleted" in wanted)]
    if world.late:
        rows = [row for row in rows if row.get("created_at", 0) <= world.instant() - world.late]
    rows = _ordered(rows, listing, query if order else [])
    start = (page - 1) * limit if listing.paged else 0
    shown = rows[start : start + limit] if listing.paged else rows
    if "only_deleted" in wanted:
        shown = [{name: row.get(name) for name in ("id", "updated_at", "updated_by", "is_deleted")} for row in shown]
    else:
        shown = [_shown(row, listing, wanted) for row in shown]
    return Found(listing.plural, shown, page, listing.paged and start + limit < len(rows))


def _filtered(world: World, entity: str, listing: Listing, query: Query) -> list[Row]:
    table = world.of(entity)
    for field in listing.ranges:
        ends = _range(query, field)
        if ends:
            return table.between(field, *ends)
    return list(table)


def _range(query: Query, field: str) -> tuple[int | None, int | None] | None:
    asked = dict(query)
    first, last = asked.get(f"filter[{field}][from]"), asked.get(f"filter[{field}][to]")
    if first is None and last is None:
        return None
    return int(first) if first else None, int(last) if last else None


def _belongs(row: Row, entity: str, scope: str, query: Query, *, deleted: bool) -> bool:
    if entity == "leads" and bool(row.get("is_deleted")) is not deleted:
        return False
    if (entity == "notes" and row["entity_type"] != scope) or (
        entity == "custom_fields" and row["entity_type"] != scope
    ):
        return False
    if entity == "tags" and scope != "leads":
        return False
    words = dict(query).get("query", "").casefold()
    if words and words not in str(row.get("name", "")).casefold():
        return False
    return all(_matches(row, entity, test) for test in _tests(query))


def _tests(query: Query) -> list[tuple[str, set[str]]]:
    """`filter[x][]=1&filter[x][]=2`, `filter[x]=1,2`: name and allowed values."""
    found: dict[str, set[str]] = {}
    for name, value in query:
        match = re.fullmatch(r"filter\[(\w+)\](\[\d*\])?", name)
        if match:
            found.setdefault(match[1], set()).update(value.split(","))
    return list(found.items())


_OTHER_NAMES: dict[tuple[str, str], str] = {("events", "entity"): "entity_type", ("tasks", "task_type"): "task_type_id"}


def _matches(row: Row, entity: str, test: tuple[str, set[str]]) -> bool:
    name, values = test
    value = row.get(_OTHER_NAMES.get((entity, name), name))
    if isinstance(value, bool):
        value = int(value)
    return str(value) in values


def _ordered(rows: list[Row], listing: Listing, query: Query) -> list[Row]:
    for name, value in query:
        match = re.fullmatch(r"order\[(\w+)\]", name)
        if match and match[1] in listing.orders:
            field, sign = match[1], -1 if value == "desc" else 1
            return sorted(rows, key=lambda row: (sign * (row.get(field) or 0), sign * row["id"]))
    if listing.newest_first:
        return sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    return sorted(rows, key=lambda row: row["id"])


def _shown(row: Row, listing: Listing, wanted: set[str]) -> Row:
    hidden = set(listing.on_request) - wanted
    inside = row.get("_embedded")
    return {**row, "_embedded": {k: v for k, v in inside.items() if k not in hidden}} if hidden and inside else row


def page_body(found: Found, link: Callable[[int], str]) -> dict[str, Any]:
    links = {"self": {"href": link(found.page)}} | ({"next": {"href": link(found.page + 1)}} if found.more else {})
    return {"_page": found.page, "_links": links, "_embedded": {found.plural: found.rows}}
