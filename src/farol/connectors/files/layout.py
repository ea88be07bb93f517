"""Finds the delimiter and which column of the file is which declared field."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from farol.connectors.files.spec import Field, FileSpec
from farol.core.errors import BadInput
from farol.platform.tables.plain import PlainFile

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Layout:
    """`headers` as they stand in the file; `fields` the declared field of each column, None for an extra one."""

    delimiter: str
    headers: tuple[str, ...]
    fields: tuple[Field | None, ...]

    @property
    def extras(self) -> list[str]:
        return [h for h, f in zip(self.headers, self.fields, strict=True) if f is None]

    @property
    def renamed(self) -> dict[str, str]:
        """Header of the file -> declared name, where they differ."""
        pairs = zip(self.headers, self.fields, strict=True)
        return {header: f.name for header, f in pairs if f and header != f.name}


def find_layout(file: PlainFile, spec: FileSpec, delimiter: str | None) -> Layout:
    """`BadInput` for an empty file, a missing required column (it is named), or two columns for one field."""
    line = _header_line(file)
    layouts = [_layout(line, d, spec) for d in ([delimiter] if delimiter else DELIMITERS)]
    best = max(layouts, key=lambda found: (sum(f is not None for f in found.fields), len(found.headers)))
    _refuse_twice(file, best)
    missing = spec.missing([f for f in best.fields if f])
    if missing:
        raise BadInput(
            "file",
            _("%(file)s has no column %(missing)s. Columns found: %(found)s.")
            % {
                "file": file.name,
                "missing": ", ".join(f"“{f.name}”" for f in missing),
                "found": ", ".join(best.headers[:30]),
            },
            code="missing_column",
        )
    return best


def records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, cells) of every record, header included; records without any content are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        line = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1


def sample(file: PlainFile, layout: Layout, size: int) -> list[list[str]]:
    """The first records after the header."""
    return [cells for _line, cells in itertools.islice(records(file.path, layout.delimiter), 1, size + 1)]


def _header_line(file: PlainFile) -> str:
    with file.path.open(encoding="utf-8-sig", newline="") as text:
        for line in itertools.islice(text, 50):
            if line.strip():
                return line.rstrip("\r\n")
    raise BadInput("file", _("%(file)s is empty.") % {"file": file.name}, code="empty")


def _layout(line: str, delimiter: str, spec: FileSpec) -> Layout:
    headers = tuple(h.strip() for h in next(csv.reader(io.StringIO(line), delimiter=delimiter)))
    return Layout(delimiter, headers, tuple(spec.field_of(h) for h in headers))


def _refuse_twice(file: PlainFile, layout: Layout) -> None:
    for field in {f for f in layout.fields if f}:
        same = [h for h, f in zip(layout.headers, layout.fields, strict=True) if f == field]
        if len(same) > 1:
            raise BadInput(
                "file",
                _("%(file)s has more than one column for “%(field)s”: %(columns)s.")
                % {"file": file.name, "field": field.name, "columns": ", ".join(same)},
            )
