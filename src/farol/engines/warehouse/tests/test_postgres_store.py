"""The same versions on PostgreSQL: tables that carry the version, views in reais, rollback, landing rebuilt."""

from __future__ import annotations

import os
from decimal import Decimal

import psycopg
import pytest

from farol.core.errors import Unavailable
from farol.engines.warehouse import open_reader, rollback, versions
from farol.platform.accounts.principal import OPERATOR

from .sending import amounts, send

pytestmark = [pytest.mark.postgres, pytest.mark.alone, pytest.mark.django_db]


@pytest.fixture
def address(settings, tmp_path):
    found = os.environ.get("FAROL_TEST_POSTGRES", "")
    if not found:
        pytest.skip("needs FAROL_TEST_POSTGRES=postgresql://… (./dev test finds or starts one)")
    settings.FAROL_HOME, settings.FAROL_WAREHOUSE, settings.FAROL_WAREHOUSE_KEEP = tmp_path, found, 2
    forget(found)
    yield found
    forget(found)


def forget(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for schema in ("bi", "farol_warehouse"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def test_versions_views_rollback_and_cleaning(address, tmp_path):
    with pytest.raises(Unavailable):
        open_reader("payments")
    send(tmp_path, "10.00", "0.01")
    assert send(tmp_path, "10.00", "0.01").rows_unchanged == 2
    send(tmp_path, "99.99", "0.01", day="2025-02-21")
    with open_reader("payments") as reader:
        assert reader.dialect == "postgres"
        assert sum(len(part) for part in reader.stream(f"SELECT * FROM {reader.table('calendar')}", 100)) == 808
        assert reader.rows(f"SELECT merchant, fee_centavos FROM {reader.table('kpi_daily')} LIMIT 1") == [("", None)]
    assert amounts() == [1000, 1, 9999, 1]
    with psycopg.connect(address) as outside:
        assert outside.execute("SELECT sum(amount_transacted) FROM bi.kpi_daily").fetchone() == (Decimal("110.01"),)
        view = outside.execute("SELECT tpv, base_tpv, delta_tpv FROM bi.kpi_comparison_w1 ORDER BY day").fetchall()
        assert view == [(Decimal("10.01"), None, None), (Decimal("100.00"), Decimal("10.01"), Decimal("89.99"))]
    assert rollback("payments", None, OPERATOR).name == "1"
    assert amounts() == [1000, 1]
    assert send(tmp_path, "7.00", day="2025-02-22").data_version == "3"
    assert amounts() == [1000, 1, 700]
    send(tmp_path, "8.00", day="2025-02-23")
    send(tmp_path, "9.00", day="2025-02-24")
    assert [v.name for v in versions("payments")] == ["5", "4"]
    send(tmp_path, "9.00", day="2025-02-24")
    with psycopg.connect(address) as outside:
        left = outside.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'farol_warehouse'").fetchone()
        assert left == (2 + 2 * 2,)
