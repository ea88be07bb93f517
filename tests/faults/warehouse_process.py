"""Processes of the publishing tests: `write HOME` publishes version after version, `read HOME` asks all the time.

A version has ten tables that all carry the version's stamp, so a reader can tell whether it saw one whole version.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

TABLES = 10


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare(home: str) -> None:
    os.environ["FAROL_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "farol.config.settings"
    os.environ.setdefault("FAROL_DATABASE_URL", "sqlite:///")
    import django

    django.setup()
    from farol.engines.warehouse import Dataset, Table, dataset

    def table(number: int) -> Table:
        return Table(f"part{number}", {"day": "DATE", "stamp": "BIGINT", "k": "BIGINT"}, ("day",))

    tables = tuple(table(n) for n in range(TABLES))

    def build(target) -> None:
        from farol.engines.warehouse.sql import Sql

        for part in tables:
            target.fill(part, Sql("SELECT day, stamp, k FROM facts"))

    def views(_schema: str) -> dict[str, str]:
        return {"torn_test": "SELECT * FROM {part0}"}

    source = Table("facts", {"day": "DATE", "stamp": "BIGINT", "k": "BIGINT"}, ("day",))
    declared = Dataset("torn", "Torn", tables, build, source, ("day", "k"), views=views)
    dataset.all_datasets = lambda: (declared,)
    globals()["DATASET"] = declared


def write(rows: int) -> None:
    """Publish for ever; every version has a new stamp and one row more."""
    from farol.engines.warehouse import open_landing, publish
    from farol.engines.warehouse.sql import Sql

    say("ready")
    while True:
        with open_landing(DATASET, wait=20) as found:  # noqa: F821
            stamp = (found.base.number if found.base else 0) + 1
            found.connection.execute(
                "CREATE OR REPLACE TABLE incoming AS SELECT DATE '2025-01-01' + CAST(range % 50 AS INTEGER) AS day,"
                " CAST(? AS BIGINT) AS stamp, range AS k FROM range(?)",
                [stamp, rows + stamp],
            )
            found.merge(Sql("incoming"))
            publish(found, run=str(stamp))
        say(f"published {stamp}")


def read() -> None:
    """One line per look: `ok`, or what was wrong."""
    from farol.engines.warehouse import open_reader

    say("ready")
    while True:
        try:
            say(look(open_reader))
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is a finding
            say(f"unreadable {type(error).__name__} {error}".replace("\n", " "))
        time.sleep(0.05)


def look(open_reader) -> str:
    with open_reader("torn") as reader:
        seen = set()
        for part in DATASET.tables:  # noqa: F821
            ((stamps, low, rows),) = reader.rows(
                f"SELECT count(DISTINCT stamp), min(stamp), count(*) FROM {reader.table(part.name)}"
            )
            if rows != reader._version.rows[part.name]:
                return f"torn: {rows} rows where the manifest says {reader._version.rows[part.name]}"
            seen.add((stamps, low))
        return "ok" if len(seen) == 1 and next(iter(seen))[0] == 1 else f"torn: {seen}"


def tear() -> None:
    """The mutant: the tables of a version are published in two steps, each of them atomic in itself."""
    import shutil

    import duckdb

    from farol.engines.warehouse.duck import DuckStore, version_path

    whole = DuckStore.publish

    def publish(self, dataset, candidate: Path, version) -> None:
        if version.base is None:
            return whole(self, dataset, candidate, version)
        complete = candidate.with_suffix(".complete")
        shutil.copy(candidate, complete)
        with duckdb.connect(str(candidate)) as half:
            half.execute(f"ATTACH '{version_path(dataset.name, version.base)}' AS before (READ_ONLY)")
            for part in dataset.tables[TABLES // 2 :]:
                half.execute(f"CREATE OR REPLACE TABLE {part.name} AS FROM before.{part.name}")
        whole(self, dataset, candidate, version)
        time.sleep(0.3)
        return complete.replace(version_path(dataset.name, version.number))

    DuckStore.publish = publish  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
    prepare(sys.argv[2])
    if sys.argv[1] == "read":
        read()
    if sys.argv[1] == "tear":
        tear()
    write(int(sys.argv[3]))
