"""A list as a file to take away."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localtime

from farol.core import clock
from farol.platform.exports import Column as ExportColumn
from farol.platform.exports import Kind, csv_lines, xlsx
from farol.platform.web.lists.rows import Rows, stream
from farol.platform.web.lists.state import State, wrong_address

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column, List


def file_of(declared: List, rows: Rows, state: State, form: str) -> HttpResponseBase:
    """All selected rows with the columns on screen, as XLSX or CSV; row by row, never all of them in memory."""
    columns = [c for c in state.columns if c.export]
    heads = [ExportColumn(c.name, c.label, Kind.TEXT if c.kind == "status" else Kind(c.kind)) for c in columns]
    values = ([exported(c, row) for c in columns] for row in stream(rows))
    name = f"{declared.name}-{clock.today().isoformat()}.{form}"
    if form == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        xlsx(file, heads, values, declared.title)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name)
    if form == "csv":
        lines = csv_lines(heads, values)
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=disposition)
    raise wrong_address()


def exported(column: Column, row: Any) -> Any:
    """What the file holds: a status by its label, an instant in the business zone."""
    value = column.of(row)
    if column.kind == "status" and value is not None:
        return str(value)
    return localtime(value) if column.kind == "datetime" and value is not None else value
