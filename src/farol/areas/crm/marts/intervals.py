"""Which stages a lead was in, from when to when.

The first stage is what the first status event left, from the lead's creation on; without events it is the present one.
Events are put in order by their instant and id. A final stage is left at once: it collects no hours. Where the last
event does not lead to the present stage, an event is missing: the interval begins at the lead's last change
(`gap`). Leads deleted in the CRM have intervals here, for the history of the pipeline, but none is published.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from farol.areas.crm.marts.tables import STAGE, STAGE_INTERVAL, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose, literal

CHAIN = Sql("""
    CREATE OR REPLACE TEMP TABLE chain AS
    WITH moves AS (
        SELECT connection_id, lead_id, created_at AS moment, id AS seq, to_pipeline AS pipeline_id,
            to_status AS status_id,
               coalesce(from_pipeline, to_pipeline) AS from_pipeline, coalesce(from_status, to_status) AS from_status
        FROM event WHERE type = 'lead_status_changed' AND NOT deleted AND to_status IS NOT NULL),
    ends_of AS (
        SELECT connection_id, lead_id, arg_min((from_pipeline, from_status), (moment, seq)) AS first,
               arg_max((pipeline_id, status_id), (moment, seq)) AS last, max(moment) AS last_at
        FROM moves GROUP BY connection_id, lead_id),
    leads AS (
        SELECT l.connection_id, l.id AS lead_id, l.created_at, (l.pipeline_id, l.status_id) AS present,
               CASE WHEN l.status <> 'open' THEN l.closed_at END AS closed_at, l.updated_at, l.status,
               e.first, e.last, e.last_at
        FROM lead l LEFT JOIN ends_of e ON e.connection_id = l.connection_id AND e.lead_id = l.id),
    points AS (
        SELECT connection_id, lead_id, 0 AS n, '' AS seq, false AS gap, coalesce(first, present) AS stage,
               CASE WHEN first IS NULL THEN coalesce(closed_at, created_at) ELSE created_at END AS moment
        FROM leads
        UNION ALL
        SELECT m.connection_id, m.lead_id, 1, m.seq, false, (m.pipeline_id, m.status_id), m.moment
        FROM moves m SEMI JOIN leads USING (connection_id, lead_id)
        UNION ALL
        SELECT connection_id, lead_id, 2, '', true, present, greatest(last_at, coalesce(closed_at, updated_at))
        FROM leads WHERE last IS NOT NULL AND last IS DISTINCT FROM present)
    SELECT connection_id, lead_id, n, seq, moment, gap, coalesce(stage[1], '') AS pipeline_id, coalesce(stage[2],
        '') AS status_id
    FROM points
    QUALIFY stage IS DISTINCT FROM lag(stage) OVER (PARTITION BY connection_id, lead_id ORDER BY n, moment,
        seq) OR n = 0
""")
STAGES = """
    CREATE OR REPLACE TEMP TABLE stages AS
    WITH known AS (
        SELECT s.connection_id, s.pipeline_id, s.status_id, s.name, s.sort, coalesce(s.kind, 0) AS kind
            FROM status s),
    strange AS (SELECT connection_id, lead_id FROM chain ANTI JOIN known USING (connection_id, pipeline_id,
        status_id)),
    seen AS (
        SELECT c.connection_id, c.pipeline_id, c.status_id, k.status_id IS NOT NULL AS known,
               lag(k.sort) OVER (PARTITION BY c.connection_id, c.lead_id ORDER BY c.n, c.moment, c.seq) AS before
        FROM chain c SEMI JOIN strange USING (connection_id, lead_id)
        LEFT JOIN known k ON k.connection_id = c.connection_id AND k.pipeline_id = c.pipeline_id
            AND k.status_id = c.status_id),
    found AS (
        SELECT connection_id, pipeline_id, status_id, {unknown} AS name,
            CAST(round(avg(before)) AS INTEGER) AS sort, 0 AS kind
        FROM seen WHERE NOT known AND status_id <> '' GROUP BY connection_id, pipeline_id, status_id),
    every AS (
        SELECT *, false AS unknown FROM known
        UNION ALL
        SELECT *, true FROM found)
    SELECT e.connection_id, e.pipeline_id, e.status_id, e.pipeline_id || ':' || e.status_id AS stage_id, e.unknown,
        CASE e.status_id WHEN '142' THEN 142 WHEN '143' THEN 143 ELSE e.kind END AS kind,
        coalesce(nullif(trim(e.name), ''), e.status_id) AS stage, coalesce(e.sort, 0) AS stage_order,
        coalesce(nullif(trim(p.name), ''), e.pipeline_id) AS pipeline
    FROM every e LEFT JOIN pipeline p ON p.connection_id = e.connection_id AND p.id = e.pipeline_id
"""
INTERVALS = Sql("""
    CREATE OR REPLACE TEMP TABLE intervals AS
    WITH numbered AS (
        SELECT c.connection_id, c.lead_id, c.moment, c.gap, c.pipeline_id, c.status_id, l.status, l.deleted, e.until,
               row_number() OVER w AS interval, lead(c.moment) OVER w AS next_at,
                   lead(c.moment) OVER w IS NULL AS present
        FROM chain c JOIN lead l ON l.connection_id = c.connection_id AND l.id = c.lead_id
        JOIN ends e ON e.connection_id = c.connection_id
        WINDOW w AS (PARTITION BY c.connection_id, c.lead_id ORDER BY c.n, c.moment, c.seq)),
    named AS (
        SELECT n.*, coalesce(s.stage_id, '') AS stage_id, coalesce(s.stage, '') AS stage,
               coalesce(s.pipeline, n.pipeline_id) AS pipeline, coalesce(s.stage_order, 0) AS stage_order,
               coalesce(s.unknown, false) AS unknown,
               CASE WHEN present AND status = 'won' THEN 142 WHEN present AND status = 'lost' THEN 143
                    WHEN present AND s.kind IN (142, 143) THEN 0 ELSE coalesce(s.kind, 0) END AS kind
        FROM numbered n LEFT JOIN stages s USING (connection_id, pipeline_id, status_id)),
    followed AS (
        SELECT *, lead(kind) OVER w AS toward, lead(stage_order) OVER w - stage_order AS step,
               lead(stage) OVER w AS next_stage, lead(pipeline_id) OVER w IS DISTINCT FROM pipeline_id AS away
        FROM named WINDOW w AS (PARTITION BY connection_id, lead_id ORDER BY interval))
    SELECT connection_id, lead_id, deleted, status, interval, pipeline_id, pipeline, stage_id, stage, stage_order,
        unknown, gap, kind, moment AS entered, coalesce(next_stage, '') AS next_stage, kind IN (142,
            143) AS final, present,
        CASE WHEN kind IN (142, 143) THEN moment WHEN next_at IS NOT NULL THEN greatest(moment,
            next_at) END AS left_at,
        CASE WHEN kind IN (142, 143) THEN 0 ELSE greatest(0, coalesce(next_at, until) - moment) END AS seconds,
        coalesce(toward = 142, false) AS to_won, coalesce(toward = 143, false) AS to_lost,
        NOT present AND away AS away, coalesce(step, 0) AS step
    FROM followed
""")
CLOSING = Sql("""
    CREATE OR REPLACE TEMP TABLE closing AS
    SELECT i.connection_id, i.lead_id, abs(l.closed_at - i.entered) > 86400 AS differs,
        CASE WHEN abs(l.closed_at - i.entered) <= 86400 THEN l.closed_at ELSE i.entered END AS closed
    FROM intervals i JOIN lead l ON l.connection_id = i.connection_id AND l.id = i.lead_id
    WHERE i.present AND i.final
""")
PUBLISHED = Sql("""
    SELECT w.* EXCLUDE (stage, pipeline, stage_order), i.stage, i.pipeline, i.stage_id, i.stage_order,
        i.next_stage, i.interval,
        instant(i.entered) AS entered_at, instant(i.left_at) AS left_at, local_day(i.entered) AS entered_day,
        local_day(i.left_at) AS left_day, i.seconds, CAST(i.interval = 1 AS INTEGER) AS is_first,
        CAST(i.final AS INTEGER) AS is_final, CAST(i.present AS INTEGER) AS is_current,
        CAST(NOT i.final AND (i.to_won OR (NOT i.to_lost AND NOT i.away AND i.step > 0)) AS INTEGER) AS advanced,
        CAST(NOT i.final AND NOT i.to_won AND NOT i.to_lost AND NOT i.away AND i.step < 0 AS INTEGER) AS regressed,
        CAST(NOT i.final AND NOT i.to_won AND NOT i.to_lost AND i.away AS INTEGER) AS lateral,
        CAST(NOT i.final AND i.to_lost AS INTEGER) AS lost_here,
        CAST(NOT i.present AND i.status = 'won' AS INTEGER) AS won_later,
        CAST(NOT i.present AND i.status = 'lost' AS INTEGER) AS lost_later, 1 AS entered
    FROM intervals i JOIN wide w USING (connection_id, lead_id)
""")


def prepare(build: Build) -> None:
    """Tables `chain`, `stages`, `intervals` and `closing` (when each closed lead was closed)."""
    with translation.override(settings.LANGUAGE_CODE):
        before, after = (_("(stage %(id)s)") % {"id": "\n"}).split("\n")
    unknown = compose("{before} || status_id || {after}", before=literal(before), after=literal(after))
    build.connection.execute(CHAIN)
    build.connection.execute(compose(STAGES, unknown=unknown))
    build.connection.execute(INTERVALS)
    build.connection.execute("DROP TABLE chain")
    build.connection.execute(CLOSING)


def fill(build: Build) -> None:
    put(build, STAGE_INTERVAL, PUBLISHED)
    put(build, STAGE, Sql("SELECT * FROM stages"))
