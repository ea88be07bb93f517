"""What was read from a file, encrypted in the data folder until it is decided about."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from farol.platform.imports.declared import Problem
from farol.platform.tables.typed import Line, read_cell


def folder(token: str) -> Path:
    return Path(settings.FAROL_HOME) / "imports" / token


def write(token: str, name: str, body: Any) -> None:
    place = folder(token)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    (place / name).write_bytes(settings.KEYRING.encrypt(json.dumps(body).encode()))


def read(token: str, name: str) -> Any:
    """`FileNotFoundError` once the run is over."""
    return json.loads(settings.KEYRING.decrypt((folder(token) / name).read_bytes()))


def keep_lines(token: str, lines: list[Line]) -> None:
    write(token, "lines", [[line.number, [_plain(cell) for cell in line.cells]] for line in lines])


def lines(token: str) -> list[Line]:
    """The heading first."""
    return [Line(number, [read_cell(cell) for cell in cells]) for number, cells in read(token, "lines")]


def keep_findings(token: str, problems: list[Problem], notes: list[str]) -> None:
    write(token, "findings", [[[p.line, p.column, p.text] for p in problems], notes])


def findings(token: str) -> tuple[list[Problem], list[str]]:
    try:
        problems, notes = read(token, "findings")
    except FileNotFoundError:
        return [], []
    return [Problem(*one) for one in problems], notes


def forget(token: str) -> None:
    shutil.rmtree(folder(token), ignore_errors=True)


def _plain(cell: Any) -> Any:
    return {"d": cell.isoformat()} if isinstance(cell, dt.date) else cell
