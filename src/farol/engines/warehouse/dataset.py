"""What a room declares to have facts in the warehouse: tables, how they are built from landing, what must hold."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from farol.core.errors import NotFound
from farol.platform.apps import collect

if TYPE_CHECKING:
    from farol.engines.warehouse.audit import Audit
    from farol.engines.warehouse.build import Build


@dataclass(frozen=True)
class Table:
    """A published table: its columns with their SQL types (the same words in DuckDB and PostgreSQL), sorted by `sort`.

    `indexed` lists the column groups that engines with indexes index.
    """

    name: str
    columns: Mapping[str, str]
    sort: tuple[str, ...]
    indexed: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class StageTable:
    """A typed table of a dataset's private file, which rows of other systems are upserted into by `key`."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ("connection_id", "id")


@dataclass(frozen=True)
class Check:
    """Something that must hold before a version is published.

    `find` returns None where it holds, otherwise the parameters of `sentence`; `ids` among them names some of the
    records, and `remedy` says what a person can do. A hard check stops the publication
    (where it `may_pass`, unless the person accepts it by name); a soft one becomes a note of the version. A `private`
    one looks at the private file of the loads and cannot be repeated on a published version.
    """

    name: str
    label: Any
    sentence: Any
    find: Callable[[Audit], dict[str, Any] | None]
    hard: bool = True
    may_pass: bool = False
    private: bool = False
    remedy: Any = ""


Results = Sequence[tuple[Check, dict[str, Any] | None]]


@dataclass(frozen=True)
class Dataset:
    """The facts of one subject, published as a whole.

    `landing` is the table of the private file from which `build` fills the tables of a new version; `grain` are the
    columns of `landing` that tell one row from another; `day` is its date column. A dataset of several entities has
    `stage` tables in place of `landing`. `spans` names the (table, day column) pairs that say from when to when there
    are facts (without them the first table's `day`), `complete` the last day that is whole. `told` is called with the
    version's name (empty where it was not published), the run and what each check found, when they have run.
    """

    name: str
    label: Any
    tables: tuple[Table, ...]
    build: Callable[[Build], None]
    landing: Table | None = None
    grain: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    day: str = "day"
    stage: tuple[StageTable, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    complete: Callable[[Audit], dt.date | None] | None = None
    told: Callable[[str, str, Results], None] | None = None
    views: Callable[[str], Mapping[str, str]] = field(default=lambda _schema: {})

    @property
    def landed(self) -> Table:
        """`landing`, of a dataset that has it."""
        if self.landing is None:
            raise TypeError(f"{self.name} has stage tables")
        return self.landing

    @property
    def all_tables(self) -> tuple[Table, ...]:
        return (*self.tables, CALENDAR)

    def table(self, name: str) -> Table:
        return next(t for t in self.all_tables if t.name == name)

    def check(self, name: str) -> Check | None:
        return next((c for c in self.checks if c.name == name), None)

    @property
    def schema_hash(self) -> str:
        """Changes when the shape of the published tables does; a rollback stays within one hash."""
        shape = [(t.name, list(t.columns.items())) for t in self.all_tables]
        return hashlib.sha256(repr(shape).encode()).hexdigest()[:16]


CALENDAR = Table(
    "calendar",
    {
        "day": "DATE",
        "d1": "DATE",
        "w1": "DATE",
        "m1": "DATE",
        "m30": "DATE",
        "y1": "DATE",
        "weekday": "INTEGER",
        "kind": "TEXT",
        "name": "TEXT",
        "business_day": "BOOLEAN",
        "pay_day": "BOOLEAN",
        "week_start": "DATE",
        "month_start": "DATE",
    },
    ("day",),
    (("day",),),
)


def all_datasets() -> tuple[Dataset, ...]:
    """Every dataset that the installed rooms declare."""
    return collect("marts", "DATASETS")


def find_dataset(name: str) -> Dataset:
    """`NotFound` with the known names for another one."""
    for dataset in all_datasets():
        if dataset.name == name:
            return dataset
    known = ", ".join(d.name for d in all_datasets())
    raise NotFound(f"“{name}” is not a dataset. Known: {known}.")
