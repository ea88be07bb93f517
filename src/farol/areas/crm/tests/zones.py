"""A process in a time zone of its own: `python -m farol.areas.crm.tests.zones HOME INSTANT WAREHOUSE`.

Publishes the small company with leads at the edges of days, months and years, and prints every cell of every table,
every measure by day, and every row of the views as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
from typing import Any

UTC_EDGES = (
    "2026-10-31 23:59:59", "2026-11-01 00:00:00", "2026-11-01 02:59:59", "2026-11-01 03:00:00", "2026-11-10 23:59:59",
    "2026-11-11 00:00:00", "2026-11-11 02:59:59", "2026-11-11 03:00:00", "2026-11-11 14:59:59", "2026-11-11 15:00:00",
    "2025-12-31 23:59:59", "2026-01-01 02:59:59", "2026-01-01 03:00:00",
    "2018-11-04 02:59:59", "2018-11-04 03:00:00",  # midnight did not exist
    "2019-02-17 01:59:59", "2019-02-17 02:00:00", "2019-02-17 03:00:00",  # the last hour came twice
)  # fmt: skip


def edges() -> dict[str, int]:
    """Lead -> unix seconds."""
    moments = (dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) for text in UTC_EDGES)
    return {f"edge-{moment:%Y%m%dT%H%M%S}": int(moment.timestamp()) for moment in moments}


def prepare(home: str, warehouse: str) -> None:
    os.environ |= {"FAROL_HOME": home, "FAROL_WAREHOUSE": warehouse, "FAROL_DATABASE_URL": "sqlite:///"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "farol.config.settings"
    zone = os.environ["TZ"]
    import django
    from django.conf import settings

    assert settings.TIME_ZONE == "America/Sao_Paulo"
    os.environ["TZ"] = zone  # Django has put the process into the business zone: nothing may lean on that
    time.tzset()
    django.setup()
    from django.apps import apps
    from django.db import connection

    rooms = ("accounts", "crm")
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for model in (m for room in rooms for m in apps.get_app_config(room).get_models()):
            editor.create_model(model)


def publish(warehouse: str) -> None:
    from farol.areas.crm.tests.company import Maker, changed, published

    make = Maker()
    for lead, moment in edges().items():
        make.lead(lead, [("2026-10-01 09:00", "11")], price_centavos=1_000)
        make.rows["lead"][-1] |= {"created_at": moment, "updated_at": moment}
        make.event("outgoing_chat_message", lead, moment + 3600)
    rows = changed(lead=lambda found: found + make.rows["lead"], event=lambda found: found + make.rows["event"])
    published({**rows, "event": [{**row, "id": f"{n}"} for n, row in enumerate(rows["event"])]})


def told(warehouse: str) -> dict[str, Any]:
    from farol.areas.crm.metrics import MODELS
    from farol.areas.crm.views import crm_views
    from farol.engines.metrics import Query, parse_period
    from farol.engines.metrics.answer import answer
    from farol.engines.warehouse import open_reader

    found: dict[str, Any] = {}
    with open_reader("crm") as reader:
        found["complete"] = str(reader.complete_until)
        for table in reader.dataset.all_tables:
            columns = ", ".join(f'"{name}"' for name in table.columns)
            found[table.name] = reader.rows(f"SELECT {columns} FROM {reader.table(table.name)}")
        for model in MODELS:
            names = tuple(measure.name for measure in model.measures)
            for by, text in (("day", "2026-10-25..2026-11-20"), ("month", "2018-01-01..2026-11-20")):
                rows = answer(reader, Query(model, names, (by,), period=parse_period(text)), {}).rows
                found[f"{model.name} by {by}"] = [list(row.values()) for row in rows]
    if warehouse != "duckdb":
        found |= {view: outside(warehouse, f"SELECT * FROM {view}") for view in crm_views("")}
    return {name: sorted(map(_plain, rows)) if isinstance(rows, list) else rows for name, rows in found.items()}


def outside(warehouse: str, sql: str) -> list[tuple[Any, ...]]:
    """As a query tool on this machine asks: in the session's own zone."""
    if warehouse.startswith("postgres"):
        import psycopg

        with psycopg.connect(warehouse, options="-c search_path=bi") as connection:
            return connection.execute(sql).fetchall()
    import pymysql

    from farol.engines.warehouse import mysql

    with pymysql.connect(**mysql.options(warehouse)).cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _plain(row: Any) -> str:
    return " | ".join("" if v is None else f"{v:f}" if isinstance(v, float) else str(v) for v in row)


def main(home: str, instant: str, warehouse: str) -> None:
    prepare(home, warehouse)
    from farol.core import clock

    with clock.frozen(dt.datetime.fromisoformat(instant)):
        publish(warehouse)
        sys.stdout.write(json.dumps(told(warehouse)))


if __name__ == "__main__":
    main(*sys.argv[1:])
