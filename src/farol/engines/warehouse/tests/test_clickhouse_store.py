"""The same versions on ClickHouse, over its HTTP interface with the engine itself behind it."""

from __future__ import annotations

import pytest

from farol.core.errors import Refused, Unavailable
from farol.engines.metrics import Query, parse_period
from farol.engines.metrics.answer import answer
from farol.engines.warehouse import dataset, open_reader, rollback, versions
from farol.engines.warehouse.clickhouse_http import ClickHouseError, Server
from farol.engines.warehouse.store import current_store
from farol.platform.accounts.principal import OPERATOR

from .clickhouse_server import serving
from .odd_values import ODD, every_value_comes_back
from .sending import amounts, send

pytestmark = [pytest.mark.engines, pytest.mark.django_db]


@pytest.fixture
def server(settings, tmp_path):
    """`ask(sql) -> rows` of the server that the warehouse is set to."""
    settings.FAROL_HOME, settings.FAROL_WAREHOUSE_KEEP = tmp_path, 2
    with serving(tmp_path / "clickhouse") as address:
        settings.FAROL_WAREHOUSE = address
        with Server(address) as found:
            yield found.rows


def test_versions_rollback_and_cleaning(server, tmp_path):
    with pytest.raises(Unavailable):
        open_reader("payments")
    send(tmp_path, "10.00", "0.01")
    assert send(tmp_path, "10.00", "0.01").rows_unchanged == 2
    send(tmp_path, "99.99", "0.01", day="2025-02-21")
    with open_reader("payments") as reader:
        assert reader.dialect == "clickhouse"
        (row,) = answer(reader, Query("payments", ["tpv"], period=parse_period("2025-02"), compare=["m1"]), {}).rows
        assert str(row["tpv"]) == "110.01"
        (row,) = answer(reader, Query("payments", ["tpv"], period=parse_period("2025-02-21"), compare=["w1"]), {}).rows
        assert [str(row["tpv"]), str(row["compare"]["tpv"]["w1"].base)] == ["100.00", "10.01"]
    assert amounts() == [1000, 1, 9999, 1]
    assert rollback("payments", None, OPERATOR).name == "1"
    assert amounts() == [1000, 1]
    assert send(tmp_path, "7.00", day="2025-02-22").data_version == "3"
    assert amounts() == [1000, 1, 700]
    send(tmp_path, "8.00", day="2025-02-23")
    send(tmp_path, "8.00", day="2025-02-23")
    assert [v.name for v in versions("payments")] == ["4", "3"]
    assert server("SELECT count(*) FROM system.tables WHERE name LIKE 'payments_v%'") == [(2 * 2,)]


def test_what_a_killed_publication_leaves_is_never_seen_and_goes(server, tmp_path, monkeypatch):
    from farol.engines.warehouse import clickhouse

    send(tmp_path, "1.00")

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(clickhouse, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            send(tmp_path, "2.00", day="2025-02-15")
    assert amounts() == [100]
    assert send(tmp_path, "4.00", day="2025-02-16").data_version == "2"
    assert amounts() == [100, 400]


def test_who_comes_second_to_a_number_is_refused(server, tmp_path):
    server("CREATE TABLE payments_v1_kpi_daily (n UInt8) ENGINE = MergeTree ORDER BY n")  # as another machine does
    store, declared = current_store(), dataset.find_dataset("payments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store), "clean", lambda _store, _dataset: None)
        with pytest.raises(Refused):
            send(tmp_path, "1.00")
    assert store.catalog(declared.name).current is None


def test_every_value_comes_back_as_it_was(server, monkeypatch):
    monkeypatch.setattr(dataset, "all_datasets", lambda: (ODD,))
    every_value_comes_back()


def test_a_wrong_statement_is_no_silence_and_nothing_tells_the_address(server, settings):
    with pytest.raises(ClickHouseError):
        server("SELECT nothing FROM nowhere")
    settings.FAROL_WAREHOUSE = "clickhouse://ana:s3nha@127.0.0.1:1/loja"
    with pytest.raises(Unavailable) as refused:
        open_reader("payments")
    assert "s3nha" not in f"{refused.value!r} {refused.value.__cause__!r}"
