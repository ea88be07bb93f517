"""Which JSON a form's field takes: one table for reading it and for the document of the interface."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from farol.core.fields import MoneyFormField

AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST = 2**31 - 1


class Mismatch(ValueError):
    """The value has another type than the field; the text says which one is wanted."""


@dataclass(frozen=True)
class Kind:
    """`convert` gives the Python value that the form takes; `schema` describes the JSON."""

    convert: Callable[[Any, forms.Field], Any]
    schema: Callable[[forms.Field], dict[str, Any]]


def kind_of(field: forms.Field) -> Kind:
    return next(kind for family, kind in TABLE if isinstance(field, family))


def _text(value: Any, field: forms.Field) -> str:
    if type(value) is not str:
        raise Mismatch(_("This must be text."))
    narrow = getattr(field, "from_json", None)  # of fields that take less by REST than on the screen
    try:
        return narrow(value) if narrow else value
    except forms.ValidationError as error:
        raise Mismatch(" ".join(error.messages)) from error


def _text_schema(field: forms.Field) -> dict[str, Any]:
    longest, shortest = getattr(field, "max_length", None), 1 if field.required else getattr(field, "min_length", None)
    sizes = {"maxLength": longest, "minLength": shortest}
    return {"type": "string", **{name: size for name, size in sizes.items() if size}}


def _pattern(wanted: re.Pattern[str], sentence: Callable[[], str]) -> Callable[[Any, forms.Field], Decimal]:
    def convert(value: Any, field: forms.Field) -> Decimal:
        if type(value) is not str or not wanted.fullmatch(value):
            raise Mismatch(sentence())
        return Decimal(value)

    return convert


def _pattern_schema(wanted: re.Pattern[str]) -> Callable[[forms.Field], dict[str, Any]]:
    return lambda field: {"type": "string", "pattern": f"^{wanted.pattern}$"}


def _whole(value: Any, field: forms.Field) -> int:
    if type(value) is not int:
        raise Mismatch(_("This must be a whole number."))
    if abs(value) > MOST:
        raise Mismatch(_("This number is too large."))
    return value


def _whole_schema(field: forms.Field) -> dict[str, Any]:
    low, high = getattr(field, "min_value", None), getattr(field, "max_value", None)
    bounds = {"minimum": -MOST if low is None else low, "maximum": MOST if high is None else high}
    return {"type": "integer", **bounds}


def _number(value: Any, field: forms.Field) -> float:
    if type(value) not in (int, float):
        raise Mismatch(_("This must be a number."))
    return float(value)


def _flag(value: Any, field: forms.Field) -> bool:
    if type(value) is not bool:
        raise Mismatch(_("This must be true or false."))
    return value


def _day(value: Any, field: forms.Field) -> dt.date:
    if type(value) is str and DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise Mismatch(_("This must be a day, as 2026-03-31."))


def _instant(value: Any, field: forms.Field) -> dt.datetime:
    if type(value) is str and DAY.match(value):
        try:
            found = dt.datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is not None and found.tzinfo is not None:
            return found
    raise Mismatch(_("This must be an instant with its offset, as 2026-03-31T14:00:00-03:00."))


def _choice(value: Any, field: forms.Field) -> Any:
    if type(value) is str or (type(value) is int and _numbered(field)):
        return value
    raise Mismatch(_("This must be one of the choices."))


def _choices(value: Any, field: forms.Field) -> list[Any]:
    if type(value) is not list:
        raise Mismatch(_("This must be a list of choices."))
    return [_choice(one, field) for one in value]


def _numbered(field: forms.Field) -> bool:
    """Rows are chosen by their number."""
    return isinstance(field, forms.ModelChoiceField) or any(type(value) is int for value in _fixed(field))


def _fixed(field: forms.Field) -> list[Any]:
    """The values of choices that are written down; those that are looked up stay unsaid."""
    choices = getattr(field, "choices", None)
    if not isinstance(choices, list):
        return []
    grouped = [inner for value, label in choices if isinstance(label, (list, tuple)) for inner, _label in label]
    return [value for value, label in choices if not isinstance(label, (list, tuple)) and value != ""] + grouped


def _choice_schema(field: forms.Field) -> dict[str, Any]:
    fixed = _fixed(field)
    if fixed:
        return {"enum": fixed}
    return {"type": ["string", "integer"] if _numbered(field) else "string"}


TABLE: tuple[tuple[Any, Kind], ...] = (
    (
        MoneyFormField,
        Kind(
            _pattern(AMOUNT, lambda: _("This must be an amount as text, as “500.00”.")),
            _pattern_schema(AMOUNT),
        ),
    ),
    (
        forms.DecimalField,
        Kind(_pattern(DECIMAL, lambda: _("This must be a number as text, as “1.5”.")), _pattern_schema(DECIMAL)),
    ),
    (forms.FloatField, Kind(_number, lambda field: {"type": "number"})),
    (forms.IntegerField, Kind(_whole, _whole_schema)),
    (forms.BooleanField, Kind(_flag, lambda field: {"type": "boolean"})),
    (forms.DateTimeField, Kind(_instant, lambda field: {"type": "string", "format": "date-time"})),
    (forms.DateField, Kind(_day, lambda field: {"type": "string", "format": "date"})),
    (
        (forms.MultipleChoiceField, forms.ModelMultipleChoiceField),
        Kind(_choices, lambda field: {"type": "array", "items": _choice_schema(field)}),
    ),
    (forms.ModelChoiceField, Kind(_choice, _choice_schema)),
    (forms.ChoiceField, Kind(_choice, _choice_schema)),
    (forms.Field, Kind(_text, _text_schema)),
)
