"""A list as a file to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import NotAllowed
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.exports import Column as ExportColumn
from farol.platform.exports import Kind, csv_lines, xlsx
from farol.platform.web.lists.rows import Rows, stream
from farol.platform.web.lists.state import State, wrong_address

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column, List

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class Counted:
    """Passes rows on and counts them."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self.count += 1
            yield row


def file_of(declared: List, rows: Rows, state: State, form: str, principal: Principal) -> FileResponse:
    """All selected rows with the columns on screen, as XLSX or CSV; row by row, never all of them in memory.

    The audit tells who took how many rows of what, and whether personal data were in clear. `NotAllowed` without the
    right.
    """
    principal.require(declared.export_permission)
    if form not in TYPES:
        raise wrong_address()
    rows = Counted(stream(_own(declared, rows, principal)))
    columns = [c for c in state.columns if c.export]
    clear = bool(declared.reveal_permission) and principal.may(declared.reveal_permission)
    values = ([exported(c, row, clear=clear) for c in columns] for row in rows)
    file = _written(declared, columns, values, form)
    params = {
        "list": declared.name,
        "rows": rows.count,
        "columns": [c.name for c in columns],
        "clear": [c.name for c in columns if c.personal and clear],
        "form": form,
        "address": "" if state.text else state.address,  # what was searched for may be a name or a document
    }
    audit.record(principal, "list.exported", target=declared.name, params=params)
    name = f"{declared.name}-{clock.today().isoformat()}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])


def _own(declared: List, rows: Rows, principal: Principal) -> Rows:
    if not principal.own_only(declared.export_permission):
        return rows
    if declared.own is None:
        raise NotAllowed(_("You may export your own rows only, and those of this list belong to nobody."))
    return declared.own(rows, principal)


def _written(declared: List, columns: list[Column], values: Iterable[list[Any]], form: str) -> IO[bytes]:
    """Written to the end before the first byte leaves: half a file must not be taken for a whole one."""
    heads = [ExportColumn(c.name, c.label, Kind.TEXT if c.kind == "status" or c.personal else c.kind) for c in columns]
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "xlsx":
        xlsx(file, heads, values, declared.title)
    else:
        for line in csv_lines(heads, values):
            file.write(line.encode())
    file.seek(0)
    return file


def exported(column: Column, row: Any, *, clear: bool = False) -> Any:
    """What the file holds: a status by its label, an instant in the business zone, personal data masked or in clear."""
    value = column.of(row) if clear else column.masked(row)
    if column.kind == "status" and value is not None:
        return str(value)
    return localtime(value) if column.kind == "datetime" and value is not None and not column.personal else value
