"""Finding rows by a text, in a way that stays fast where there are a million of them.

A list's `search` names fields, each with how it is compared, and every word must fit one of them:

    "name"        the word is anywhere inside: reads every row, for small tables only
    "^number"     the value begins with the word (in capitals, as numbers and codes are kept): a range of the index
    "=document"   the value is the word: one look into the index

or it is a function of the rows and the text, for what is found otherwise:

    def by_number_or_customer(rows, text):
        return prefix(rows, "number", text) | rows.filter(customer__in=customers_named(text))

A `^` field needs `unique=True` or `db_index=True`: for those Django makes the index PostgreSQL needs for beginnings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db import connections
from django.db.models import Q, QuerySet

from farol.platform.web.lists.rows import Rows, read

Search: TypeAlias = tuple[str, ...] | Callable[[Any, str], Any]
FEW = 5_000
LAST = "\U0010ffff"  # sorts behind every other character


def find(rows: Rows, search: Search, text: str) -> Rows:
    """The rows that fit every word of `text`."""
    if callable(search):
        return search(rows, text)
    for word in text.split():
        if isinstance(rows, QuerySet):
            anywhere = Q()
            for field in search:
                anywhere |= _condition(field, word, rows.db)
            rows = rows.filter(anywhere)
        else:
            rows = [row for row in rows if any(_fits(row, field, word) for field in search)]
    return rows


def prefix(rows: QuerySet, field: str, text: str) -> QuerySet:
    """Rows whose `field` begins with `text` in capitals."""
    return rows.filter(begins(field, text.upper(), rows.db))


def begins(field: str, text: str, database: str = "default") -> Q:
    """The same as a condition: SQLite uses its index for a range, PostgreSQL its index of patterns for `LIKE`."""
    if connections[database].vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST})
    return Q(**{f"{field}__startswith": text})


def any_of(rows: QuerySet, *ways: Q) -> QuerySet:
    """Rows that fit any of `ways`, each looked up by itself: given them with `OR` between, a database that doubts one
    index reads the whole table. Where there are more than `FEW` it meets them soon enough, whichever way it reads."""
    narrowed = rows.select_related(None).order_by().values("pk")
    every = rows.model._default_manager.using(rows.db).order_by().values("pk")
    looks = [every.filter(pk__in=narrowed.filter(way)[: FEW + 1]) for way in ways]
    keys = {row["pk"] for row in looks[0].union(*looks[1:], all=True)[: FEW + 1]}
    return rows.filter(pk__in=keys) if len(keys) <= FEW else rows.filter(reduce(or_, ways))


def _condition(field: str, word: str, database: str) -> Q:
    if field.startswith("^"):
        return begins(field[1:], word.upper(), database)
    if field.startswith("="):
        return Q(**{field[1:]: word})
    return Q(**{f"{field}__icontains": word})


def _fits(row: Any, field: str, word: str) -> bool:
    value, low = str(read(row, field.lstrip("^=")) or "").casefold(), word.casefold()
    if field.startswith("^"):
        return value.startswith(low)
    return value == low if field.startswith("=") else low in value
