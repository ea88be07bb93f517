"""The document of the interface (OpenAPI) for bodies and filters, from the same forms that read them."""

from __future__ import annotations

from typing import Any

from django import forms

from farol.engines.workflow.forms import CaseForm
from farol.engines.workflow.module import Module
from farol.engines.workflow.rest.body import fillable
from farol.engines.workflow.rest.kinds import kind_of

JSON = "application/json"
VERSION = {"type": "integer", "description": "The version seen; refused if the record has changed since"}
MOST = 200


def body(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    shape = {"type": "object", "additionalProperties": False, "properties": properties}
    schema = shape | ({"required": required} if required else {})
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def of_form(form: type[forms.Form], *, whole: bool) -> dict[str, Any]:
    """The body that fills in a form; `whole` names what must be there."""
    fields = fillable(form.base_fields)
    properties = {name: _described(field) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.required and field.initial is None]
    if issubclass(form, CaseForm) and form.lines:
        properties[form.lines.name] = _lines(form)
        required += [form.lines.name] if form.lines.at_least else []
    return {"properties": properties, "required": required if whole else []}


def creating(module: Module) -> dict[str, Any]:
    return body(**of_form(module.form, whole=True)) if module.form else {}


def changing(module: Module) -> dict[str, Any]:
    if module.form is None:
        return {}
    parts = of_form(module.form, whole=False)
    return body({**parts["properties"], "version": VERSION}, [])


def acting(module: Module) -> dict[str, Any]:
    """One body for all actions: what each of them takes is said by its form."""
    properties: dict[str, Any] = {}
    for form in module.asks.values():
        properties |= of_form(form, whole=False)["properties"]
    return body({**properties, "reason": {"type": "string"}, "version": VERSION}, [])


def _described(field: forms.Field) -> dict[str, Any]:
    schema = kind_of(field).schema(field)
    if not field.required and "type" in schema and isinstance(schema["type"], str):
        schema["type"] = [schema["type"], "null"]
    return schema


def _lines(form: type[CaseForm]) -> dict[str, Any]:
    lines = form.lines
    if lines is None:
        return {}
    fields = fillable(lines.form.base_fields)
    row = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _described(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required and field.initial is None],
    }
    return {"type": "array", "items": row, "minItems": lines.at_least, "maxItems": lines.at_most}


def filters(module: Module) -> dict[str, Any]:
    """What the list can be asked for."""
    names = [one.name for one in module.filters]
    states = [state.name for state in module.shown_states]
    own = [
        _query("after", {"type": "integer", "minimum": 0}, "`next` of the page before"),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, ""),
        _query("q", {"type": "string", "maxLength": MOST}, "Words that the record must hold"),
        _query("status", {"enum": states}, ""),
    ]
    return {"parameters": own + [_query(name, {"type": "string"}, "") for name in names if name != "status"]}


def upload() -> dict[str, Any]:
    """One file, as a browser's form sends it."""
    file = {"type": "string", "format": "binary", "description": "PDF, picture, workbook, XML or text"}
    shape = {"type": "object", "required": ["file"], "properties": {"file": file}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": shape}}}}


def download() -> dict[str, Any]:
    binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "The content, with its own type", "content": binary}}}


def paging() -> dict[str, Any]:
    return {
        "parameters": [
            _query("after", {"type": "integer", "minimum": 0}, "`next` of the page before"),
            _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, ""),
        ]
    }


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    found = {"in": "query", "name": name, "required": False, "schema": schema}
    return found | ({"description": description} if description else {})
