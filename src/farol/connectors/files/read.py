"""From files as people have them to one checked table `incoming`, or to the list of their bad rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from farol.connectors.files.forms import Forms, day_order, decimal_mark, doubtful_amount, read_decimal, read_order
from farol.connectors.files.layout import NAMES, Layout, find_layout, sample
from farol.connectors.files.rejects import numbered, reject
from farol.connectors.files.spec import FileSpec, Kind
from farol.connectors.files.stage import Source, read_text, stage
from farol.connectors.files.table import table_text
from farol.connectors.files.validity import collapse_twins, count_rows, doubtful
from farol.core.errors import BadInput
from farol.engines.sources.loader import FileToLoad, LoadRequest, Progress
from farol.engines.warehouse.sql import compose, ident
from farol.platform.tables.plain import PlainFile, kind_of, plain_text
from farol.platform.tables.workbook import workbook_text

SAMPLE = 5000
SHOWN_EVERY = 8 << 20


@dataclass
class Incoming:
    """What was read: `rows` records, of which `rejected` are bad (then `rejects` is the file that says why).

    `absent` are the value columns that no file brought.
    """

    rows: int
    digests: list[str]
    report: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    rejected: int = 0
    rejects: Path | None = None


def read_files(
    connection: duckdb.DuckDBPyConnection,
    spec: FileSpec,
    types: dict[str, str],
    request: LoadRequest,
    work: Path,
    rejects: Path,
    progress: Progress,
) -> Incoming:
    """Fill `incoming` with one row per grain, or write `rejects`.

    `BadInput` for files that cannot be read at all, lack a required column, or whose days or amounts are ambiguous.
    """
    plain = _plain_files(request, work, progress)
    sources = [_source(connection, spec, file, request) for file in plain]
    read = Incoming(0, [f.digest for f in plain], {s.file.name: _report(s) for s in sources}, _absent(spec, sources))
    progress("read", 0, 1)
    try:
        stage(connection, spec, sources, types)
        careful = doubtful(connection, spec)
    except duckdb.Error:
        careful = True
    if careful:
        sources = [numbered(source, work / f"numbered{i}.csv") for i, source in enumerate(sources)]
        read.rows, read.rejected = reject(connection, spec, sources, rejects)
        read.rejects = rejects if read.rejected else None
        if not read.rejected:
            stage(connection, spec, sources, types)
            doubtful(connection, spec)
    else:
        read.rows = count_rows(connection)
    progress("read", 1, 1)
    if not read.rows:
        raise BadInput("file", _("The files have a header but no rows."), code="empty")
    if not read.rejected:
        collapse_twins(connection, spec)
    return read


def _absent(spec: FileSpec, sources: list[Source]) -> list[str]:
    brought = {f.column for s in sources for f in s.layout.fields if f}
    if any(s.layout.extras for s in sources):
        brought.add(spec.extra)
    return [c for c in spec.columns if c not in brought and c not in spec.grain]


def _plain_files(request: LoadRequest, work: Path, progress: Progress) -> list[PlainFile]:
    total = sum(f.path.stat().st_size for f in request.files)
    seen = [0, 0]

    def advance(size: int) -> None:
        seen[0] += size
        if seen[0] - seen[1] >= SHOWN_EVERY:
            seen[1] = seen[0]
            progress("scan", seen[0], total)

    if request.postgres:
        return [table_text(*request.postgres, work, advance)]
    return [plain_file(f, work, request.encoding, advance) for f in request.files]


def plain_file(wanted: FileToLoad, work: Path, encoding: str | None, advance: Callable[[int], None]) -> PlainFile:
    """A file as people have it (text, gzip, workbook) as delimited text; `BadInput` for an old .xls."""
    kind = kind_of(wanted.path)
    if kind == "ole":
        raise BadInput("file", _("%(file)s is an old .xls workbook. Save it as .xlsx or CSV.") % {"file": wanted.name})
    if kind == "zip":
        return workbook_text(wanted.path, wanted.name, work)
    return plain_text(wanted.path, wanted.name, work, encoding, advance)


def _source(connection: duckdb.DuckDBPyConnection, spec: FileSpec, file: PlainFile, request: LoadRequest) -> Source:
    layout = find_layout(file, spec, _delimiter(request.delimiter))
    rows = sample(file, layout, SAMPLE)
    amounts = _cells(rows, layout, Kind.MONEY)
    unread = Source(file, layout, Forms("ymd", "."))
    decimal = read_decimal(request.decimal) if request.decimal else decimal_mark(amounts)
    if decimal is None:
        decimal = _decimal_of_all(connection, unread, amounts)
    if request.date_format:
        order = read_order(request.date_format)
    else:
        days = _cells(rows, layout, Kind.DAY)
        order = day_order(days, decimal=decimal, doubtful=lambda: _distinct(connection, unread, Kind.DAY))
    return Source(file, layout, Forms(order, decimal))


def _decimal_of_all(connection: duckdb.DuckDBPyConnection, source: Source, first: list[str]) -> str:
    values = first if len(first) < SAMPLE else _distinct(connection, source, Kind.MONEY)
    mark = decimal_mark(values)
    if mark is None and (example := doubtful_amount(values)):
        raise BadInput(
            "decimal",
            _("“%(value)s” could be two amounts. Say which decimal mark the file has: a comma or a point.")
            % {"value": example},
            code="ambiguous_decimal",
        )
    return mark or "."


def _distinct(connection: duckdb.DuckDBPyConnection, source: Source, kind: Kind) -> list[str]:
    names = [n for n, f in zip(source.names, source.layout.fields, strict=True) if f and f.kind is kind]
    found: list[str] = []
    for name in names:
        sql = compose("SELECT DISTINCT {c} FROM {text} WHERE {c} IS NOT NULL", c=ident(name), text=read_text(source))
        try:
            found += [row[0] for row in connection.execute(sql).fetchall()]
        except duckdb.Error:
            return found  # the careful reading will name the rows
    return found


def _cells(rows: list[list[str]], layout: Layout, kind: Kind) -> list[str]:
    places = [i for i, f in enumerate(layout.fields) if f and f.kind is kind]
    return [row[i].strip() for row in rows for i in places if i < len(row) and row[i].strip()]


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    mark = {"tab": "\t", "\\t": "\t", **{name: mark for mark, name in NAMES.items()}}.get(text.lower(), text)
    if len(mark) != 1:
        raise BadInput("delimiter", _("The delimiter is one character, or tab."))
    return mark


def _report(source: Source) -> dict[str, Any]:
    """What was found out about a file, for the person and for the history."""
    return {
        "encoding": source.file.encoding,
        "delimiter": NAMES.get(source.layout.delimiter, source.layout.delimiter),
        "decimal": source.forms.decimal,
        "days": source.forms.day,
        "renamed": source.layout.renamed,
        "extra": source.layout.extras,
    }
