"""Files people take away: XLSX and CSV. A text is never read as a formula or a link, whatever it begins with."""

from __future__ import annotations

from pathlib import Path

from farol.platform.exports.columns import Column, Kind
from farol.platform.exports.delimited import csv_lines, guard, unguard
from farol.platform.exports.spreadsheet import MAX_ROWS, xlsx, xlsx_book

FONTS = Path(__file__).parent / "fonts"  # for whoever lays out a PDF

__all__ = ["FONTS", "MAX_ROWS", "Column", "Kind", "csv_lines", "guard", "unguard", "xlsx", "xlsx_book"]
