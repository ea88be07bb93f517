"""The same versions on MariaDB: tables that carry the version, views that change together, odd texts, two writers."""

from __future__ import annotations

import datetime as dt
import os
import threading
from decimal import Decimal
from urllib.parse import urlsplit

import pymysql
import pytest

from farol.core.errors import Refused, Unavailable
from farol.engines.warehouse import (
    dataset,
    mariadb,
    mysql,
    mysql_load,
    open_landing,
    open_reader,
    rollback,
    versions,
)
from farol.engines.warehouse.store import current_store
from farol.platform.accounts.principal import OPERATOR

from .odd_values import ODD, every_value_comes_back
from .sending import amounts, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(settings, tmp_path):
    """An outsider's connection to an empty database that the warehouse is set to."""
    server = os.environ.get("FAROL_TEST_MARIADB", "")
    if not server:
        pytest.skip("needs FAROL_TEST_MARIADB=mysql://… (./dev test finds or starts one)")
    name = f"farol_test_{os.getpid()}"
    connection = pymysql.connect(**{**mysql.options(server), "database": None}, autocommit=True)
    with connection:
        ask(connection, f"DROP DATABASE IF EXISTS {name}")
        ask(connection, f"CREATE DATABASE {name}")
        connection.select_db(name)
        settings.FAROL_HOME, settings.FAROL_WAREHOUSE_KEEP = tmp_path, 2
        settings.FAROL_WAREHOUSE = urlsplit(server)._replace(path=f"/{name}").geturl()
        yield connection
        ask(connection, f"DROP DATABASE {name}")


def ask(connection, sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_versions_views_rollback_and_cleaning(outside, tmp_path):
    with pytest.raises(Unavailable):
        open_reader("payments")
    send(tmp_path, "10.00", "0.01")
    assert send(tmp_path, "10.00", "0.01").rows_unchanged == 2
    send(tmp_path, "99.99", "0.01", day="2025-02-21")
    with open_reader("payments") as reader:
        assert reader.dialect == "mysql"
        assert sum(len(part) for part in reader.stream(f"SELECT * FROM {reader.table('calendar')}", 100)) == 808
        assert reader.rows(f"SELECT merchant, fee_centavos FROM {reader.table('kpi_daily')} LIMIT 1") == [("", None)]
        day = reader.rows(f"SELECT day, business_day, pay_day FROM {reader.table('calendar')} LIMIT 1")[0]
        assert [type(value) for value in day] == [dt.date, bool, bool]
    assert amounts() == [1000, 1, 9999, 1]
    assert ask(outside, "SELECT sum(amount_transacted) FROM kpi_daily") == [(Decimal("110.01"),)]
    view = ask(outside, "SELECT tpv, base_tpv, delta_tpv FROM kpi_comparison_w1 ORDER BY day")
    assert view == [(Decimal("10.01"), None, None), (Decimal("100.00"), Decimal("10.01"), Decimal("89.99"))]
    assert rollback("payments", None, OPERATOR).name == "1"
    assert amounts() == [1000, 1]
    assert ask(outside, "SELECT count(*) FROM kpi_daily") == [(2,)]
    assert send(tmp_path, "7.00", day="2025-02-22").data_version == "3"
    assert amounts() == [1000, 1, 700]
    send(tmp_path, "8.00", day="2025-02-23")
    send(tmp_path, "9.00", day="2025-02-24")
    assert [v.name for v in versions("payments")] == ["5", "4"]
    send(tmp_path, "9.00", day="2025-02-24")
    assert len(ask(outside, "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")) == 2 + 2 * 2
    assert {name for name, _kind in ask(outside, "SHOW FULL TABLES WHERE Table_type = 'VIEW'")} == {
        "calendar",
        "kpi_daily",
        *(f"kpi_comparison_{c}" for c in ("d1", "w1", "m1", "m30", "y1")),
    }


def test_a_reader_stays_on_what_it_began_with(outside, tmp_path):
    send(tmp_path, "1.00")
    with open_reader("payments") as reader:
        wanted = f"SELECT sum(amount_centavos) FROM {reader.table('kpi_daily')}"
        assert reader.rows(wanted) == [(100,)]
        send(tmp_path, "2.00", day="2025-02-15")
        send(tmp_path, "4.00", day="2025-02-16")
        assert reader.rows(wanted) == [(100,)]
    assert amounts() == [100, 200, 400]


def test_an_outsider_stays_on_what_it_began_with(outside, tmp_path, monkeypatch):
    monkeypatch.setattr(mariadb, "VIEW_TRIES", 1)
    send(tmp_path, "1.00")
    ask(outside, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
    assert ask(outside, "SELECT sum(amount_transacted) FROM kpi_daily") == [(Decimal("1.00"),)]
    send(tmp_path, "2.00", day="2025-02-15")
    assert amounts() == [100, 200]
    assert ask(outside, "SELECT sum(amount_transacted) FROM kpi_daily") == [(Decimal("1.00"),)]
    ask(outside, "COMMIT")
    with open_landing(dataset.find_dataset("payments")):
        pass  # the next load mends the views that the outsider held
    assert ask(outside, "SELECT sum(amount_transacted) FROM kpi_daily") == [(Decimal("3.00"),)]


def test_somebody_elses_table_is_never_replaced(outside, tmp_path):
    ask(outside, "CREATE TABLE kpi_daily (theirs INT)")
    with pytest.raises(Refused, match="kpi_daily"):
        send(tmp_path, "1.00")
    assert ask(outside, "SELECT count(*) FROM kpi_daily") == [(0,)]


def test_nothing_tells_the_address(outside, tmp_path, settings):
    settings.FAROL_WAREHOUSE = "mysql://ana:s3nha@127.0.0.1:1/loja"
    with pytest.raises(Unavailable) as refused:
        open_reader("payments")
    assert "s3nha" not in f"{refused.value!r} {refused.value.__cause__!r}"


@pytest.mark.parametrize("local_infile", [True, False])
def test_every_value_comes_back_as_it_was(outside, monkeypatch, local_infile):
    monkeypatch.setattr(dataset, "all_datasets", lambda: (ODD,))
    if not local_infile:
        run = mysql_load.run
        monkeypatch.setattr(mysql_load, "run", lambda c, sql, *p: [(0,)] if "local_infile" in sql else run(c, sql, *p))
    every_value_comes_back()


def test_two_writers_without_a_common_lock(outside, tmp_path, monkeypatch):
    """As from two machines: one publishes, the other is refused and takes nothing away."""
    send(tmp_path, "1.00")
    store, declared = current_store(), dataset.find_dataset("payments")
    before = store.catalog("payments").published
    candidates = []

    def kept(_store, _dataset, candidate, version):
        copy = tmp_path / f"candidate{len(candidates)}.duckdb"
        copy.write_bytes(candidate.read_bytes())
        candidates.append((copy, version))
        raise Refused("later")

    monkeypatch.setattr(type(store), "publish", kept)
    for amount in ("2.00", "4.00"):
        with pytest.raises(Refused, match="later"):
            send(tmp_path, amount, day="2025-02-15")
    monkeypatch.undo()
    outcomes = []

    def publisher(candidate, version):
        try:
            store.publish(declared, candidate, version)
            outcomes.append("published")
        except Refused:
            outcomes.append("refused")

    threads = [threading.Thread(target=publisher, args=pair) for pair in candidates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "refused"]
    assert store.catalog("payments").current == before.number + 1
    assert amounts() in ([100, 200], [100, 400])
