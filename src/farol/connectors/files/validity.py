"""Whether every incoming row is good, asked of the whole table at once."""

from __future__ import annotations

import duckdb

from farol.connectors.files.spec import Field, FileSpec, Kind
from farol.connectors.files.stage import INCOMING, LONGEST_TEXT
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal

FIRST_YEAR, LAST_YEAR = 2000, 2100


def doubtful(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> bool:
    """True if some row is bad, or rows share a grain: then the careful reading says which and why."""
    bad = listed((is_bad(f, ident(f.column)) for f in spec.fields if f.required), " OR ")
    optional = listed((beyond_range(f, ident(f.column)) for f in spec.fields if not f.required), " OR ")
    found = connection.execute(
        compose("SELECT count(*) FROM {t} WHERE {bad} OR {optional}", t=INCOMING, bad=bad, optional=optional or Sql("false"))
    ).fetchone()
    return bool(found and found[0]) or bool(differing_twins(connection, spec))


def is_bad(field: Field, value: Sql) -> Sql:
    """A required value is missing, was not readable, or is out of range."""
    return compose("{v} IS NULL OR {out}", v=value, out=beyond_range(field, value))


def beyond_range(field: Field, value: Sql) -> Sql:
    """A typed value that cannot be: negative, a day far away, an endless text."""
    if field.kind is Kind.TEXT:
        return compose("length({v}) > {most}", v=value, most=literal(LONGEST_TEXT))
    if field.kind is Kind.DAY:
        return compose(
            "{v} < make_date({a}, 1, 1) OR {v} > make_date({b}, 12, 31)", v=value, a=literal(FIRST_YEAR), b=literal(LAST_YEAR)
        )
    return compose("{v} < 0", v=value)


def count_rows(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute(compose("SELECT count(*) FROM {t}", t=INCOMING)).fetchone()
    return found[0] if found else 0


def twins(spec: FileSpec) -> Sql:
    """Hashes of grains that occur more than once: a small set where the file is clean, cheap to find among millions."""
    return compose(
        "SELECT hash({grain}) AS h FROM {t} GROUP BY h HAVING count(*) > 1", grain=each("{}", spec.grain), t=INCOMING
    )


def differing_twins(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> int:
    """Grains that come twice with different values."""
    grain = each("{}", spec.grain)
    found = connection.execute(
        compose(
            "WITH twins AS MATERIALIZED ({twins}), rows AS ("
            "  SELECT DISTINCT {all} FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins))"
            " SELECT count(*) FROM (SELECT 1 FROM rows GROUP BY {grain} HAVING count(*) > 1)",
            twins=twins(spec),
            all=each("{}", spec.columns),
            t=INCOMING,
            grain=grain,
        )
    ).fetchone()
    return found[0] if found else 0


def collapse_twins(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> None:
    """Rows that are identical become one."""
    same = connection.execute(compose("CREATE OR REPLACE TEMP TABLE twins AS {twins}", twins=twins(spec))).fetchone()
    if not same or not same[0]:
        return
    parts = {"t": INCOMING, "grain": each("{}", spec.grain), "all": each("{}", spec.columns)}
    connection.execute(
        compose("CREATE TEMP TABLE single AS SELECT DISTINCT {all} FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins)", **parts)
    )
    connection.execute(compose("DELETE FROM {t} WHERE hash({grain}) IN (SELECT h FROM twins)", **parts))
    connection.execute(compose("INSERT INTO {t} ({all}) SELECT {all} FROM single", **parts))
    connection.execute("DROP TABLE single")
