"""A form as it was typed: shown again as it stands, without judging it, with one row more or less."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from farol.engines.workflow.forms import CaseForm, Lines
from farol.engines.workflow.models import Record
from farol.platform.accounts.principal import Principal

MOST_ROWS = 200


def shown_again(
    kind: type[CaseForm], data: QueryDict, principal: Principal, record: Record | None, turn: str = ""
) -> CaseForm:
    """`turn` is `add`, or the place of a row to leave out."""
    blank = kind(principal=principal, record=record)
    initial = _raw(blank, data)
    if kind.lines:
        initial[kind.lines.name] = _rows(kind.lines, data, turn)
    return kind(principal=principal, record=record, initial=initial)


def _rows(lines: Lines, data: QueryDict, turn: str) -> list[dict[str, Any]]:
    rows = []
    for place in range(_total(lines, data)):
        form = lines.form(prefix=f"{lines.name}-{place}")
        if str(place) != turn:
            rows.append(_raw(form, data))
    if turn == "add" and len(rows) < lines.at_most:
        rows.append({})
    return rows or [{}]


def _total(lines: Lines, data: QueryDict) -> int:
    text = data.get(f"{lines.name}-TOTAL_FORMS", "")
    return min(int(text), lines.at_most, MOST_ROWS) if text.isdecimal() and len(text) < 5 else 0


def _raw(form: forms.BaseForm, data: QueryDict) -> dict[str, Any]:
    """Each field as its widget reads it from what was sent."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField)
    }
