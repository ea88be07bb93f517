"""The private file of a dataset of several entities: typed tables that rows of other systems are upserted into.

Rows and the cursors that describe them are committed in one transaction, so a crash cannot separate them; a lost file
loses its cursors too, and the next load is a full one. A load marks the file `dirty` while it runs; nothing is
published from a dirty file.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from farol.core import clock
from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.connection import remove_dead_spill, warehouse_home
from farol.engines.warehouse.dataset import Dataset, StageTable
from farol.engines.warehouse.landing import Merged, open_private
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal
from farol.engines.warehouse.store import Store, current_store

RAW = StageTable(
    "raw",
    {
        "connection_id": "TEXT",
        "entity": "TEXT",
        "id": "TEXT",
        "updated_at": "BIGINT",
        "run": "BIGINT",
        "payload": "TEXT",
    },
    ("connection_id", "entity", "id"),
)
CURSOR = StageTable(
    "cursor",
    {"source": "TEXT", "connection_id": "TEXT", "entity": "TEXT", "state": "TEXT"},
    ("source", "connection_id", "entity"),
)
MARK = StageTable("mark", {"name": "TEXT", "value": "TEXT"}, ("name",))

STAGE = "landing.duckdb"  # the name of the file in the folder of its dataset


class Stage:
    """The open private file. `publish` takes it as it takes a landing file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, store: Store, folder: Path) -> None:
        self.connection, self.dataset, self.store, self.folder = connection, dataset, store, folder
        self.base = store.catalog(dataset.name).published
        self.touched = False
        self._depth = 0
        self._tables = {t.name: t for t in (*dataset.stage, RAW)}
        self._create()

    def upsert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> Merged:
        """Take rows in by their key: dicts with the table's columns, a missing one is NULL (`deleted`: false).

        A row older (`updated_at`) than what is there changes nothing; of the rows of one key the newest counts.
        `run` alone is no change: it says in which run a row last changed.
        """
        declared = self._tables[table]
        name = self._incoming(declared, rows)
        compared = [c for c in declared.columns if c not in (*declared.key, "run")]
        parts = {
            "incoming": name,
            "table": ident(table),
            "same": each("t.{0} = i.{0}", declared.key, " AND "),
            "differs": each("t.{0} IS DISTINCT FROM i.{0}", compared, " OR "),
            "columns": each("i.{}", declared.columns),
            "first": ident(declared.key[0]),
        }
        row = self._one(
            "SELECT count(*), count(t.{first}), count(*) FILTER (t.{first} IS NOT NULL AND ({differs}))"
            " FROM {incoming} i LEFT JOIN {table} t ON {same}",
            **parts,
        )
        total, matched, changed = row
        with self.transaction():
            if changed:
                self._run("DELETE FROM {table} t USING {incoming} i WHERE {same} AND ({differs})", **parts)
            if changed or matched < total:
                self._run(
                    "INSERT INTO {table} BY NAME SELECT {columns} FROM {incoming} i ANTI JOIN {table} t ON {same}",
                    **parts,
                )
        self._run("DROP TABLE {incoming}", incoming=name)
        return Merged(total - matched, changed, matched - changed, 0)

    def keep_raw(self, entity: str, rows: Iterable[tuple[str, str, int, str]], run: int) -> None:
        """Keep what the other system sent: (connection_id, id, updated_at, payload as JSON text)."""
        names = ("connection_id", "id", "updated_at", "payload")
        self.upsert("raw", ({**dict(zip(names, row, strict=True)), "entity": entity, "run": run} for row in rows))

    def mark_deleted(self, table: str, connection_id: str, ids: Collection[str], run: int) -> int:
        """Mark records that the other system no longer has; how many were not marked before. A later upsert
        with `deleted` false brings them back."""
        where = Sql("connection_id = ? AND NOT deleted AND id IN (SELECT unnest(CAST(? AS TEXT[])))")
        parts, wanted = {"t": ident(table), "where": where}, [connection_id, list(ids)]
        count = int(self._fetch(compose("SELECT count(*) FROM {t} WHERE {where}", **parts), wanted)[0][0])
        if count:
            update = compose("UPDATE {t} SET deleted = true, run = ? WHERE {where}", **parts)
            self.connection.execute(update, [run, *wanted])
        return count

    def ids(self, table: str, connection_id: str, where: Sql | None = None) -> set[str]:
        """The ids of a connection's records that are not deleted, of those that `where` names."""
        template = "SELECT id FROM {t} WHERE connection_id = ? AND NOT deleted AND ({where})"
        sql = compose(template, t=ident(table), where=where or Sql("true"))
        return {row[0] for row in self._fetch(sql, [connection_id])}

    def day_sums(
        self, table: str, connection_id: str, instant: str, amount: str | None
    ) -> dict[dt.date, tuple[int, int | None]]:
        """Rows, and the sum of column `amount`, for each local day of column `instant` (records not deleted)."""
        template = (
            "SELECT CAST(timezone({zone}, to_timestamp({instant})) AS DATE) AS day, count(*), CAST({sum} AS BIGINT)"
            " FROM {t} WHERE connection_id = ? AND NOT deleted AND {instant} IS NOT NULL GROUP BY day"
        )
        total = compose("sum({a})", a=ident(amount)) if amount else Sql("NULL")
        parts = {"zone": literal(clock.zone().key), "instant": ident(instant), "sum": total, "t": ident(table)}
        found = self._fetch(compose(template, **parts), [connection_id])
        return {day: (rows, amounts) for day, rows, amounts in found}

    def cursor(self, source: str, connection_id: str, entity: str) -> dict[str, Any] | None:
        """Where a list was left, as `set_cursor` was told."""
        sql = "SELECT state FROM cursor WHERE source = ? AND connection_id = ? AND entity = ?"
        found = self._fetch(sql, [source, connection_id, entity])
        return json.loads(found[0][0]) if found else None

    def set_cursor(self, source: str, connection_id: str, entity: str, state: dict[str, Any]) -> None:
        key = [source, connection_id, entity]
        with self.transaction():
            self.connection.execute("DELETE FROM cursor WHERE source = ? AND connection_id = ? AND entity = ?", key)
            self.connection.execute("INSERT INTO cursor VALUES (?, ?, ?, ?)", [*key, json.dumps(state)])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one inside another belongs to the outer one."""
        if self._depth:
            yield
            return
        self.connection.execute("BEGIN")
        self._depth = 1
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        else:
            self.connection.execute("COMMIT")
        finally:
            self._depth = 0

    @property
    def dirty(self) -> int | None:
        """The run that began to load and has not ended well yet."""
        value = self.mark("dirty")
        return int(value) if value is not None else None

    def set_dirty(self, run: int) -> None:
        self.set_mark("dirty", str(run))

    def clear_dirty(self) -> None:
        self.connection.execute("DELETE FROM mark WHERE name = 'dirty'")

    def mark(self, name: str) -> str | None:
        found = self._fetch("SELECT value FROM mark WHERE name = ?", [name])
        return str(found[0][0]) if found else None

    def set_mark(self, name: str, value: str) -> None:
        """Say something to builds and checks.

        `until:<connection_id>`: the instant (unix seconds) up to which the data of a connection are whole;
        `gaps`: days on which the other system has other records than we; `contract`: JSON of required fields missing.
        """
        with self.transaction():
            self.connection.execute("DELETE FROM mark WHERE name = ?", [name])
            self.connection.execute("INSERT INTO mark VALUES (?, ?)", [name, value])

    def remember(self, version: Version) -> None:
        """`version` was published from what is here now: marks `published` and `published_run`, the newest run."""
        self.base = version
        tables = [table for table in self.dataset.stage if "run" in table.columns]
        newest = listed((compose("(SELECT max(run) FROM {t})", t=ident(table.name)) for table in tables), ", ")
        run = self._one("SELECT coalesce(greatest(0, {newest}), 0)", newest=newest)[0] if tables else 0
        with self.transaction():
            self.set_mark("published", version.name)
            self.set_mark("published_run", str(run))

    def _create(self) -> None:
        """Tables and columns that a newer Farol knows; where columns came, the next load reads everything again."""
        with self.transaction():
            for table in (*self.dataset.stage, RAW, CURSOR, MARK):
                columns = listed(compose("{n} {k}", n=ident(n), k=Sql(k)) for n, k in table.columns.items())
                self._run("CREATE TABLE IF NOT EXISTS {t} ({c})", t=ident(table.name), c=columns)
            added = [self._add_columns(table) for table in self.dataset.stage]
            if any(added):
                self.connection.execute("DELETE FROM cursor")

    def _add_columns(self, table: StageTable) -> bool:
        there = {row[0] for row in self._fetch(compose("DESCRIBE {t}", t=ident(table.name)))}
        missing = [name for name in table.columns if name not in there]
        for name in missing:
            kind = Sql(table.columns[name])
            self._run("ALTER TABLE {t} ADD COLUMN {n} {k}", t=ident(table.name), n=ident(name), k=kind)
        return bool(missing)

    def _incoming(self, table: StageTable, rows: Iterable[Mapping[str, Any]]) -> Sql:
        """A temporary table of the rows that are not older than what is there, one per key."""
        name = compose("{t}", t=ident("incoming_" + table.name))
        kinds = {**table.columns, "n": "BIGINT"}
        columns = listed(compose("{n}: {k}", n=ident(n), k=literal(k)) for n, k in kinds.items())
        taken = each("i.{}", [c for c in table.columns if c != "deleted"])
        if "deleted" in table.columns:
            taken = listed((taken, Sql("coalesce(i.deleted, false) AS deleted")))
        with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
            file.writelines(_line({**row, "n": n}) for n, row in enumerate(rows))
            file.flush()
            self._run(
                "CREATE OR REPLACE TEMP TABLE {name} AS SELECT {taken}"
                " FROM read_json({path}, format='nd', columns={{{columns}}}) i LEFT JOIN {table} t ON {same}"
                " WHERE t.{first} IS NULL OR i.updated_at IS NULL OR t.updated_at IS NULL"
                " OR i.updated_at >= t.updated_at"
                " QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY i.updated_at DESC NULLS LAST, i.n DESC) = 1",
                name=name,
                taken=taken,
                path=literal(file.name),
                columns=columns,
                table=ident(table.name),
                same=each("t.{0} = i.{0}", table.key, " AND "),
                first=ident(table.key[0]),
                key=each("i.{}", table.key),
            )
        return name

    def _run(self, template: str, **parts: Sql) -> None:
        self.connection.execute(compose(template, **parts))

    def _one(self, template: str, **parts: Sql) -> tuple[Any, ...]:
        return self._fetch(compose(template, **parts))[0]

    def _fetch(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, params).fetchall()


@contextmanager
def open_stage(dataset: Dataset, *, wait: float = 600.0, clean: bool = True) -> Iterator[Stage]:
    """Take the writer lease of a dataset, clean up after earlier runs (unless told not to) and open its file.

    `Refused` if somebody else holds the lease for longer than `wait` seconds.
    """
    folder, store = warehouse_home() / dataset.name, current_store()
    with writer_lease(folder, wait):
        if clean:
            store.clean(dataset)
            remove_dead_spill()
            shutil.rmtree(folder / "work", ignore_errors=True)
        connection = open_private(folder / STAGE)
        try:
            yield Stage(connection, dataset, store, folder)
        finally:
            connection.close()


def _line(row: Mapping[str, Any]) -> bytes:
    """A row as a line of JSON; what no database takes as text (lone surrogates, NUL) does not come through."""
    text = json.dumps(row, ensure_ascii=False)
    if "\\u0000" in text:
        clean = {k: v.replace("\0", "") if isinstance(v, str) else v for k, v in row.items()}
        text = json.dumps(clean, ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"
