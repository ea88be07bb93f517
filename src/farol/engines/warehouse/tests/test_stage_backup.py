"""The private file of a dataset with stages is in the backup, with its cursors."""

from __future__ import annotations

import duckdb
import pytest

from farol.engines.warehouse import Dataset, StageTable, Table, backup, dataset, open_stage
from farol.engines.warehouse.sql import Sql

LEAD = StageTable("lead", {"connection_id": "TEXT", "id": "TEXT", "updated_at": "BIGINT"})
TABLE = Table("leads", {"id": "TEXT"}, ("id",))


@pytest.fixture
def toy(monkeypatch, settings, tmp_path):
    settings.FAROL_HOME = tmp_path / "home"
    found = Dataset("toy", "Toy", (TABLE,), lambda b: b.fill(TABLE, Sql("SELECT id FROM lead")), stage=(LEAD,))
    for module in (dataset, backup):
        monkeypatch.setattr(module, "all_datasets", lambda: (found,))
    return found


def test_rows_and_cursors_are_copied_while_nobody_writes(toy, tmp_path):
    backup.gather(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with open_stage(toy) as stage:
        stage.upsert("lead", [{"connection_id": "a", "id": "1", "updated_at": 3}])
        stage.set_cursor("crm", "a", "leads", {"from": 3})
    backup.gather(tmp_path / "out")
    with duckdb.connect(str(tmp_path / "out/toy/landing.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT id FROM lead").fetchall() == [("1",)]
        assert copy.execute("SELECT state FROM cursor").fetchall() == [('{"from": 3}',)]
