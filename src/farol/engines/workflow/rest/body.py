"""The body of a request: one JSON object whose values have exactly the types that the form's fields stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.workflow.forms import CaseForm, Lines
from farol.engines.workflow.rest.kinds import Mismatch, kind_of
from farol.platform.api.errors import WrongValues

Problems = list[tuple[str, str]]
LONGEST_NUMBER = 40


def read(request: HttpRequest) -> dict[str, Any]:
    """The object in the body. `BadInput` for anything else, for numbers that are none and for broken text."""
    try:
        text = request.body.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse, parse_int=_number, parse_float=_float) if text.strip() else {}
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # an escape may hold half a character
    except (ValueError, RecursionError) as error:
        raise BadInput("", _("The body must be one JSON object, in UTF-8.")) from error
    if not isinstance(found, dict):
        raise BadInput("", _("The body must be one JSON object, in UTF-8."))
    return found


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _number(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(text[:LONGEST_NUMBER])
    return int(text)


def _float(text: str) -> float:
    """No field takes one, so it only has to be told from the other kinds."""
    return float(text[:LONGEST_NUMBER])


def taken(body: dict[str, Any], name: str, kind: type) -> Any:
    """Take one value that is not the form's out of the body; None if it is not there. `BadInput` for a wrong type."""
    value = body.pop(name, None)
    if value is not None and type(value) is not kind:
        sentence = _("This must be a whole number.") if kind is int else _("This must be text.")
        raise BadInput(name, sentence)
    return value


def values(body: Mapping[str, Any], form: forms.Form) -> dict[str, Any]:
    """The body as data for a form like this one; every wrong type and unknown field is named. Raises `WrongValues`."""
    lines = form.lines if isinstance(form, CaseForm) else None
    fields = fillable(form.fields)
    names = set(fields) | ({lines.name} if lines else set())
    problems = [(name, _("There is no such field.")) for name in body.keys() - names]
    found = _converted(body, fields, "", problems)
    if lines and lines.name in body:
        found[lines.name] = _lines(body[lines.name], lines, problems)
    if problems:
        raise WrongValues(sorted(problems))
    return found


def fillable(fields: Mapping[str, forms.Field]) -> dict[str, forms.Field]:
    """Those that JSON can fill in."""
    return {
        name: field for name, field in fields.items() if not isinstance(field, forms.FileField) and not field.disabled
    }


def _converted(
    body: Mapping[str, Any], fields: Mapping[str, forms.Field], place: str, problems: Problems
) -> dict[str, Any]:
    found = {}
    for name, field in fields.items():
        if body.get(name) is None:
            continue
        try:
            found[name] = kind_of(field).convert(body[name], field)
        except Mismatch as error:
            problems.append((place + name, str(error)))
    return found


def _lines(rows: Any, lines: Lines, problems: Problems) -> list[dict[str, Any]]:
    if rows is None:
        return []
    if not isinstance(rows, list) or len(rows) > lines.at_most:
        problems.append((lines.name, _("This must be a list of at most %(most)s objects.") % {"most": lines.at_most}))
        return []
    return [_line(row, lines, f"{lines.name}.{place}", problems) for place, row in enumerate(rows)]


def _line(row: Any, lines: Lines, place: str, problems: Problems) -> dict[str, Any]:
    if not isinstance(row, dict):
        problems.append((place, _("This must be an object.")))
        return {}
    fields = fillable(lines.form.base_fields)
    problems += [(f"{place}.{name}", _("There is no such field.")) for name in row.keys() - fields.keys()]
    return _preset(fields) | _converted(row, fields, place + ".", problems)


def blank(form: forms.Form) -> dict[str, Any]:
    """What a form says by itself about fields that nobody filled in."""
    return _preset(form.fields) | ({form.lines.name: []} if isinstance(form, CaseForm) and form.lines else {})


def _preset(fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    preset = {name: field.initial for name, field in fields.items() if field.initial is not None}
    return {name: value() if callable(value) else value for name, value in preset.items()}
