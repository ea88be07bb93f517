"""What Farol needs of Kommo's records. Other fields come and go; a record without these is reported, not guessed."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta, field

from farol.engines.sources.source import Problem

Ident = Annotated[int, Meta(ge=0, lt=2**62)]
Instant = Annotated[int, Meta(ge=0, lt=2**40)]  # unix seconds
Moment = Annotated[int, Meta(ge=0, lt=4_102_444_800)]  # an instant before 2100, where the calendar ends
Amount = Annotated[float, Meta(gt=-1e13, lt=1e13)] | Annotated[int, Meta(gt=-(10**13), lt=10**13)] | None
Whole = Annotated[int, Meta(gt=-(2**31), lt=2**31)]
Values = list[dict[str, Any]]
T = TypeVar("T")


class CustomValue(msgspec.Struct):
    """A filled custom field of a record."""

    field_name: str | None = ""
    field_code: str | None = None
    values: Values | None = None


class Record(msgspec.Struct, kw_only=True):
    id: Ident


class Lead(Record, kw_only=True):
    pipeline_id: Ident
    status_id: Ident
    created_at: Moment
    updated_at: Instant
    name: str | None = ""
    price: Amount = None
    price_with_minor_units: Amount = None
    responsible_user_id: Ident | None = None
    loss_reason_id: Ident | None = None
    source_id: Ident | None = None
    created_by: Ident | None = None
    closed_at: Moment | None = None
    is_deleted: bool | None = False
    custom_fields_values: list[CustomValue] | None = None
    embedded: Any = field(name="_embedded", default=None)  # a mapping, and a list when it is empty


class User(Record, kw_only=True):
    name: str
    email: str | None = None
    rights: Any = None


class Pipeline(Record, kw_only=True):
    name: str
    sort: Whole | None = 0
    is_main: bool | None = False
    is_archive: bool | None = False
    embedded: Any = field(name="_embedded", default=None)  # a mapping, and a list when it is empty


class Status(Record, kw_only=True):
    name: str
    sort: Whole | None = 0
    type: int | None = 0


class Named(Record, kw_only=True):
    """Loss reasons, tags, custom fields."""

    name: str | None = ""
    code: str | None = None
    type: str | None = None


class Contact(Record, kw_only=True):
    """People and companies."""

    updated_at: Instant
    name: str | None = ""
    is_deleted: bool | None = False
    custom_fields_values: list[CustomValue] | None = None
    embedded: Any = field(name="_embedded", default=None)  # a mapping, and a list when it is empty


class Task(Record, kw_only=True):
    updated_at: Instant
    created_at: Instant | None = None
    complete_till: Instant | None = None
    is_completed: bool | None = False
    task_type_id: int | None = None
    text: str | None = ""
    result: Any = None
    duration: Whole | None = 0
    entity_id: Ident | None = None
    entity_type: str | None = None
    responsible_user_id: Ident | None = None
    created_by: Ident | None = None


class Event(msgspec.Struct, kw_only=True):
    id: str
    type: str
    created_at: Instant
    entity_type: str | None = ""
    entity_id: Ident | None = None
    created_by: Ident | None = None
    value_before: Any = None
    value_after: Any = None


class Note(Record, kw_only=True):
    note_type: str
    updated_at: Instant
    created_at: Instant | None = None
    entity_id: Ident | None = None
    created_by: Ident | None = None
    responsible_user_id: Ident | None = None
    params: Any = None


def read(kind: type[T], entity: str, record: dict[str, Any]) -> T | Problem:
    """The record as a `kind`, or what is wrong with it."""
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        field_name, text = _explained(str(error))
        ident = str(record.get("id", "?"))
        words = _("Record %(id)s: %(field)s is not as agreed: %(text)s.")
        return Problem(entity, ident, field_name, words % {"id": ident, "field": field_name, "text": text})


def _explained(message: str) -> tuple[str, str]:
    """Field and complaint of a sentence such as "Expected `int`, got `str` - at `$.price`"."""
    text, _at, path = message.partition(" - at ")
    missing = re.search(r"missing required field `(\w+)`", text)
    inside = path.strip("`").removeprefix("$").lstrip(".")
    if missing:
        return ".".join(part for part in (inside, missing[1]) if part), _("it is missing")
    kinds = re.fullmatch(r"Expected `(.+)`, got `(.+)`", text)
    if kinds:
        return inside or "?", _("%(expected)s was expected, %(got)s came") % {"expected": kinds[1], "got": kinds[2]}
    return inside or "?", _("it is out of bounds")
