"""Reads delimited files into one typed table, in SQL: days, amounts in centavos, counts, extra columns as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from farol.connectors.files.forms import Forms
from farol.connectors.files.layout import Layout
from farol.connectors.files.spec import Field, FileSpec, Kind
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal
from farol.platform.tables.plain import PlainFile

INCOMING = Sql("incoming")
LONGEST_TEXT = 200
TYPES = {Kind.DAY: Sql("DATE"), Kind.TEXT: Sql("TEXT"), Kind.COUNT: Sql("BIGINT"), Kind.MONEY: Sql("BIGINT")}
_DAY_TEXTS = {
    "dmy": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"),
}


@dataclass(frozen=True)
class Source:
    """A file with how it is to be read. `numbered` files carry two columns in front: line and structural problem."""

    file: PlainFile
    layout: Layout
    forms: Forms
    numbered: bool = False

    @property
    def names(self) -> list[str]:
        return [f"c{i}" for i in range(len(self.layout.headers))]


def stage(
    connection: duckdb.DuckDBPyConnection, spec: FileSpec, sources: Sequence[Source], types: dict[str, str]
) -> None:
    """(Re)create table `incoming` with the spec's columns in the order and with the types of `types`.

    A required cell that cannot be read is NULL. Raises `duckdb.Error` for an optional one that cannot be read, and for
    a file whose records do not all have one shape.
    """
    selects = listed((_select(spec, source, types) for source in sources), " UNION ALL BY NAME ")
    connection.execute(compose("CREATE OR REPLACE TABLE {table} AS {selects}", table=INCOMING, selects=selects))


def read_text(source: Source) -> Sql:
    """The file as a relation of text columns `c0`, `c1`… (with `line` and `problem` in front where numbered)."""
    front = ["line", "problem"] if source.numbered else []
    names = each("{}: 'VARCHAR'", [*front, *source.names])
    return compose(
        "read_csv({path}, delim={delimiter}, quote='\"', escape='\"', header=true, auto_detect=false, strict_mode=true,"
        " columns={{{names}}})",
        path=literal(source.file.path),
        delimiter=literal("," if source.numbered else source.layout.delimiter),
        names=names,
    )


def typed(spec: FileSpec, source: Source) -> dict[str, Sql]:
    """Column of landing -> expression over `c0`, `c1`…"""
    found = {f.column: f for f in source.layout.fields if f}
    by_column = {f.column: ident(name) for f, name in zip(source.layout.fields, source.names, strict=True) if f}
    values = {
        f.column: value_of(f, by_column[f.column], source.forms) if f.column in found else literal(f.default)
        for f in spec.fields
    }
    return {**values, spec.extra: _extra(source)}


def value_of(field: Field, cell: Sql, forms: Forms) -> Sql:
    """The typed value of a text cell; NULL where it is empty or cannot be read."""
    if field.kind is Kind.TEXT:
        text = compose(  # trimming every cell of millions costs more than looking at its ends
            "CASE WHEN {cell} = '' OR starts_with({cell}, ' ') OR ends_with({cell}, ' ')"
            " THEN nullif(trim({cell}), '') ELSE {cell} END",
            cell=cell,
        )
        return (
            compose("coalesce({text}, {default})", text=text, default=literal(field.default))
            if field.default is not None
            else text
        )
    if field.kind is Kind.DAY:
        return _day(cell, forms.day)
    return _money(cell, forms.decimal) if field.kind is Kind.MONEY else _count(cell, forms.decimal)


def _select(spec: FileSpec, source: Source, types: dict[str, str]) -> Sql:
    values = typed(spec, source)
    for name, field in zip(source.names, source.layout.fields, strict=True):
        if field and not field.required and field.kind is not Kind.TEXT:
            values[field.column] = compose(
                "CASE WHEN trim(coalesce({cell}, '')) <> '' THEN coalesce({value}, error('unreadable')) END",
                cell=ident(name),
                value=values[field.column],
            )
    columns = listed(
        compose("CAST({value} AS {type}) AS {name}", value=values[name], type=Sql(kind), name=ident(name))
        for name, kind in types.items()
    )
    return compose("SELECT {columns} FROM {text}", columns=columns, text=read_text(source))


def _day(cell: Sql, order: str) -> Sql:
    if order == "ymd":
        return compose("coalesce(try_cast({cell} AS DATE), try_strptime(trim({cell}), '%Y%m%d')::DATE)", cell=cell)
    texts = listed(literal(t) for t in _DAY_TEXTS[order])
    return compose("try_strptime(trim({cell}), [{texts}])::DATE", cell=cell, texts=texts)


def _money(cell: Sql, decimal: str) -> Sql:
    return compose(
        "CAST({value} * 100 AS BIGINT)",
        value=_decimal(cell, decimal, Sql("DECIMAL(18,2)")),
    )


def _count(cell: Sql, decimal: str) -> Sql:
    """A whole number; `12.0` is one, `12.5` is not (a plain cast would round it)."""
    exact = _decimal(cell, decimal, Sql("DECIMAL(18,4)"))
    return compose(
        "CASE WHEN contains({cell}, '.') OR contains({cell}, ',')"
        " THEN CASE WHEN {exact} = floor({exact}) THEN CAST({exact} AS BIGINT) END"
        " ELSE try_cast({cell} AS BIGINT) END",
        cell=cell,
        exact=exact,
    )


def _decimal(cell: Sql, decimal: str, kind: Sql) -> Sql:
    """The quick reading first; currency sign, blanks and grouping only for the cells that need it."""
    bare = compose("regexp_replace({cell}, '[R$\\s\u00a0]', '', 'g')", cell=cell)
    if decimal == ".":
        pattern, cleaned = (
            "-?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]*)?|-?[0-9]*\\.?[0-9]+",
            compose("replace({b}, ',', '')", b=bare),
        )
        quick = compose("try_cast({cell} AS {kind})", cell=cell, kind=kind)
    else:
        pattern = "-?[0-9]{1,3}(\\.[0-9]{3})+(,[0-9]*)?|-?[0-9]+(,[0-9]*)?"
        cleaned = compose("replace(replace({b}, '.', ''), ',', '.')", b=bare)
        quick = compose(
            "CASE WHEN NOT contains({cell}, '.') THEN try_cast(replace({cell}, ',', '.') AS {kind}) END",
            cell=cell,
            kind=kind,
        )
    slow = compose(
        "CASE WHEN regexp_full_match({bare}, {pattern}) THEN try_cast({cleaned} AS {kind}) END",
        bare=bare,
        pattern=literal(pattern),
        cleaned=cleaned,
        kind=kind,
    )
    return compose("coalesce({quick}, {slow})", quick=quick, slow=slow)


def _extra(source: Source) -> Sql:
    """Undeclared columns as a JSON object, NULL where all are empty."""
    pairs = [
        (h, n) for h, f, n in zip(source.layout.headers, source.layout.fields, source.names, strict=True) if f is None
    ]
    if not pairs:
        return Sql("NULL")
    return compose(
        "CASE WHEN coalesce({cells}) IS NOT NULL THEN CAST(json_object({pairs}) AS TEXT) END",
        cells=each("nullif(trim({}), '')", [n for _h, n in pairs]),
        pairs=listed(compose("{key}, {cell}", key=literal(h), cell=ident(n)) for h, n in pairs),
    )
