"""The private file of several entities: upserts, cursors that live and die with their rows, nothing half published."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import textwrap

import pytest

from farol.core.errors import Refused
from farol.engines.warehouse import Dataset, Merged, StageTable, Table, dataset, open_reader, open_stage, publish
from farol.engines.warehouse.sql import Sql

COLUMNS = {
    "connection_id": "TEXT",
    "id": "TEXT",
    "updated_at": "BIGINT",
    "deleted": "BOOLEAN",
    "run": "BIGINT",
    "name": "TEXT",
    "price": "BIGINT",
    "created_at": "BIGINT",
}
LEAD = StageTable("lead", COLUMNS)
TABLE = Table("leads", {"day": "DATE", "id": "TEXT", "price": "BIGINT"}, ("day",))
SELECT = Sql("SELECT CAST(to_timestamp(created_at) AS DATE) AS day, id, price FROM lead WHERE NOT deleted")


def declared(**changes) -> Dataset:
    return Dataset("toy", "Toy", (TABLE,), lambda build: build.fill(TABLE, SELECT), **{"stage": (LEAD,), **changes})


@pytest.fixture(autouse=True)
def toy(monkeypatch, settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    found = declared()
    monkeypatch.setattr(dataset, "all_datasets", lambda: (found,))
    return found


def row(ident: str, updated: int = 10, **values):
    return {"connection_id": "a", "id": ident, "updated_at": updated, "run": 1, "created_at": 1_760_000_000, **values}


def all_rows(stage):
    return stage.connection.execute("SELECT id, updated_at, name, price, run, deleted FROM lead ORDER BY id").fetchall()


def test_the_newest_row_of_a_key_wins_and_only_changes_are_written(toy):
    with open_stage(toy) as stage:
        assert stage.upsert("lead", [row("1", 5, name="old"), row("1", 9, name="new"), row("2", price=7)]) == Merged(
            2, 0, 0, 0
        )
        assert stage.upsert("lead", [row("1", 8, name="late"), row("2", price=7, run=2)]) == Merged(0, 0, 1, 0)
        assert stage.upsert("lead", [row("2", 10, price=8, run=2), row("3", None, name="x\0y\ud800")]).changed == 1
        assert all_rows(stage) == [
            ("1", 9, "new", None, 1, False),
            ("2", 10, None, 8, 2, False),
            ("3", None, "xy?", None, 1, False),
        ]
        assert stage.upsert("lead", []) == Merged(0, 0, 0, 0)


def test_deleted_records_are_marked_and_come_back(toy):
    with open_stage(toy) as stage:
        stage.upsert("lead", [row("1", price=5), row("2", price=6), row("3", created_at=1_760_100_000)])
        assert stage.mark_deleted("lead", "a", {"1", "9"}, 4) == 1
        assert stage.mark_deleted("lead", "a", ["1"], 5) == 0
        assert stage.ids("lead", "a") == {"2", "3"}
        assert stage.ids("lead", "a", Sql("price > 5")) == {"2"}
        assert stage.day_sums("lead", "a", "created_at", "price") == {
            dt.date(2025, 10, 9): (1, 6),
            dt.date(2025, 10, 10): (1, None),
        }
        stage.upsert("lead", [row("1", price=5)])
        assert stage.ids("lead", "a") == {"1", "2", "3"}


def batch_that_stops(stage):
    with stage.transaction():
        stage.upsert("lead", [row("1")])
        stage.keep_raw("leads", [("a", "1", 10, '{"id": 1}')], 1)
        stage.set_cursor("crm", "a", "leads", {"from": 9})
        stage.upsert("unknown", [])


def test_cursors_and_rows_are_committed_together(toy):
    with open_stage(toy) as stage:
        stage.set_cursor("crm", "a", "leads", {"from": 3})
        with pytest.raises(KeyError):
            batch_that_stops(stage)
        assert stage.cursor("crm", "a", "leads") == {"from": 3}
        assert not stage.ids("lead", "a")
        assert stage.cursor("crm", "b", "leads") is None


def test_nothing_is_published_from_a_dirty_file(toy):
    with open_stage(toy) as stage:
        stage.upsert("lead", [row("1", price=5)])
        stage.set_dirty(17)
    with open_stage(toy) as stage:
        assert stage.dirty == 17
        with pytest.raises(Refused) as refused:
            publish(stage)
        assert refused.value.code == "load_pending"
        stage.clear_dirty()
        publish(stage)
        assert stage.mark("published") == "1"
    with open_reader("toy") as reader:
        assert reader.rows("SELECT * FROM leads") == [(dt.date(2025, 10, 9), "1", 5)]


def test_a_second_writer_is_refused_and_a_lost_file_starts_anew(toy, settings):
    with open_stage(toy) as stage:
        stage.upsert("lead", [row("1")])
        stage.set_cursor("crm", "a", "leads", {"from": 9})
        with pytest.raises(Refused), open_stage(toy, wait=0):
            pass
    (settings.FAROL_HOME / "warehouse/toy/landing.duckdb").write_bytes(b"broken")
    with open_stage(toy) as stage:
        assert stage.cursor("crm", "a", "leads") is None
        assert not stage.ids("lead", "a")


def test_columns_of_a_newer_program_are_added_and_everything_is_read_again(toy):
    with open_stage(toy) as stage:
        stage.upsert("lead", [row("1")])
        stage.set_cursor("crm", "a", "leads", {"from": 9})
    newer = {"connection_id": "TEXT", "id": "TEXT", "city": "TEXT", **COLUMNS}  # among the others, not behind them
    del newer["price"]  # one that is no longer known
    with open_stage(declared(stage=(StageTable("lead", newer),))) as stage:
        assert stage.cursor("crm", "a", "leads") is None
        assert stage.upsert("lead", [row("1", city="Recife", name="Ana")]) == Merged(0, 1, 0, 0)
        assert stage.connection.execute("SELECT id, city, name, price FROM lead").fetchall() == [
            ("1", "Recife", "Ana", None)
        ]


CRASH = """
    import os, django
    django.setup()
    from farol.engines.warehouse import open_stage
    from farol.engines.warehouse.tests.test_stage import declared, row
    with open_stage(declared()) as stage:
        with stage.transaction():
            stage.upsert("lead", [row(str(n)) for n in range(500)])
            stage.set_cursor("crm", "a", "leads", {"from": 1})
        stage.set_dirty(1)
        with stage.transaction():
            stage.upsert("lead", [row(str(n)) for n in range(500, 900)])
            os._exit(9)
"""


def test_a_killed_load_keeps_what_it_committed_and_publishes_nothing(toy, settings, monkeypatch):
    monkeypatch.setenv("FAROL_HOME", str(settings.FAROL_HOME))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "farol.config.settings")
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(CRASH)], check=False, capture_output=True)
    assert ended.returncode == 9, ended.stderr.decode()
    with open_stage(toy) as stage:
        assert len(stage.ids("lead", "a")) == 500
        assert stage.cursor("crm", "a", "leads") == {"from": 1}
        assert stage.dirty == 1
        with pytest.raises(Refused):
            publish(stage)
