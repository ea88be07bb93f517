"""Values that get lost between two databases, in a dataset of their own."""

from __future__ import annotations

import datetime as dt

from farol.engines.warehouse import Dataset, Table, open_landing, open_reader, publish
from farol.engines.warehouse.sql import Sql
from farol.engines.warehouse.store import current_store

TEXTS = [
    "",
    "NULL",
    "\\N",
    "null",
    "a'b\"c,d;e",
    "line\nbreak\r\nand\ttab",
    "back\\slash\\",
    "trailing ",
    "trailing",
    "Maçã 🍏 ß İ",
    "maçã 🍏 ß i",
    "%s ? {0}",
    "x" * 200,
    "y" * 4000,
    None,
]
COLUMNS = {
    "day": "DATE",
    "text": "TEXT",
    "flag": "BOOLEAN",
    "at": "TIMESTAMP",
    "big": "BIGINT",
    "share": "DOUBLE",
    "short": "INTEGER",
    "until": "DATE",
}
TABLE = Table("odd", COLUMNS, ("day",), (("text", "day"),))


def rows() -> list[tuple]:
    day, at = dt.date(2025, 1, 1), dt.datetime(2025, 1, 1, 2, 3, 4, 567_891)
    until = dt.date(9999, 12, 31)
    return [
        *((day, text, i % 2 == 0, at, 9_007_199_254_740_993 + i, 0.1 + i, -i, until) for i, text in enumerate(TEXTS)),
        (day, "end", *[None] * 6),
    ]


ODD = Dataset(
    "odd",
    "Odd",
    (TABLE,),
    lambda build: build.fill(TABLE, Sql("SELECT * FROM facts")),
    Table("facts", COLUMNS, ("day",)),
    ("big",),
)


def every_value_comes_back() -> None:
    """Through publication, a reader, its stream, a parameter, and back into a landing file."""
    with open_landing(ODD, wait=1) as landing:
        landing.connection.execute("CREATE TABLE incoming AS SELECT * FROM facts")
        landing.connection.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows())
        landing.merge(Sql("incoming"))
        published = publish(landing)
    wanted = sorted(rows(), key=repr)
    with open_reader("odd") as reader:
        every = f"SELECT * FROM {reader.table('odd')}"
        assert sorted(reader.rows(every), key=repr) == wanted
        assert sorted((row for part in reader.stream(every, 4) for row in part), key=repr) == wanted
        assert len(reader.rows(f"SELECT text, count(*) FROM {reader.table('odd')} GROUP BY text")) == len(TEXTS) + 1
        for text in filter(None, TEXTS):
            sql = f"SELECT text FROM {reader.table('odd')} WHERE text = ? AND '%?' <> ''"
            assert reader.rows(sql, (text,)) == [(text,)]
    with (
        open_landing(ODD, wait=1) as landing,
        current_store().attached(landing.connection, ODD, published) as schema,
    ):
        assert sorted(landing.connection.execute(f"SELECT * FROM {schema}.odd").fetchall(), key=repr) == wanted
