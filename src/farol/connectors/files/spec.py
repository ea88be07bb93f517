"""What a room declares about a file that it can load."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from farol.engines.warehouse.sql import Sql
from farol.platform.tables.names import normal


class Kind(StrEnum):
    """How the text of a column is read. Amounts become integer centavos; counts are integers from zero."""

    DAY = "day"
    TEXT = "text"
    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True)
class Field:
    """A column that a file may bring. `name` is the name people know, `column` the one in landing.

    A column that is not required may be absent; `default` is then stored (and where a cell is empty).
    """

    name: str
    column: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = True
    default: str | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(normal(n) for n in (self.name, self.column, *self.aliases))


@dataclass(frozen=True)
class Rule:
    """What no row may be, beyond its cells: `broken` makes the condition from the values by column."""

    broken: Callable[[Mapping[str, Sql]], Sql]
    sentence: Any


@dataclass(frozen=True)
class FileSpec:
    """The columns of a kind of file, what tells one of its rows from another, and where other columns go (JSON).

    Without a grain every row stands for itself, also where two are alike.
    """

    label: Any
    fields: tuple[Field, ...]
    grain: tuple[str, ...]
    extra: str = "extra"
    rules: tuple[Rule, ...] = ()

    def field_of(self, header: str) -> Field | None:
        wanted = normal(header)
        return next((f for f in self.fields if wanted in f.names), None)

    def missing(self, found: Sequence[Field]) -> list[Field]:
        return [f for f in self.fields if f.required and f not in found]

    @property
    def columns(self) -> list[str]:
        return [*(f.column for f in self.fields), self.extra]
