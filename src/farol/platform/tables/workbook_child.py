"""Run as a process of its own: writes the first sheet with rows of a workbook, within limits it sets itself.

    workbook_child.py SOURCE TARGET MEMORY SECONDS OUTPUT text|typed MOST

`text` is CSV whose lines are the sheet's rows; `typed` is a line of JSON for each row that is not empty, at most MOST.
Needs nothing of Farol, so that it starts quickly. Exit codes: 3 damaged or empty, 4 too many rows, others a limit.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
import sys
from typing import Any

NO_TABLE, TOO_MANY_ROWS = 3, 4
NICE = 5  # pages come first
_THREE_DECIMALS = re.compile(r"^-?\d{1,3}\.\d{3}$")


def limit(memory: int, seconds: int, output: int) -> None:
    """Before anything is read; where the system has no such limits the parent's patience is the only one."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    os.nice(NICE)


def text_of(value: Any) -> str:
    """A cell as text: days in ISO form, numbers with a decimal point and nothing that could be taken for grouping."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(int(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return " ".join(str(value).splitlines()).replace("\0", "")


def number(value: float) -> str:
    text = str(int(value)) if value.is_integer() else repr(value)
    return text + "0" if _THREE_DECIMALS.match(text) else text


def convert(source: str, target: str, mode: str, most: int) -> bool:
    """False where no sheet has rows."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(source)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if any(cell != "" for row in rows for cell in row):
            if mode == "typed":
                write_typed(rows, target, most)
            else:
                write(rows, target)
            return True
    return False


def write_typed(rows: list[list[Any]], target: str, most: int) -> None:
    count = 0
    with open(target, "w", encoding="utf-8") as file:
        for number, row in enumerate(rows, 1):
            if all(cell == "" for cell in row):
                continue
            count += 1
            if count > most:
                sys.exit(TOO_MANY_ROWS)
            file.write(json.dumps([number, [plain(cell) for cell in row]]) + "\n")


def plain(value: Any) -> Any:
    """A cell as JSON: days and instants as `{"d": "2026-11-21"}`, other things as they are."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return {"d": value.date().isoformat()}
    if isinstance(value, (dt.date, dt.datetime)):
        return {"d": value.isoformat()}
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def write(rows: list[list[Any]], target: str) -> None:
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            cells = [text_of(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)
            else:
                file.write("\r\n")  # keeps line numbers equal to the sheet's rows


if __name__ == "__main__":
    limit(*(int(n) for n in sys.argv[3:6]))
    from python_calamine import CalamineError

    try:
        found = convert(sys.argv[1], sys.argv[2], sys.argv[6], int(sys.argv[7]))
    except (CalamineError, ValueError, OSError):
        sys.exit(NO_TABLE)
    sys.exit(0 if found else NO_TABLE)
