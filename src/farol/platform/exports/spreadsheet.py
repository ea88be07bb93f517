"""XLSX, written row by row: memory does not grow with the number of rows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheets

from farol.core.errors import BadInput
from farol.platform.exports.columns import Column, Kind, headings

Target = str | os.PathLike[str] | BinaryIO
Sheet = tuple[str, Sequence[Column], Iterable[Sequence[Any]]]

MAX_ROWS = 1_048_575  # of a sheet, below its heading
_MAX_TEXT = 32_767
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_NUMBER_FORMATS = {
    Kind.INTEGER: "#,##0",
    Kind.MONEY: '"R$" #,##0.00;[Red]-"R$" #,##0.00',
    Kind.PERCENT: '0.00" %"',
    Kind.NUMBER: "#,##0.00##",
    Kind.DATE: "dd/mm/yyyy",
    Kind.DATETIME: "dd/mm/yyyy hh:mm",
}
_WIDTHS = {Kind.TEXT: 24.0, Kind.MONEY: 18.0, Kind.DATETIME: 17.0}


def xlsx(
    target: Target, columns: Sequence[Column], rows: Iterable[Sequence[Any]], title: Any = "", *, filters: bool = True
) -> None:
    """One sheet of `rows`, each in the order of `columns`, to a path or binary stream. `BadInput` beyond `MAX_ROWS`."""
    xlsx_book(target, [(str(title) or _("Data"), columns, rows)], filters=filters)


def xlsx_book(target: Target, sheets: Sequence[Sheet], *, filters: bool = True) -> None:
    """A workbook of several sheets, `(title, columns, rows)` each.

    A file that could not be finished is removed: half an export must not be taken for a whole one.
    """
    named = list(zip(_sheet_names([title for title, _columns, _rows in sheets]), sheets, strict=True))
    try:
        write_worksheets(
            [(name, _records(columns, rows)) for name, (_title, columns, rows) in named],
            target,
            freeze_panes={"general": {"row": 1, "col": 0}},
            header_format={"general": Format().set_bold().set_background_color("#E9EEF6").set_border_bottom("thin")},
            column_formats={name: _formats(columns) for name, (_title, columns, _rows) in named},
            column_widths={name: _widths(columns) for name, (_title, columns, _rows) in named},
            autofilter={"general": filters},
        )
    except BaseException:
        if isinstance(target, str | os.PathLike):
            Path(target).unlink(missing_ok=True)
        raise


def _records(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    names = headings(columns)
    converters = [_CONVERT.get(Kind(column.kind), _text) for column in columns]
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise BadInput(
                "rows", _("An Excel sheet holds %(max)d rows. Filter more, or export CSV.") % {"max": MAX_ROWS}
            )
        cells = zip(names, converters, row, strict=True)
        yield {name: None if value is None else convert(value) for name, convert, value in cells}
    if not count:  # the heading is written with the first row
        yield dict.fromkeys(names)


def _text(value: Any) -> str:
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", str(value))[:_MAX_TEXT]


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=None)  # Excel has no zones; the caller chose the local one


def _same(value: Any) -> Any:
    return value


_CONVERT: dict[Kind, Callable[[Any], Any]] = {
    Kind.INTEGER: int,
    Kind.MONEY: _same,
    Kind.PERCENT: _same,
    Kind.NUMBER: _same,
    Kind.DATE: _same,
    Kind.DATETIME: _moment,
    Kind.BOOLEAN: bool,
}


def _formats(columns: Sequence[Column]) -> dict[str, Format]:
    found = {}
    for name, column in zip(headings(columns), columns, strict=True):
        if column.kind == Kind.TEXT:
            found[name] = Format().set_num_format("@").set_quote_prefix()
        elif column.kind in _NUMBER_FORMATS:
            found[name] = Format().set_num_format(_NUMBER_FORMATS[Kind(column.kind)])
    return found


def _widths(columns: Sequence[Column]) -> dict[str, float]:
    names = headings(columns)
    return {n: max(_WIDTHS.get(Kind(c.kind), 14.0), len(n) + 4.0) for n, c in zip(names, columns, strict=True)}


def _sheet_names(titles: Sequence[Any]) -> list[str]:
    """Names Excel accepts: up to 31 characters, none of `[]:*?/\\`, no apostrophe at an end, each only once."""
    found: list[str] = []
    for title in titles:
        base = _NOT_IN_A_SHEET_NAME.sub(" ", _text(title)).strip(" '")[:31] or "1"
        name, turn = base, 1
        while name.casefold() in (other.casefold() for other in found):
            turn += 1
            name = f"{base[: 28 - len(str(turn))]} ({turn})"
        found.append(name)
    return found
