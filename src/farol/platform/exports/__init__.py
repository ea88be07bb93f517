"""Files people take away: XLSX and CSV. A text is never read as a formula or a link, whatever it begins with."""

from __future__ import annotations

from farol.platform.exports.columns import Column, Kind
from farol.platform.exports.delimited import csv_lines, guard, unguard
from farol.platform.exports.spreadsheet import MAX_ROWS, xlsx, xlsx_book

__all__ = ["MAX_ROWS", "Column", "Kind", "csv_lines", "guard", "unguard", "xlsx", "xlsx_book"]
