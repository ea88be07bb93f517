"""Published versions: what readers see, going back, what a bad end leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading

import duckdb
import pytest

from farol.core.errors import NotAllowed, NotFound, Refused, Unavailable
from farol.engines.warehouse import (
    Check,
    CheckFailed,
    Dataset,
    Table,
    current_version,
    dataset,
    open_landing,
    open_reader,
    publish,
    rollback,
    versions,
)
from farol.engines.warehouse.sql import Sql, compose, ident, literal
from farol.platform.accounts.principal import OPERATOR, Principal

TABLE = Table("facts_daily", {"day": "DATE", "k": "BIGINT", "value": "BIGINT"}, ("day",))
LANDING = Table("facts", {"day": "DATE", "k": "BIGINT", "value": "BIGINT"}, ("day",))


def too_much(audit):
    found = audit.row(compose("SELECT count(*) FROM {t} WHERE value > 100", t=audit.table("facts_daily")))[0]
    return {"count": found} if found else None


def declared(name: str = "toy") -> Dataset:
    return Dataset(
        name,
        "Toy",
        (TABLE,),
        lambda build: build.fill(TABLE, Sql("SELECT * FROM facts")),
        LANDING,
        ("day", "k"),
        (Check("too_much", "Not too much", "%(count)s are too much", too_much, may_pass=True),),
    )


@pytest.fixture(autouse=True)
def toy(monkeypatch, settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    found = declared()
    monkeypatch.setattr(dataset, "all_datasets", lambda: (found,))
    return found


def load(toy: Dataset, *values: int, day: str = "2025-01-01", **options):
    with open_landing(toy, wait=1) as landing:
        landing.connection.execute("CREATE OR REPLACE TABLE incoming (day DATE, k BIGINT, value BIGINT)")
        for k, value in enumerate(values):
            landing.connection.execute("INSERT INTO incoming VALUES (?, ?, ?)", [day, k, value])
        landing.merge(Sql("incoming"))
        return publish(landing, **options)


def seen(version: str | None = None) -> list[int]:
    with open_reader("toy", version) as reader:
        return [row[0] for row in reader.rows(f"SELECT value FROM {reader.table('facts_daily')} ORDER BY k")]


def test_nothing_published_is_said_in_words():
    with pytest.raises(Unavailable, match="Toy"):
        open_reader("toy")
    with pytest.raises(NotFound):
        open_reader("unknown")


def test_reader_stays_on_its_version_while_others_are_published(toy, settings):
    settings.FAROL_WAREHOUSE_KEEP = 2
    load(toy, 1, 2)
    with open_reader("toy") as old:
        for value in (3, 4, 5):
            load(toy, value, value)
        assert [r[0] for r in old.rows("SELECT value FROM facts_daily ORDER BY k")] == [1, 2]
        assert sum(len(part) for part in old.stream("SELECT * FROM calendar", 100)) == 801
    assert seen() == [5, 5]
    assert [v.name for v in versions("toy")] == ["4", "3"]
    with pytest.raises(NotFound):
        open_reader("toy", "1")
    load(toy, 6, 6)
    assert sorted(p.name for p in (settings.FAROL_HOME / "warehouse/toy").glob("v*")) == ["v4.duckdb", "v5.duckdb"]


def test_reader_can_do_nothing_but_read(toy, tmp_path):
    load(toy, 1)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with open_reader("toy") as reader:
        for statement in (
            f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
            "DELETE FROM facts_daily",
            "CREATE TABLE x (a INTEGER)",
            f"COPY facts_daily TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/x.duckdb'",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                reader.rows(statement)


def test_readers_in_threads_share_a_file(toy):
    load(toy, *range(50))
    answers: list[list[int]] = []
    threads = [threading.Thread(target=lambda: answers.extend(seen() for _ in range(5))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [list(range(50))] * 30


def test_calendar_is_published_with_the_facts(toy):
    load(toy, 1, day="2025-03-31")
    with open_reader("toy") as reader:
        (found,) = reader.rows(
            "SELECT d1, w1, m1, m30, y1, weekday, month_start FROM calendar WHERE day = '2025-03-31'"
        )
    assert found == (
        dt.date(2025, 3, 30),
        dt.date(2025, 3, 24),
        dt.date(2025, 2, 28),
        dt.date(2025, 3, 1),
        dt.date(2024, 3, 31),
        0,
        dt.date(2025, 3, 1),
    )


@pytest.mark.django_db
def test_rollback_is_one_switch_audited_and_the_next_load_builds_on_it(toy):
    load(toy, 1, 2)
    load(toy, 1, 99)
    assert rollback("toy", None, OPERATOR).name == "1"
    assert seen() == [1, 2]
    load(toy, 7, day="2025-01-02")
    assert current_version("toy").name == "3"
    assert sorted(seen()) == [1, 2, 7]
    assert rollback("toy", "2", OPERATOR).name == "2"
    with pytest.raises(NotAllowed):
        rollback("toy", "1", Principal(frozenset()))


def test_failed_check_leaves_everything_and_does_not_poison_the_next_load(toy):
    load(toy, 1, 2)
    with pytest.raises(CheckFailed, match="1 are too much"):
        load(toy, 1, 500)
    assert seen() == [1, 2]
    load(toy, 3, day="2025-01-02")
    assert sorted(seen()) == [1, 2, 3]
    assert load(toy, 1, 500, accepted=("too_much",)).findings[0].params == {"count": 1}


def test_lost_or_damaged_landing_comes_back_from_the_published_version(toy, settings):
    load(toy, 1, 2)
    landing = settings.FAROL_HOME / "warehouse/toy/landing.duckdb"
    landing.write_bytes(b"damaged" * 1000)
    load(toy, 3, day="2025-01-02")
    assert sorted(seen()) == [1, 2, 3]
    landing.unlink()
    load(toy, 4, day="2025-01-03")
    assert sorted(seen()) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_damaged_or_missing_version_is_said_in_words_and_one_can_go_back(toy, settings):
    load(toy, 1)
    load(toy, 2)
    path = settings.FAROL_HOME / "warehouse/toy/v2.duckdb"
    path.write_bytes(b"\0" * 4096)
    with pytest.raises(Unavailable, match=r"ers[^ ]+ 2"):
        open_reader("toy")
    path.unlink()
    with pytest.raises(Unavailable):
        open_reader("toy")
    rollback("toy", "1", OPERATOR)
    assert seen() == [1]


def test_damaged_catalog_is_said_in_words(toy, settings):
    load(toy, 1)
    path = settings.FAROL_HOME / "warehouse/toy/catalog.json"
    whole = path.read_text()
    path.write_text(whole[:40])
    with pytest.raises(Unavailable):
        open_reader("toy")
    path.write_text(whole)
    assert seen() == [1]


def test_leftovers_of_killed_runs_are_removed_by_the_next(toy, settings):
    load(toy, 1)
    folder = settings.FAROL_HOME / "warehouse/toy"
    (folder / "v9.duckdb").write_bytes(b"never published")
    (folder / "work").mkdir(exist_ok=True)
    (folder / "work/2.duckdb").write_bytes(b"half built")
    load(toy, 2)
    assert sorted(p.name for p in folder.glob("v*")) == ["v1.duckdb", "v2.duckdb"]
    assert [p.name for p in (folder / "work").iterdir()] == []


def test_two_loads_at_once_take_turns_or_are_refused(toy):
    with open_landing(toy), pytest.raises(Refused), open_landing(toy, wait=0.3):
        pass
    failures: list[Exception] = []

    def one(k: int) -> None:
        try:
            with open_landing(toy, wait=30) as landing:
                landing.connection.execute(
                    "CREATE OR REPLACE TABLE incoming AS"
                    " SELECT DATE '2025-01-01' AS day, ?::BIGINT AS k, 1::BIGINT AS value",
                    [k],
                )
                landing.merge(Sql("incoming"))
                publish(landing)
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    threads = [threading.Thread(target=one, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(seen()) == 4


def test_writer_that_lost_its_turn_publishes_nothing(toy, settings):
    """Fencing: the catalog moved on since the build began."""
    load(toy, 1)
    with open_landing(toy) as landing:
        landing.connection.execute(
            "CREATE OR REPLACE TABLE incoming AS SELECT DATE '2025-01-01' AS day, 5::BIGINT AS k, 5::BIGINT AS value"
        )
        landing.merge(Sql("incoming"))
        path = settings.FAROL_HOME / "warehouse/toy/catalog.json"
        real, moved = landing.store.publish, json.loads(path.read_text())

        def publish_late(*arguments):
            path.write_text(json.dumps({**moved, "last_number": 7}))
            return real(*arguments)

        landing.store.publish = publish_late
        with pytest.raises(Refused):
            publish(landing)
    assert seen() == [1]


def test_disk_full_leaves_the_published_version(toy, settings):
    """A child whose files may not grow: nothing is published, the next load with room works."""
    load(toy, 1, 2)
    script = f"""
import os, resource, signal, sys
os.environ.update(FAROL_HOME={str(settings.FAROL_HOME)!r}, DJANGO_SETTINGS_MODULE="farol.config.settings")
import django; django.setup()
import duckdb
sys.path.insert(0, {str(__file__.rsplit("/", 1)[0])!r})
import test_versions as t
from farol.engines.warehouse import dataset, open_landing, publish
from farol.engines.warehouse.sql import Sql
found = t.declared()
dataset.all_datasets = lambda: (found,)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
try:
    with open_landing(found) as landing:
        landing.connection.execute("CREATE OR REPLACE TABLE incoming AS SELECT DATE '2025-01-01' AS day, range AS k,"
            " CAST(hash(range) >> 8 AS BIGINT) % 100 AS value FROM range(3000000)")
        landing.merge(Sql("incoming"))
        publish(landing)
except (duckdb.Error, OSError) as error:
    print("stopped", type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "stopped" in done.stdout, done.stderr[-2000:]
    assert seen() == [1, 2]
    load(toy, 3, day="2025-01-02")
    assert sorted(seen()) == [1, 2, 3]


def test_statements_take_no_plain_text():
    with pytest.raises(TypeError):
        compose("SELECT {a}", a="1; DROP TABLE x")
    assert compose("SELECT {a} = {b}", a=ident('x"y'), b=literal("it's")) == "SELECT \"x\"\"y\" = 'it''s'"
