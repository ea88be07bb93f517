"""Records from a file, by the same form as on the screen.

A row is a record. Where a record has sub-rows, rows with the same text in the column `record` are one record with
several of them; the columns of the record itself count in the first of these rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core.fields import MoneyFormField
from farol.engines.workflow.forms import CaseForm, Lines
from farol.engines.workflow.module import Module, modules
from farol.platform.accounts.principal import Principal
from farol.platform.imports import Checked, Field, Given, Importer, Problem

RECORD = "record"
INSIDE = "__"  # between the name of the sub-rows and that of a field in them
KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (MoneyFormField, "money"),
    (forms.DecimalField, "number"),
    (forms.IntegerField, "integer"),
    (forms.DateField, "date"),
    (forms.BooleanField, "boolean"),
)


def importer_of(module: Module) -> Importer:
    """`KeyError` for a kind of record that is not imported."""
    form = module.form
    if form is None or module.create is None or not module.importable:
        raise KeyError(module.name)
    create = module.create

    def save(values: dict[str, Any] | None, principal: Principal) -> object:
        return None if values is None else create(principal, values)

    return Importer(
        name=module.name,
        label=module.plural,
        columns=tuple(_columns(form)),
        check=lambda rows, principal: check(form, rows, principal),
        save=save,
        permission=module.import_right,
    )


def _columns(form: type[CaseForm]) -> Iterable[Field]:
    fields, lines = shown(form.base_fields), form.lines
    if lines:
        told = gettext_lazy("Rows with the same text here are one record; leave it empty for a record of one row.")
        yield Field(RECORD, gettext_lazy("Record"), help=told)
    for name, field in fields.items():
        yield _column(name, field.label, field, required=field.required and lines is None)
    if lines:
        labels = {str(field.label) for field in fields.values()}
        for name, field in shown(lines.form.base_fields).items():
            own = str(field.label) not in labels
            label = field.label if own else format_lazy("{}: {}", lines.label, field.label)
            yield _column(f"{lines.name}{INSIDE}{name}", label, field, required=False)


def shown(fields: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """What a person fills in, as far as one cell can say it."""
    return {
        name: field
        for name, field in fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
        and not isinstance(field, forms.FileField | forms.MultipleChoiceField)
    }


def _column(name: str, label: Any, field: forms.Field, *, required: bool) -> Field:
    plain = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    choices = [(value, text) for value, text in getattr(field, "choices", ()) if value != ""] if plain else []
    kind = next((kind for family, kind in KINDS if isinstance(field, family)), "text")
    return Field(name, label or name, kind, required, help=_help(field), choices=choices)


def _help(field: forms.Field) -> Any:
    return field.help_text if isinstance(field.help_text, str | Promise) else ""


def check(form: type[CaseForm], rows: list[Given], principal: Principal) -> Checked:
    """Judge each record by the form; what is wrong is told of the row and column it stands in."""
    found = Checked(values=[])
    for group in _groups(rows, form.lines):
        filled = form(_data(form, group), principal=principal)
        problems = _inconsistent(group, form.lines)
        if not filled.is_valid():
            problems += [_problem(group, form.lines, field, text) for field, text in filled.problems()]
        found.problems += problems
        found.values += [None if problems else filled.values] + [None] * (len(group) - 1)
    if form.lines:
        found.values = _in_order(rows, form, found.values)
    return found


def _groups(rows: list[Given], lines: Lines | None) -> list[list[Given]]:
    groups: dict[Any, list[Given]] = {}
    alone = count()
    for row in rows:
        key = row.values.get(RECORD) if lines else None
        groups.setdefault(("own", next(alone)) if key is None else ("of", key), []).append(row)
    return list(groups.values())


def _in_order(rows: list[Given], form: type[CaseForm], values: list[Any]) -> list[Any]:
    """Values stand where their group does; the file may hold the rows of a record apart from each other."""
    by_line = dict(zip([row.line for group in _groups(rows, form.lines) for row in group], values, strict=True))
    return [by_line[row.line] for row in rows]


def _data(form: type[CaseForm], group: list[Given]) -> dict[str, Any]:
    """As the form takes it: what is empty in the file has the value that an untouched form would have."""
    data = {**_untouched(form.base_fields), **_filled(group[0], form.base_fields)}
    if form.lines:
        preset, prefix = _untouched(form.lines.form.base_fields), f"{form.lines.name}{INSIDE}"
        own = [_filled(row, form.lines.form.base_fields, prefix) for row in group]
        data[form.lines.name] = [{**preset, **values} for values in own if values]
    return data


def _untouched(fields: dict[str, forms.Field]) -> dict[str, Any]:
    preset = {name: field.initial for name, field in fields.items() if field.initial is not None}
    return {name: value() if callable(value) else value for name, value in preset.items()}


def _filled(row: Given, fields: dict[str, forms.Field], prefix: str = "") -> dict[str, Any]:
    return {name: value for name in fields if (value := row.values.get(prefix + name)) is not None}


def _inconsistent(group: list[Given], lines: Lines | None) -> list[Problem]:
    """A later row of a record may repeat what the first one says of it, not contradict it."""
    first, inside = group[0], f"{lines.name}{INSIDE}" if lines else INSIDE
    return [
        Problem(row.line, name, _("This differs from row %(row)s of the same record.") % {"row": first.line})
        for row in group[1:]
        for name, value in row.values.items()
        if not name.startswith(inside) and value is not None and value != first.values.get(name)
    ]


def _problem(group: list[Given], lines: Lines | None, field: str, text: str) -> Problem:
    """`items.2.sku` is the column of the third row of the record that has an item."""
    if lines and field.startswith(f"{lines.name}."):
        _name, place, inner = field.split(".", 2)
        prefix = f"{lines.name}{INSIDE}"
        with_item = [row for row in group if _filled(row, lines.form.base_fields, prefix)]
        return Problem(with_item[int(place)].line, prefix + inner, text)
    return Problem(group[0].line, "" if lines and field == lines.name else field, text)


IMPORTERS = [importer_of(m) for m in modules().values() if m.importable and m.form and m.create]
