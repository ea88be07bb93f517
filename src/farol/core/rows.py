"""One row by its key, its guarded change, and rows that are only added, without building the statement each time.

Django makes the SQL of a query anew for every object, which costs several times what the database needs for the row.
What runs in every transition keeps its statements here, one for each model and database.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, models

M = TypeVar("M", bound=models.Model)


def read(model: type[M], pk: Any) -> M:
    """The row as it stands now; `model.DoesNotExist` without one."""
    sql, names, converters = _reading(model._meta.label, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model.__name__} {pk}")
    values = list(row)
    for place, chain, expression in converters:
        for convert in chain:
            values[place] = convert(values[place], expression, connection)
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


def insert(model: type[models.Model], **values: Any) -> None:
    """A row in the caller's transaction; columns left out get their defaults, and the key is the database's to give."""
    fields = _without_key(model._meta.label)
    row = [
        field.get_db_prep_save(
            values.pop(field.attname) if field.attname in values else field.get_default(), connection
        )
        for field in fields
    ]
    if values:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values))}")
    with connection.cursor() as cursor:
        cursor.execute(_inserting(model._meta.label, connection.vendor), row)


def change(model: type[models.Model], where: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Set columns of the one row that still has all of `where`; whether there was one."""
    sql, fields = _changing(model._meta.label, connection.vendor, tuple(values), tuple(where))
    given = zip(fields, (*values.values(), *where.values()), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(_key(value), connection) for field, value in given])
        return cursor.rowcount == 1


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


@lru_cache
def _reading(label: str, _vendor: str) -> tuple[str, list[str], list[tuple[int, list[Any], Any]]]:
    compiler = apps.get_model(label)._base_manager.filter(pk=0).order_by().query.get_compiler(DEFAULT_DB_ALIAS)
    sql, _params = compiler.as_sql()
    chosen = [expression for expression, _sql, _alias in compiler.select]
    converters = [(at, chain, expression) for at, (chain, expression) in compiler.get_converters(chosen).items()]
    return sql, [expression.target.attname for expression in chosen], converters


@lru_cache(maxsize=512)
def _changing(label: str, _vendor: str, values: tuple[str, ...], where: tuple[str, ...]) -> tuple[str, list[Any]]:
    quote, model = connection.ops.quote_name, apps.get_model(label)
    fields: list[Any] = [model._meta.get_field(name) for name in (*values, *where)]
    columns = [f"{quote(field.column)} = %s" for field in fields]
    sets, tests = ", ".join(columns[: len(values)]), " AND ".join(columns[len(values) :])
    return f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {tests}", fields  # noqa: S608 (names of our models)


@lru_cache
def _without_key(label: str) -> list[Any]:
    return [field for field in apps.get_model(label)._meta.concrete_fields if not field.primary_key]


@lru_cache
def _inserting(label: str, _vendor: str) -> str:
    quote, fields = connection.ops.quote_name, _without_key(label)
    columns, marks = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    table = quote(apps.get_model(label)._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (names of our models)
