"""SQL is put together from quoted names, quoted literals and templates of the code, never from plain text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farol.engines.warehouse.dataset import Table


class Sql(str):
    """Text that is safe to stand in a statement."""

    __slots__ = ()


def ident(name: str) -> Sql:
    """A quoted identifier."""
    return Sql('"' + name.replace('"', '""') + '"')


def literal(value: str | Path | int | None) -> Sql:
    """A quoted text, a number or NULL, for the places where a statement takes no parameter."""
    if value is None:
        return Sql("NULL")
    if isinstance(value, int):
        return Sql(str(value))
    return Sql("'" + str(value).replace("'", "''") + "'")


def compose(template: str, **parts: Sql) -> Sql:
    """`template` with its `{names}` replaced; `TypeError` for a part that is plain text. `{{` is a brace."""
    for name, part in parts.items():
        if not isinstance(part, Sql):
            raise TypeError(f"part {name} of a statement is plain text")
    return Sql(template.format(**parts))


def listed(parts: Iterable[Sql], between: str = ", ") -> Sql:
    """Parts joined by a comma, `AND`, `OR`…"""
    return Sql(between.join(parts))


def each(template: str, names: Iterable[str], between: str = ", ") -> Sql:
    """`template` once for each name, in place of its `{}`."""
    return listed((Sql(template.format(ident(name))) for name in names), between)


def declared(table: Table) -> Sql:
    """The columns of a declared table with their types, as CREATE TABLE takes them."""
    return listed(compose("{name} {kind}", name=ident(n), kind=Sql(k)) for n, k in table.columns.items())
