"""From the cells of a file to the values that an importer declares."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from farol.core import clock, formats, money
from farol.core.errors import BadInput
from farol.platform.imports.declared import Field, Given, Importer, Problem
from farol.platform.tables.names import normal
from farol.platform.tables.typed import Line

_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_NUMBER = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$|^[+-]?\d+(\.\d+)?$")
LONGEST = 10_000


def columns_of(heading: Line, importer: Importer) -> list[Field | None]:
    """Which field each column of the file is; None for one that is not asked for.

    `BadInput` names required columns that are missing, and those that are there twice.
    """
    by_name = {normal(str(text)): field for field in importer.columns for text in (field.name, field.label)}
    found = [by_name.get(normal(str(cell))) for cell in heading.cells]
    missing = [f for f in importer.columns if f.required and f not in found]
    if missing:
        names = ", ".join(f"“{f.label}”" for f in missing)
        raise BadInput("file", _("The file has no column %(names)s. Start from the template.") % {"names": names})
    twice = [f for f in importer.columns if found.count(f) > 1]
    if twice:
        names = ", ".join(f"“{f.label}”" for f in twice)
        raise BadInput("file", _("These columns are there more than once: %(names)s.") % {"names": names})
    return found


def given(lines: Iterable[Line], columns: list[Field | None]) -> tuple[list[Given], list[Problem]]:
    """The rows, and what cannot be read in them; a row with such a cell is left out of the rows."""
    rows, problems = [], []
    for line in lines:
        values, wrong = _row(line, columns)
        problems += wrong
        if not wrong:
            rows.append(Given(line.number, values))
    return rows, problems


def _row(line: Line, columns: list[Field | None]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    cells = line.cells + [""] * (len(columns) - len(line.cells))
    for field, cell in zip(columns, cells, strict=False):
        if field is None:
            continue
        try:
            values[field.name] = value_of(field, cell)
        except BadInput as error:
            problems.append(Problem(line.number, field.name, str(error.detail)))
    return values, problems


def value_of(field: Field, cell: Any) -> Any:
    """The value of a cell; `BadInput` in words."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if field.required:
            raise _bad(field, _("is missing"))
        return None
    if isinstance(cell, str) and len(cell) > LONGEST:
        raise _bad(field, _("is longer than %(most)s characters") % {"most": formats.number(LONGEST)})
    if field.choices:
        return _choice(field, cell)
    return _READ[field.kind](field, cell)


def text_of(cell: Any) -> str:
    """A cell as a person would have typed it."""
    if isinstance(cell, bool):
        return _("Yes") if cell else _("No")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell).replace(".", ",")
    if isinstance(cell, dt.datetime):
        return formats.instant(cell)
    return formats.date(cell) if isinstance(cell, dt.date) else str(cell)


def _bad(field: Field, text: str) -> BadInput:
    return BadInput(field.name, f"{field.label}: {text}.")


def _choice(field: Field, cell: Any) -> Any:
    wanted = normal(text_of(cell))
    for value, label in field.choices:
        if wanted in (normal(str(value)), normal(str(label))):
            return value
    known = ", ".join(str(label) for _value, label in field.choices)
    raise _bad(field, _("“%(text)s” is none of %(known)s") % {"text": text_of(cell)[:40], "known": known})


def _number(field: Field, cell: Any) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float, Decimal)):
        raise _bad(field, _("“%(text)s” is not a number") % {"text": text_of(cell)})
    if isinstance(cell, str):
        text = cell.strip().removesuffix("%").strip()
        if not _NUMBER.match(text):
            raise _bad(field, _("“%(text)s” is not a number") % {"text": cell[:40]})
        cell = text.replace(".", "").replace(",", ".") if "," in text or text.count(".") > 1 else text
    try:
        return Decimal(str(cell))
    except InvalidOperation as error:
        raise _bad(field, _("“%(text)s” is not a number") % {"text": str(cell)[:40]}) from error


def _integer(field: Field, cell: Any) -> int:
    number = _number(field, cell)
    if not number.is_finite() or number != number.to_integral_value() or abs(number) >= 10**15:
        raise _bad(field, _("“%(text)s” is not a whole number") % {"text": text_of(cell)[:40]})
    return int(number)


def _money(field: Field, cell: Any) -> Decimal:
    if isinstance(cell, str):
        try:
            return money.parse(cell)
        except BadInput as error:
            raise BadInput(field.name, f"{field.label}: {error.detail}", code=error.code) from error
    number = _number(field, cell)
    cents = number.quantize(Decimal("0.01")) if number.is_finite() and abs(number) < 10**12 else None
    if cents is None or abs(cents - number) > Decimal("0.000001"):
        raise _bad(field, _("“%(text)s” has fractions of a centavo") % {"text": text_of(cell)[:40]})
    return cents


def _date(field: Field, cell: Any) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell).strip()
    try:
        match = _DAY.match(text)
        return dt.date(int(match[3]), int(match[2]), int(match[1])) if match else dt.date.fromisoformat(text)
    except ValueError as error:
        raise _bad(field, _("“%(text)s” is not a day. Write it as 21/11/2026") % {"text": text[:40]}) from error


def _instant(field: Field, cell: Any) -> dt.datetime:
    """In the business zone where the cell names none."""
    if isinstance(cell, str):
        day, _blank, time = cell.strip().partition(" ")
        try:
            cell = dt.datetime.combine(_date(field, day), dt.time.fromisoformat(time or "00:00"))
        except ValueError as error:
            raise _bad(field, _("“%(text)s” is not an instant") % {"text": str(cell)[:40]}) from error
    if not isinstance(cell, dt.datetime):
        cell = dt.datetime.combine(_date(field, cell), dt.time())
    return cell if cell.tzinfo else cell.replace(tzinfo=clock.zone())


def _boolean(field: Field, cell: Any) -> bool:
    words = {"sim": True, "s": True, "1": True, "true": True, "yes": True, "x": True, "verdadeiro": True}
    words |= {"nao": False, "n": False, "0": False, "false": False, "no": False, "falso": False}
    found = cell if isinstance(cell, bool) else words.get(normal(text_of(cell)))
    if found is None:
        raise _bad(field, _("“%(text)s” is neither yes nor no") % {"text": text_of(cell)[:40]})
    return found


def _text(_field: Field, cell: Any) -> str:
    return text_of(cell)


_READ: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "money": _money,
    "number": _number,
    "percent": _number,
    "date": _date,
    "datetime": _instant,
    "boolean": _boolean,
}
