"""The pipeline as it stood on each day: validity ranges of every lead, and open deals by day.

A range says in which stage, with whom and at what value a lead stood at the end of its days; the last one ends on
9999-12-31. A lead deleted in the CRM stays, as `deleted` and without its name, so that what once stood in the pipeline
does not change; a lead that closes stays with its final status. A won range tells since when its lead is won
(`won_day`), an open one whether its lead was won at the end of the month in which it left the range: `won_by` is that
day, and `won_centavos` its value then. The daily picture leaves campaign fields out, which would multiply its rows.
"""

from __future__ import annotations

from farol.areas.crm.marts.tables import DIM, PIPELINE_DAILY, PIPELINE_STATE, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose, each, listed

POINTS = Sql("""
    CREATE OR REPLACE TEMP TABLE points AS
    WITH changes AS (
        SELECT connection_id, lead_id, type, created_at AS moment, id AS seq, from_user, to_user, from_value, to_value
        FROM event WHERE NOT deleted AND type IN ('entity_responsible_changed', 'sale_field_changed')),
    people AS (
        SELECT connection_id, lead_id, arg_min(coalesce(from_user, ''), (moment, seq)) AS first,
               arg_max(coalesce(to_user, ''), (moment, seq)) AS last, max(moment) AS last_at
        FROM changes WHERE type = 'entity_responsible_changed' GROUP BY connection_id, lead_id),
    worth AS (
        SELECT connection_id, lead_id, arg_min(coalesce(from_value, 0), (moment, seq)) AS first,
               arg_max(coalesce(to_value, 0), (moment, seq)) AS last, max(moment) AS last_at
        FROM changes WHERE type = 'sale_field_changed' GROUP BY connection_id, lead_id),
    leads AS (
        SELECT l.connection_id, l.id AS lead_id, coalesce(l.responsible_id, '') AS responsible_id,
               coalesce(l.price_centavos, 0) AS price, l.created_at, l.updated_at, l.deleted
        FROM lead l)
    SELECT connection_id, lead_id, least(l.created_at, l.updated_at) AS moment, 0 AS n, '' AS seq,
        CAST(NULL AS BIGINT) AS interval,
        coalesce(p.first, l.responsible_id) AS responsible_id, coalesce(w.first, l.price) AS price, false AS gone
    FROM leads l LEFT JOIN people p USING (connection_id, lead_id) LEFT JOIN worth w USING (connection_id, lead_id)
    UNION ALL
    SELECT connection_id, lead_id, min(entered) OVER (PARTITION BY connection_id, lead_id ORDER BY interval
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), 1, '', interval, NULL, NULL, NULL FROM intervals
    UNION ALL
    SELECT connection_id, lead_id, moment, 2, seq, NULL, CASE WHEN type = 'entity_responsible_changed'
        THEN coalesce(to_user, '') END,
        CASE WHEN type = 'sale_field_changed' THEN coalesce(to_value, 0) END, NULL
    FROM changes
    UNION ALL
    SELECT connection_id, lead_id, greatest(p.last_at, l.updated_at), 3, '', NULL, l.responsible_id, NULL, NULL
    FROM leads l JOIN people p USING (connection_id, lead_id) WHERE p.last <> l.responsible_id
    UNION ALL
    SELECT connection_id, lead_id, greatest(w.last_at, l.updated_at), 3, '', NULL, NULL, l.price, NULL
    FROM leads l JOIN worth w USING (connection_id, lead_id) WHERE w.last <> l.price
    UNION ALL
    SELECT l.connection_id, l.lead_id, coalesce(max(v.created_at), l.updated_at), 4, '', NULL, NULL, NULL, true
    FROM leads l LEFT JOIN event v ON v.connection_id = l.connection_id AND v.lead_id = l.lead_id
        AND v.type = 'lead_deleted'
    WHERE l.deleted GROUP BY l.connection_id, l.lead_id, l.updated_at
""")
RANGES = Sql("""
    CREATE OR REPLACE TEMP TABLE ranges AS
    WITH filled AS (
        SELECT connection_id, lead_id, local_day(moment) AS day, moment, n, seq,
            last_value(interval IGNORE NULLS) OVER w AS interval,
               last_value(responsible_id IGNORE NULLS) OVER w AS responsible_id,
                   last_value(price IGNORE NULLS) OVER w AS price,
               last_value(gone IGNORE NULLS) OVER w AS gone
        FROM points SEMI JOIN lead l ON l.connection_id = points.connection_id AND l.id = points.lead_id
        WINDOW w AS (PARTITION BY connection_id, lead_id ORDER BY moment, n, seq, interval ROWS UNBOUNDED PRECEDING)),
    daily AS (
        SELECT * FROM filled
        QUALIFY row_number() OVER (PARTITION BY connection_id, lead_id, day ORDER BY moment DESC, n DESC,
            seq DESC, interval DESC) = 1)
    SELECT connection_id, lead_id, day AS from_day, coalesce(interval, 1) AS interval, responsible_id, price, gone,
        coalesce(lead(day) OVER (PARTITION BY connection_id, lead_id ORDER BY day) - 1, DATE '9999-12-31') AS to_day
    FROM daily
""")
WINS = Sql("""
    CREATE OR REPLACE TEMP TABLE wins AS
    WITH known AS (
        SELECT r.connection_id, r.lead_id, r.from_day, r.to_day, greatest(r.price, 0) AS value,
            last_day(r.to_day + 1) AS month_end, i.kind = 142 AND NOT r.gone AS won,
            i.kind NOT IN (142, 143) AND NOT r.gone AS open
        FROM ranges r JOIN intervals i USING (connection_id, lead_id, interval)
        SEMI JOIN (SELECT connection_id, lead_id FROM intervals WHERE kind = 142) USING (connection_id, lead_id)),
    runs AS (
        SELECT *, count(*) FILTER (NOT won) OVER (PARTITION BY connection_id, lead_id ORDER BY from_day) AS run
        FROM known),
    since AS (
        SELECT *, min(from_day) OVER (PARTITION BY connection_id, lead_id, run) AS won_day FROM runs WHERE won)
    SELECT connection_id, lead_id, from_day, won_day, CAST(NULL AS DATE) AS won_by,
        CAST(NULL AS BIGINT) AS won_centavos FROM since
    UNION ALL
    SELECT k.connection_id, k.lead_id, k.from_day, NULL, k.month_end, s.value
    FROM (SELECT * FROM known WHERE open) k JOIN since s ON s.connection_id = k.connection_id
        AND s.lead_id = k.lead_id AND s.from_day <= k.month_end AND s.to_day >= k.month_end
""")
STATE = Sql("""
    SELECT r.connection_id, r.lead_id, r.from_day, r.to_day, r.responsible_id, s.seller AS responsible, s.team,
        w.channel, w.source,
        w.utm_source, w.utm_medium, w.utm_campaign, w.product, w.name, i.pipeline, i.stage, i.stage_id, i.stage_order,
        CASE WHEN i.kind = 143 AND NOT r.gone THEN w.loss_reason ELSE '' END AS loss_reason,
        CASE WHEN r.gone THEN 'deleted' WHEN i.kind = 142 THEN 'won' WHEN i.kind = 143 THEN 'lost'
            ELSE 'open' END AS status,
        nullif(greatest(r.price, 0), 0) AS value_centavos, local_day(l.created_at) AS created_day,
        v.won_day, v.won_by, v.won_centavos
    FROM ranges r JOIN lead l ON l.connection_id = r.connection_id AND l.id = r.lead_id
    JOIN intervals i ON i.connection_id = r.connection_id AND i.lead_id = r.lead_id AND i.interval = r.interval
    LEFT JOIN wide w ON w.connection_id = r.connection_id AND w.lead_id = r.lead_id
    LEFT JOIN seller s ON s.connection_id = r.connection_id AND s.seller_id = r.responsible_id
    LEFT JOIN wins v ON v.connection_id = r.connection_id AND v.lead_id = r.lead_id AND v.from_day = r.from_day
""")
KEPT = tuple(name for name in DIM if name not in ("utm_source", "utm_medium", "utm_campaign", "loss_reason"))
DAILY = """
    WITH steps AS (
        SELECT s.connection_id, {dims}, stage_order, unnest([from_day, to_day + 1]) AS day, unnest([1, -1]) AS open,
               unnest([1, -1]) * coalesce(value_centavos, 0) AS value
        FROM {target}.pipeline_state s WHERE status = 'open'),
    changes AS (
        SELECT connection_id, {dims}, stage_order, day, sum(open) AS open, sum(value) AS value
        FROM steps GROUP BY ALL HAVING sum(open) <> 0 OR sum(value) <> 0),
    standing AS (
        SELECT * EXCLUDE (open, value), sum(open) OVER w AS open, sum(value) OVER w AS value,
               lead(day) OVER (PARTITION BY connection_id, {dims}, stage_order ORDER BY day) AS until
        FROM changes
        WINDOW w AS (PARTITION BY connection_id, {dims}, stage_order ORDER BY day ROWS UNBOUNDED PRECEDING)),
    bounded AS (
        SELECT s.* EXCLUDE (until), least(coalesce(s.until - 1, DATE '9999-12-31'), local_day(e.until - 1)) AS last
        FROM standing s JOIN ends e USING (connection_id) WHERE s.open > 0)
    SELECT connection_id, {dims}, {left_out}, stage_order, CAST(open AS INTEGER) AS open,
        CAST(value AS BIGINT) AS value_centavos,
        CAST(unnest(generate_series(day, last, INTERVAL 1 DAY)) AS DATE) AS day
    FROM bounded WHERE last >= day
"""


def fill(build: Build) -> None:
    for statement in (POINTS, RANGES, WINS):
        build.connection.execute(statement)
    put(build, PIPELINE_STATE, STATE)
    for table in ("points", "ranges", "wins"):
        build.connection.execute("DROP TABLE " + table)
    left_out = listed(compose("'' AS {n}", n=each("{}", [name])) for name in DIM if name not in KEPT)
    put(build, PIPELINE_DAILY, compose(DAILY, dims=each("{}", KEPT), left_out=left_out, target=build.target))
