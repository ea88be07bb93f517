"""CSV as a Brazilian Excel opens it: semicolons, decimal comma, byte order mark, and a guard against formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from farol.core.money import quantize
from farol.platform.exports.columns import Column, Kind, headings

BOM = "\ufeff"
_DANGEROUS = "=+-@\t\r\n|%"


def csv_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], language: str = "pt-br", *, bom: bool = True
) -> Iterator[str]:
    """Lines of text, the heading first. English writes commas between columns and a decimal point."""
    english = language.startswith("en")
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="," if english else ";", lineterminator="\r\n")

    def line(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield (BOM if bom else "") + line(guard(name) for name in headings(columns))
    write = [_writer(Kind(column.kind), "." if english else ",") for column in columns]
    for row in rows:
        yield line("" if value is None else show(value) for show, value in zip(write, row, strict=True))


def guard(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet could take it for a formula, and without NUL characters.

    Full-width twins of `=`, `+`, `-` and `@` count: some spreadsheets fold them. A text that already begins with an
    apostrophe gets a second one, so that `unguard` gives back exactly what went in.
    """
    clean = text.replace("\x00", "")
    first = unicodedata.normalize("NFKC", clean.lstrip(" ")[:1])
    return f"'{clean}" if first and (first in _DANGEROUS or clean.startswith("'")) else clean


def unguard(text: str) -> str:
    """What `guard` was given, for importing a file of our own."""
    inner = text[1:]
    return inner if text.startswith("'") and guard(inner) == text else text


def _writer(kind: Kind, mark: str) -> Callable[[Any], str]:
    if kind is Kind.MONEY:
        return lambda value: str(quantize(Decimal(value))).replace(".", mark)
    if kind in (Kind.NUMBER, Kind.PERCENT):
        return lambda value: f"{Decimal(str(value)):f}".replace(".", mark)
    if kind is Kind.INTEGER:
        return lambda value: str(int(value))
    if kind is Kind.DATE:
        return dt.date.isoformat
    if kind is Kind.DATETIME:
        return lambda value: value.isoformat(sep=" ", timespec="seconds")
    if kind is Kind.BOOLEAN:
        return lambda value: "1" if value else "0"
    return lambda value: guard(str(value))
