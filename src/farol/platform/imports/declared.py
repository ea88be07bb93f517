"""What a room declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


@dataclass(frozen=True)
class Field:
    """A column of the file. `kind`: text, integer, money, number, percent, date, datetime, boolean.

    `choices` are pairs of value and label; a file may hold either. `example` goes into the template, as Python value.
    """

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    example: Any = None
    help: Any = ""
    choices: Sequence[tuple[Any, Any]] = ()


@dataclass(frozen=True)
class Given:
    """One row: its number in the file, and its values as Python has them; an empty cell is None."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken. `column` is a field's name, or empty for the row as a whole."""

    line: int
    column: str
    text: str


@dataclass
class Checked:
    """`values` has an entry for each row, in their order, as `save` takes it; unused where there are problems.

    `notes` are sentences that do not stand in the way, such as “12 customers are known and will be changed”.
    """

    values: list[Any]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Importer:
    """`check(rows, principal)` judges without changing anything; it is asked again in the transaction that saves.

    `save(values, principal)` makes one record and may raise `BadInput` or `Refused`, which undoes the whole file.
    """

    name: str
    label: Any
    columns: tuple[Field, ...]
    check: Callable[[list[Given], Principal], Checked]
    save: Callable[[Any, Principal], object]
    permission: str = "import"
    most_rows: int = 20_000


def find_importer(name: str) -> Importer:
    """`KeyError` for a name nobody declares."""
    return {importer.name: importer for importer in collect("importers", "IMPORTERS")}[name]
