"""The six tables by their old names, on MariaDB and on PostgreSQL, against the published facts."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg
import pymysql
import pytest

from farol.areas.crm import views
from farol.areas.crm.models import Forecast, Goal
from farol.areas.crm.tests.company import NOW, published
from farol.core import clock
from farol.engines.warehouse import mysql, open_reader
from farol.engines.warehouse.clickhouse_http import Server
from farol.engines.warehouse.tests.clickhouse_server import serving

NAMES = {
    "leads_metrics",
    "funnel_history",
    "commercial_activities",
    "sales_metrics",
    "performance_vendedores",
    "monthly_forecasts",
}
# as the description of the replaced system has them
TOTALS = """
SELECT
    COUNT(DISTINCT lead_id) as total_leads,
    COUNT(DISTINCT CASE WHEN status = 'won' THEN lead_id END) as vendas_ganhas,
    ROUND(COUNT(DISTINCT CASE WHEN status = 'won' THEN lead_id END) /
          COUNT(DISTINCT lead_id) * 100, 2) as win_rate
FROM leads_metrics;
"""
SELLERS = """
SELECT
    vendedor,
    COUNT(*) as total_leads,
    COUNT(CASE WHEN status = 'won' THEN 1 END) as vendas,
    ROUND(COUNT(CASE WHEN status = 'won' THEN 1 END) / COUNT(*) * 100, 2) as win_rate
FROM sales_metrics
GROUP BY vendedor
ORDER BY vendas DESC;
"""


@pytest.fixture(
    params=[
        "mysql",
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.alone]),
        pytest.param("clickhouse", marks=pytest.mark.engines),
    ]
)
def outside(request, db, settings, tmp_path):
    """`ask(sql) -> rows` as an outsider of a warehouse that holds the company, a goal and a frozen forecast."""
    settings.FAROL_HOME = tmp_path
    name = "FAROL_TEST_MARIADB" if request.param == "mysql" else "FAROL_TEST_POSTGRES"
    server = os.environ.get(name, "")
    if not server and request.param != "clickhouse":
        pytest.skip(f"needs {name} (./dev test finds or starts one)")
    month = dt.date(2026, 11, 1)
    Goal.objects.create(month=month, revenue=Decimal(5000))
    Forecast.objects.create(
        as_of=dt.date(2026, 11, 2), month=month, target="revenue", model="blend", value="1500.50", data_version="1"
    )
    with clock.frozen(NOW):
        if request.param == "clickhouse":
            yield from _clickhouse(tmp_path / "clickhouse", settings)
        else:
            yield from (_mysql if request.param == "mysql" else _postgres)(server, settings)


def _mysql(server, settings):
    name = f"farol_views_{os.getpid()}"
    with pymysql.connect(**{**mysql.options(server), "database": None}, autocommit=True).cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            settings.FAROL_WAREHOUSE = urlsplit(server)._replace(path=f"/{name}").geturl()
            published()
            cursor.execute(f"USE {name}")
            yield lambda sql: cursor.execute(sql) and list(cursor.fetchall())
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def _postgres(server, settings):
    settings.FAROL_WAREHOUSE = server
    with psycopg.connect(server, autocommit=True) as connection:
        _forget(connection)
        try:
            published()
            connection.execute("SET search_path TO bi")
            yield lambda sql: connection.execute(sql).fetchall()
        finally:
            _forget(connection)


def _clickhouse(folder, settings):
    with serving(folder) as settings.FAROL_WAREHOUSE, Server(settings.FAROL_WAREHOUSE) as server:
        published()
        yield lambda sql: server.rows(sql.strip().rstrip(";"))


def _forget(connection):
    for schema in ("bi", "farol_warehouse"):
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def facts(sql: str) -> list[tuple]:
    with open_reader("crm") as reader:
        return reader.rows(sql.format(**{t.name: reader.table(t.name) for t in reader.dataset.tables}))


def test_the_six_tables_say_what_the_facts_say(outside):
    assert set(views.crm_views("")) == NAMES
    ((total, won, _rate),) = outside(TOTALS)
    assert (total, won) == facts("SELECT count(*), sum(won) FROM {lead} WHERE counts")[0]
    assert total > 50
    sellers = outside(SELLERS)
    assert sum(row[1] for row in sellers) == facts("SELECT count(*) FROM {lead}")[0][0]
    assert sum(row[2] for row in sellers) == facts("SELECT sum(won) FROM {deal}")[0][0]
    # no day of a seller is made up, none is lost
    ((leads, wins, revenue, activities),) = outside(
        "SELECT SUM(total_leads), SUM(vendas_ganhas), SUM(receita_total), SUM(total_activities)"
        " FROM performance_vendedores"
    )
    assert (leads,) == facts("SELECT sum(leads) FROM {intake}")[0]
    assert (wins, revenue * 100) == facts("SELECT sum(won), sum(revenue_centavos) FROM {deal}")[0]
    assert (activities,) == facts("SELECT sum(activities) FROM {activity}")[0]
    for view, table in (("funnel_history", "stage_interval"), ("commercial_activities", "activity")):
        assert outside(f"SELECT count(*) FROM {view}") == facts(f"SELECT count(*) FROM {{{table}}}")
    kinds = {row[0] for row in outside("SELECT DISTINCT conversion_type FROM funnel_history")}
    assert kinds >= {None, "won", "lost", "advance"}
    assert outside("SELECT model, forecast_value, goal_value FROM monthly_forecasts") == [
        ("blend", Decimal("1500.50"), Decimal("5000.00"))
    ]


def test_what_came_with_a_lead_and_what_people_wrote_are_there(outside):
    asked = "SELECT utm_content, utm_term, gclid, fbclid, lead_source_field FROM leads_metrics WHERE lead_id = 'paid'"
    assert outside(asked) == [("video-b", "loja", "abc", "IwAR", "Indicação")]
    notes = outside("SELECT lead_id, note_text FROM commercial_activities WHERE note_text LIKE 'Pediu%'")
    assert notes == [("slow-answer", "Pediu desconto")]


def test_times_are_local(outside):
    at = facts("SELECT lead_id, created_at, created_day FROM {lead} WHERE counts")
    shown = {row[0]: row[1:] for row in outside("SELECT lead_id, created_date, created_time FROM leads_metrics")}
    assert len(shown) == len(at)
    for lead, instant, day in at:
        local = clock.local(instant.replace(tzinfo=dt.UTC))
        found_day, found_time = shown[lead]
        if isinstance(found_time, dt.timedelta):  # what the driver makes of a time of day
            found_time = (dt.datetime.min + found_time).time()
        assert (found_day, found_time) == (day, local.time().replace(tzinfo=None))


def test_offsets_of_a_zone_with_and_without_summer_time():
    brazil = views._offsets(ZoneInfo("America/Sao_Paulo"), 2030)
    assert ("2019-02-17 02:00:00", -120) in brazil
    assert brazil[-1] == ("", -180)
    assert views._offsets(ZoneInfo("Etc/UTC"), 2030) == (("", 0),)
