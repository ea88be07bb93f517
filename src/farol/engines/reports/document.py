"""What a report says, free of how it is written down: Markdown, PDF and XLSX are drawn from the same document.

All texts are final, in the document's language. Everything in `sections` depends on nothing but the data up to the
day reported: it is the "data section", byte-equal whenever the report is made again. What may differ (receipts,
versions, times) stands in `origin`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from farol.platform.exports import Column, Kind


class Look(StrEnum):
    """How a table's figure is written, where its `Kind` alone does not say."""

    PLAIN = "plain"
    CHANGE = "change"
    SIGNED = "signed"


@dataclass(frozen=True)
class Field(Column):
    """A column of a table. `good` is 1 where up is good, -1 where down is good, 0 where neither has a colour;
    `look` CHANGE writes sign and arrow, SIGNED the sign alone; `digits` applies to numbers and percents; `width` is
    that of the column on paper in millimetres, 0 as its content asks."""

    look: Look = Look.PLAIN
    good: int = 0
    digits: int = 1
    width: int = 0

    @property
    def right(self) -> bool:
        """True if the column is aligned to the right."""
        return self.kind in (Kind.INTEGER, Kind.MONEY, Kind.PERCENT, Kind.NUMBER)


@dataclass(frozen=True)
class Summary:
    """The sentences a reader in a hurry reads; the first one leads."""

    sentences: Sequence[str]


@dataclass(frozen=True)
class Change:
    """One line of a card: what it is compared with, the change in percent (None: no base), which way is good."""

    label: str
    pct: Any
    good: int = 1


@dataclass(frozen=True)
class Card:
    """One figure: compact text, full text, its changes, and the chart option of its course."""

    label: str
    value: str
    full: str
    changes: Sequence[Change]
    spark: dict[str, Any] | None = None


@dataclass(frozen=True)
class Cards:
    cards: Sequence[Card]


@dataclass(frozen=True)
class Table:
    """Rows of raw values, each in the order of `fields`; `strong` is the number of a row to stress, or None."""

    title: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[Any]]
    note: str = ""
    strong: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart option of the dashboards; `caption` says in words what it shows, `data` are its figures for the formats
    that have no pictures. `half` stands beside its neighbour."""

    title: str
    option: dict[str, Any]
    caption: str
    height: int = 220
    half: bool = False
    data: Table | None = None


@dataclass(frozen=True)
class Note:
    """A finding: its sentence, what to do about it, the number of its receipt, and `good`, `bad` or no tone."""

    text: str
    action: str = ""
    receipt: int | None = None
    tone: str = ""


@dataclass(frozen=True)
class Notes:
    items: Sequence[Note]


Block = Summary | Cards | Table | Chart | Notes


@dataclass(frozen=True)
class Section:
    """A titled part; `receipts` are numbers of the origin's list that its figures come from."""

    title: str
    blocks: Sequence[Block]
    receipts: Sequence[int] = ()


@dataclass(frozen=True)
class Receipt:
    """A code that opens and runs again the question behind figures."""

    number: int
    label: str
    code: str


@dataclass
class Receipts:
    """Numbers the receipts of a report in the order in which they are met; the same code has one number."""

    found: list[Receipt] = field(default_factory=list)

    def number(self, code: str, label: str) -> int:
        for receipt in self.found:
            if receipt.code == code:
                return receipt.number
        self.found.append(Receipt(len(self.found) + 1, label, code))
        return len(self.found)


@dataclass(frozen=True)
class Origin:
    """Where the figures come from: outside the data section."""

    data_version: str
    receipts: Sequence[Receipt] = ()
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Document:
    """A whole report. `asked` is the day asked for, `day` the one reported; `notice` says so where they differ."""

    title: str
    subtitle: str
    language: str
    asked: dt.date
    day: dt.date
    sections: Sequence[Section]
    origin: Origin
    notice: str = ""

    @property
    def stem(self) -> str:
        """The name of its files without their ending."""
        return f"kpi_report_{self.day.isoformat()}"
