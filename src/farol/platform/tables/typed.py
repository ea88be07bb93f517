"""Small tables with the types that their cells had: what records are imported from."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.exports import unguard
from farol.platform.tables.plain import kind_of, plain_text
from farol.platform.tables.workbook import too_many_rows, workbook_lines

DELIMITERS = ";,\t|"


@dataclass(frozen=True)
class Line:
    """A row that is not empty: its number in the file, and its cells as str, int, float, bool, date or datetime."""

    number: int
    cells: list[Any]


def rows_of(path: Path, name: str, work: Path, most: int) -> list[Line]:
    """The heading and up to `most` rows of a workbook or of delimited text, judged by content and not by name.

    `BadInput` in words for what is neither, is damaged, unpacks to too much, or has more rows.
    """
    kind = kind_of(path)
    if kind == "ole":
        raise BadInput("file", _("%(file)s is an old .xls workbook. Save it as .xlsx or CSV.") % {"file": name})
    if kind == "gzip":
        raise BadInput("file", _("%(file)s is compressed. Unpack it first.") % {"file": name})
    if kind == "zip":
        with workbook_lines(path, name, work, most).open(encoding="utf-8") as file:
            return [_line(text) for text in file]
    return _delimited(path, name, work, most)


def _line(text: str) -> Line:
    number, cells = json.loads(text)
    return Line(number, [read_cell(cell) for cell in cells])


def read_cell(value: Any) -> Any:
    """A cell as the child process wrote it."""
    if not isinstance(value, dict):
        return value
    text = value["d"]
    return dt.datetime.fromisoformat(text) if "T" in text else _time_or_day(text)


def _time_or_day(text: str) -> Any:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def _delimited(path: Path, name: str, work: Path, most: int) -> list[Line]:
    file = plain_text(path, name, work, None, lambda _size: None)
    with file.path.open(encoding="utf-8-sig", newline="") as text:
        heading = text.readline()
        text.seek(0)
        delimiter = max(DELIMITERS, key=heading.count)
        found = []
        try:
            for line in _records(csv.reader(text, delimiter=delimiter)):
                found.append(line)
                if len(found) > most + 1:
                    raise too_many_rows(name, most)
        except csv.Error as error:
            raise BadInput("file", _("%(file)s is not a table that can be read.") % {"file": name}) from error
    return found


def _records(reader: Any) -> Iterator[Line]:
    number = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Line(number, [unguard(cell) for cell in cells])
        number = reader.line_num + 1
