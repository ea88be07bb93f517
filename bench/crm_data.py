"""Made-up records of a CRM, straight into the stage: `leads` leads, twice as many stays in stages, four times as many
activities. `python bench/crm_data.py LEADS` fills FAROL_HOME's stage; everything follows from the numbers of the rows.

The twenty months end in the middle of one, and nothing happens after their end: what would be closed later is open.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import Any

DAY = 86400
BEGIN, LAST = dt.date(2025, 1, 15), dt.date(2026, 9, 14)
FIRST, END = (int(dt.datetime(day.year, day.month, day.day, 3, tzinfo=dt.UTC).timestamp()) for day in (BEGIN, LAST))
SELLERS, CHANNELS = 20, ("organic", "paid", "referral")
# `a` is the lot that is drawn, `moved` when the lead leaves its first stage, if that lies within the months
SHAPE = f"""
CREATE OR REPLACE TEMP TABLE made AS
SELECT *, moved < {END} AS gone, CASE WHEN moved >= {END} OR a >= 800 THEN 'open' WHEN a < 250 THEN 'won'
  ELSE 'lost' END AS outcome,
 CASE WHEN moved >= {END} THEN '1' WHEN a < 250 THEN '142' WHEN a < 800 THEN '143' ELSE (2 + b % 2)::TEXT END AS stage
FROM (SELECT *, born + {DAY} * (1 + c % 60) AS moved FROM (
  SELECT i, (hash(i) % 1000)::BIGINT AS a, (hash(i + 7) % 1000)::BIGINT AS b, (hash(i + 13) % 1000)::BIGINT AS c,
   {FIRST} + i * {END - FIRST - DAY} // $leads + (hash(i + 3) % {DAY})::BIGINT AS born FROM range($leads) t(i)))
"""
WORDS = "['google', 'facebook', 'instagram', 'site', 'newsletter', NULL]"
INSERTS = {
    "pipeline": "SELECT 'P' AS id, 'Comercial' AS name, 1 AS sort, true AS main",
    "status": "SELECT 'P:' || s AS id, 'P' AS pipeline_id, s AS status_id, 'Etapa ' || s AS name, s::INTEGER AS sort,"
    " CASE WHEN s IN ('142', '143') THEN s::INTEGER ELSE 0 END AS kind"
    " FROM unnest(['1', '2', '3', '142', '143']) t(s)",
    "user": "SELECT s::TEXT AS id, 'Vendedor ' || s AS name, 'Time ' || s % 3 AS team, true AS active"
    f" FROM range(1, {SELLERS + 1}) t(s)",
    "lead": "SELECT i::TEXT AS id, 'Lead ' || i AS name, outcome AS status, 'P' AS pipeline_id, stage AS status_id,"
    f" (1 + b % {SELLERS})::TEXT AS responsible_id, 100 * (200 + c * 11)::BIGINT AS price_centavos, true AS counts,"
    f" born AS created_at, least(moved, {END - 1}) AS updated_at,"
    f" CASE WHEN outcome <> 'open' THEN moved END AS closed_at,"
    f" ({WORDS})[1 + b % 6] AS utm_source, 'cpc' AS utm_medium, 'campanha-' || c % 30 AS utm_campaign,"
    " CASE WHEN b % 6 = 5 THEN 'Indicação' END AS origin, 'Produto ' || c % 8 AS product, '[]' AS tags,"
    " CASE WHEN outcome = 'lost' THEN 'Motivo ' || c % 9 END AS loss_reason FROM made",
    "event": "SELECT 'm' || i AS id, 'lead_status_changed' AS type, 'lead' AS entity_type, i::TEXT AS entity_id,"
    f" i::TEXT AS lead_id, (1 + b % {SELLERS})::TEXT AS created_by, moved AS created_at, 'P' AS from_pipeline,"
    " '1' AS from_status, 'P' AS to_pipeline, stage AS to_status FROM made WHERE gone"
    " UNION ALL BY NAME SELECT 'i' || i AS id, 'incoming_chat_message' AS type, 'lead' AS entity_type,"
    " i::TEXT AS entity_id, i::TEXT AS lead_id, '0' AS created_by, born + 60 AS created_at FROM made"
    " UNION ALL BY NAME SELECT 'o' || i AS id, 'outgoing_chat_message' AS type, 'lead' AS entity_type,"
    f" i::TEXT AS entity_id, i::TEXT AS lead_id, (1 + b % {SELLERS})::TEXT AS created_by,"
    f" born + 120 + c * c AS created_at FROM made WHERE born + 120 + c * c < {END}",
    "task": "SELECT i::TEXT AS id, ['follow_up', 'meeting', 'call', 'other'][1 + c % 4] AS kind, i::TEXT AS lead_id,"
    f" 'leads' AS entity_type, i::TEXT AS entity_id, (1 + b % {SELLERS})::TEXT AS responsible_id,"
    " born + 3600 AS created_at, born + 90000 AS due_at, CASE WHEN done THEN born + 80000 + c * 40 END AS completed_at,"
    f" done AS completed FROM (SELECT *, c % 5 > 0 AND born + 80000 + c * 40 < {END} AS done FROM made)"
    f" WHERE born + 3600 < {END}",
    "note": "SELECT i::TEXT AS id, 'call_out' AS type, 'leads' AS entity_type, i::TEXT AS entity_id,"
    f" i::TEXT AS lead_id, (1 + b % {SELLERS})::TEXT AS created_by, (1 + b % {SELLERS})::TEXT AS responsible_id,"
    f" born + 7200 AS created_at, 4 AS call_status, (c % 900)::INTEGER AS duration FROM made WHERE born + 7200 < {END}",
}


def fill(stage: Any, leads: int) -> None:
    """In place of whatever is there."""
    connection = stage.connection
    connection.execute(SHAPE, {"leads": leads})
    for table, select in INSERTS.items():
        connection.execute(f'DELETE FROM "{table}"')
        connection.execute(
            f'INSERT INTO "{table}" BY NAME'
            f" SELECT 'default' AS connection_id, false AS deleted, 1 AS run, * FROM ({select})"
        )
    connection.execute("DROP TABLE made")
    stage.set_mark("until:default", str(END))


def plan() -> None:
    """Goals of everybody, each seller and each channel in the last month; what the channels cost since the first."""
    from farol.areas.crm.models import Goal, Spend

    month, money = LAST.replace(day=1), Decimal(2_000_000)
    whose = [("", ""), *((str(n), "") for n in range(1, SELLERS + 1)), *(("", name) for name in CHANNELS)]
    Goal.objects.bulk_create(
        Goal(month=month, responsible_id=who, channel=channel, revenue=money, won=500, leads=2000)
        for who, channel in whose
    )
    Spend.objects.bulk_create(
        Spend(first=BEGIN, last=LAST - dt.timedelta(days=1), channel=channel, amount=money) for channel in CHANNELS
    )


def main(leads: int) -> None:
    from farol.engines.warehouse import find_dataset, open_stage

    plan()
    with open_stage(find_dataset("crm")) as stage:
        fill(stage, leads)


if __name__ == "__main__":
    from django import setup

    setup()
    main(int(sys.argv[1]))
