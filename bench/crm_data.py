"""Made-up records of a CRM, straight into the stage: `leads` leads, twice as many stays in stages, four times as many
activities. `python bench/crm_data.py LEADS` fills FAROL_HOME's stage; everything follows from the numbers of the rows.
"""

from __future__ import annotations

import sys
from typing import Any

MONTHS, FIRST = 20, 1_743_465_600  # twenty months from 2025-04-01
SPAN = MONTHS * 2_629_800
SHAPE = f"""
CREATE OR REPLACE TEMP TABLE made AS SELECT i, (hash(i) % 1000)::BIGINT AS a,
 (hash(i + 7) % 1000)::BIGINT AS b, (hash(i + 13) % 1000)::BIGINT AS c,
 {FIRST} + (i * {SPAN} // $leads) + (hash(i + 3) % 86400)::BIGINT AS born FROM range($leads) t(i)
"""
OUTCOME = "CASE WHEN a < 250 THEN 'won' WHEN a < 800 THEN 'lost' ELSE 'open' END"
CLOSED = "born + 86400 * (1 + c % 60)::BIGINT"
WORDS = "['google', 'facebook', 'instagram', 'site', 'newsletter', NULL]"
INSERTS = {
    "pipeline": "SELECT 'P' AS id, 'Comercial' AS name, 1 AS sort, true AS main",
    "status": "SELECT 'P:' || s AS id, 'P' AS pipeline_id, s AS status_id, 'Etapa ' || s AS name, s::INTEGER AS sort,"
    " CASE WHEN s IN ('142', '143') THEN s::INTEGER ELSE 0 END AS kind"
    " FROM unnest(['1', '2', '3', '142', '143']) t(s)",
    "user": "SELECT s::TEXT AS id, 'Vendedor ' || s AS name, 'Time ' || s % 3 AS team, true AS active"
    " FROM range(1, 21) t(s)",
    "lead": f"SELECT i::TEXT AS id, 'Lead ' || i AS name, {OUTCOME} AS status, 'P' AS pipeline_id,"
    " CASE WHEN a < 250 THEN '142' WHEN a < 800 THEN '143' ELSE (1 + b % 3)::TEXT END AS status_id,"
    " (1 + b % 20)::TEXT AS responsible_id, 100 * (200 + c * 11)::BIGINT AS price_centavos, true AS counts,"
    f" born AS created_at, {CLOSED} AS updated_at, CASE WHEN a < 800 THEN {CLOSED} END AS closed_at,"
    f" ({WORDS})[1 + b % 6] AS utm_source, 'cpc' AS utm_medium, 'campanha-' || c % 30 AS utm_campaign,"
    " CASE WHEN b % 6 = 5 THEN 'Indicação' END AS origin, 'Produto ' || c % 8 AS product, '[]' AS tags,"
    " CASE WHEN a BETWEEN 250 AND 799 THEN 'Motivo ' || c % 9 END AS loss_reason FROM made",
    "event": "SELECT 'm' || i AS id, 'lead_status_changed' AS type, 'lead' AS entity_type, i::TEXT AS entity_id,"
    f" i::TEXT AS lead_id, (1 + b % 20)::TEXT AS created_by, {CLOSED} AS created_at, 'P' AS from_pipeline,"
    " '1' AS from_status, 'P' AS to_pipeline,"
    " CASE WHEN a < 250 THEN '142' WHEN a < 800 THEN '143' ELSE (1 + b % 3)::TEXT END AS to_status FROM made"
    " UNION ALL BY NAME SELECT 'i' || i AS id, 'incoming_chat_message' AS type, 'lead' AS entity_type,"
    " i::TEXT AS entity_id, i::TEXT AS lead_id, '0' AS created_by, born + 60 AS created_at FROM made"
    " UNION ALL BY NAME SELECT 'o' || i AS id, 'outgoing_chat_message' AS type, 'lead' AS entity_type,"
    " i::TEXT AS entity_id, i::TEXT AS lead_id, (1 + b % 20)::TEXT AS created_by,"
    " born + 120 + c::BIGINT * c::BIGINT AS created_at FROM made",
    "task": "SELECT i::TEXT AS id, ['follow_up', 'meeting', 'call', 'other'][1 + c % 4] AS kind, i::TEXT AS lead_id,"
    " 'leads' AS entity_type, i::TEXT AS entity_id, (1 + b % 20)::TEXT AS responsible_id, born + 3600 AS created_at,"
    " born + 90000 AS due_at, CASE WHEN c % 5 > 0 THEN born + 80000 + c::BIGINT * 40 END AS completed_at,"
    " c % 5 > 0 AS completed FROM made",
    "note": "SELECT i::TEXT AS id, 'call_out' AS type, 'leads' AS entity_type, i::TEXT AS entity_id,"
    " i::TEXT AS lead_id, (1 + b % 20)::TEXT AS created_by, (1 + b % 20)::TEXT AS responsible_id,"
    " born + 7200 AS created_at, 4 AS call_status, (c % 900)::INTEGER AS duration FROM made",
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
    stage.set_mark("until:default", str(FIRST + SPAN + 90 * 86400))


def main(leads: int) -> None:
    from farol.engines.warehouse import find_dataset, open_stage

    with open_stage(find_dataset("crm")) as stage:
        fill(stage, leads)


if __name__ == "__main__":
    from django import setup

    setup()
    main(int(sys.argv[1]))
