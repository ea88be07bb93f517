"""SQL is put together only from quoted names, quoted literals and templates written in the code, never from plain text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


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
