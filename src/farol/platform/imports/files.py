"""Workbooks that imports give away: the template, and the rows to correct."""

from __future__ import annotations

import tempfile
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _

from farol.platform.exports import Column, xlsx, xlsx_book
from farol.platform.imports.cells import text_of
from farol.platform.imports.declared import Field, Importer, Problem
from farol.platform.tables.names import normal
from farol.platform.tables.typed import Line

KINDS = {
    "text": lambda: _("text"),
    "integer": lambda: _("whole number"),
    "money": lambda: _("amount, such as 1.234,56"),
    "number": lambda: _("number"),
    "percent": lambda: _("percent"),
    "date": lambda: _("day, such as 21/11/2026"),
    "datetime": lambda: _("day and time, such as 21/11/2026 14:30"),
    "boolean": lambda: _("yes or no"),
}


def template(importer: Importer) -> FileResponse:
    """A workbook with the heading, an example row that imports ignore, and a sheet that explains the columns."""
    columns = [Column(f.name, f.label, f.kind) for f in importer.columns]
    example = [f.example for f in importer.columns]
    notes = [
        Column("column", _("Column")),
        Column("required", _("Required"), "boolean"),
        Column("kind", _("What it holds")),
        Column("help", _("Notes")),
    ]
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    told = [(f.label, f.required, _kind(f), str(f.help)) for f in importer.columns]
    xlsx_book(file, [(importer.label, columns, [example]), (_("Instructions"), notes, told)], filters=False)
    return _answer(file, f"modelo-{normal(importer.name)}.xlsx")


def bad_rows(importer: Importer, lines: list[Line], problems: list[Problem]) -> FileResponse:
    """The rows that cannot be taken, as they were, with the reasons in the last column."""
    heading, reasons = lines[0], _reasons(importer, problems)
    width = max(len(line.cells) for line in lines)
    labels = [text_of(cell) for cell in heading.cells] + [""] * (width - len(heading.cells))
    columns = [Column(str(i), label or f"({i + 1})") for i, label in enumerate(labels)]
    rows = (
        [text_of(cell) for cell in line.cells] + [None] * (width - len(line.cells)) + [reasons[line.number]]
        for line in lines[1:]
        if line.number in reasons
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    xlsx(file, [*columns, Column("reason", _("Why it was refused"))], rows, _("Rows to correct"))
    return _answer(file, f"corrigir-{normal(importer.name)}.xlsx")


def _reasons(importer: Importer, problems: list[Problem]) -> dict[int, str]:
    """By row, each reason with its column; a sentence that begins with it says so already."""
    labels = {field.name: str(field.label) for field in importer.columns}
    found: dict[int, list[str]] = {}
    for problem in problems:
        label = labels.get(problem.column, "")
        told = f"{label}: {problem.text}" if label and not problem.text.startswith(f"{label}:") else problem.text
        found.setdefault(problem.line, []).append(told)
    return {line: " ".join(texts) for line, texts in found.items()}


def _kind(field: Field) -> str:
    if field.choices:
        return _("one of: %(known)s") % {"known": ", ".join(str(label) for _value, label in field.choices)}
    return KINDS[field.kind]()


def _answer(file: Any, name: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)
