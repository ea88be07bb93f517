"""Whether every incoming row is good, asked of the whole table at once."""

from __future__ import annotations

import duckdb

from farol.connectors.files.spec import Field, FileSpec, Kind
from farol.connectors.files.stage import INCOMING, LONGEST_TEXT
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal

FIRST_YEAR, LAST_YEAR = 2000, 2100


def doubtful(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> bool:
    """True if some row is bad, or rows of one grain differ: then the careful reading says which and why.

    Leaves the hashes of grains that come more than once in table `twins`.
    """
    values = {column: ident(column) for column in spec.columns}
    bad = [is_bad(f, values[f.column]) for f in spec.fields] + [rule.broken(values) for rule in spec.rules]
    if _value(connection, "SELECT count(*) FROM {t} WHERE {bad}", bad=listed(bad, " OR ")):
        return True
    if not spec.grain:
        return False
    grain = each("{}", spec.grain)
    connection.execute(
        compose(
            "CREATE OR REPLACE TEMP TABLE twins AS SELECT hash({grain}) AS h FROM {t} GROUP BY h HAVING count(*) > 1",
            grain=grain,
            t=INCOMING,
        )
    )
    return _has_twins(connection) and bool(_differing(connection, spec))


def _has_twins(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(_value(connection, "SELECT count(*) FROM twins"))


def _differing(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> int:
    """Grains that come twice with different values."""
    return _value(
        connection,
        "SELECT count(*) FROM (SELECT 1 FROM"
        " (SELECT DISTINCT {all} FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins))"
        " GROUP BY {grain} HAVING count(*) > 1)",
        all=each("{}", spec.columns),
        grain=each("{}", spec.grain),
    )


def is_bad(field: Field, value: Sql) -> Sql:
    """A required value is missing or was not readable, or a value is out of range."""
    out = beyond_range(field, value)
    return compose("{v} IS NULL OR {out}", v=value, out=out) if field.required else out


def beyond_range(field: Field, value: Sql) -> Sql:
    """A typed value that cannot be: negative, a day far away, an endless text."""
    if field.kind is Kind.TEXT:
        return compose("length({v}) > {most}", v=value, most=literal(LONGEST_TEXT))
    if field.kind is Kind.DAY:
        return compose(
            "{v} < make_date({a}, 1, 1) OR {v} > make_date({b}, 12, 31)",
            v=value,
            a=literal(FIRST_YEAR),
            b=literal(LAST_YEAR),
        )
    return compose("{v} < 0", v=value)


def count_rows(connection: duckdb.DuckDBPyConnection) -> int:
    return _value(connection, "SELECT count(*) FROM {t}")


def collapse_twins(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> None:
    """Rows that are identical become one (after `doubtful`)."""
    if not spec.grain or not _has_twins(connection):
        return
    parts = {"t": INCOMING, "grain": each("{}", spec.grain), "all": each("{}", spec.columns)}
    same = "SELECT DISTINCT {all} FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins)"
    connection.execute(compose("CREATE OR REPLACE TEMP TABLE single AS " + same, **parts))
    connection.execute(compose("DELETE FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins)", **parts))
    connection.execute(compose("INSERT INTO {t} ({all}) SELECT {all} FROM single", **parts))


def _value(connection: duckdb.DuckDBPyConnection, template: str, **parts: Sql) -> int:
    found = connection.execute(compose(template, **{"t": INCOMING, **parts})).fetchone()
    return int(found[0]) if found else 0
