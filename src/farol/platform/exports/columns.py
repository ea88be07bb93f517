"""What a column of an exported file holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """`money` is Decimal reais, `percent` a number in percent, `datetime` an instant already brought to local time."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """`name` is for machines, `label` heads the column; `kind` is one of `Kind` (its text will do)."""

    name: str
    label: Any
    kind: str = Kind.TEXT


def headings(columns: Sequence[Column]) -> list[str]:
    """The labels, told apart where two are equal."""
    seen: dict[str, int] = {}
    found = []
    for column in columns:
        label = str(column.label)
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
