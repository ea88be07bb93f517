"""One wide row per lead: who, where from, what it is worth, how soon it was answered, how it ended."""

from __future__ import annotations

from farol.areas.crm.channels.compile import channel_sql
from farol.areas.crm.channels.services import current_rules
from farol.areas.crm.marts.tables import DEAL, LEAD, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose, literal

WIDE = """
    CREATE OR REPLACE TEMP TABLE wide AS
    WITH channelled AS ({channels}),
    known AS (SELECT connection_id, pipeline_id, status_id, pipeline, stage, stage_order FROM stages)
    SELECT l.connection_id, l.id AS lead_id, coalesce(l.responsible_id, '') AS responsible_id, coalesce(s.seller,
        '') AS responsible,
        coalesce(s.team, '') AS team, c.channel, c.source, coalesce(l.utm_source, '') AS utm_source,
        coalesce(l.utm_medium, '') AS utm_medium, coalesce(l.utm_campaign, '') AS utm_campaign,
        l.utm_content, l.utm_term, l.utm_referrer, l.referrer, l.gclid, l.fbclid, l.gclientid, l.origin,
        coalesce(k.pipeline, p.name, l.pipeline_id, '') AS pipeline, coalesce(k.stage, '') AS stage,
        CASE WHEN l.status = 'lost' THEN coalesce(nullif(l.loss_reason, ''), r.name, '') ELSE '' END AS loss_reason,
        coalesce(l.product, '') AS product, coalesce(l.name, '') AS name, coalesce(l.status, 'open') AS status,
        coalesce(k.stage_order, 0) AS stage_order, c.rule, {version} AS rule_version, coalesce(l.tags, '') AS tags,
        CASE WHEN l.price_centavos > 0 THEN l.price_centavos END AS value_centavos, l.cost_centavos,
        coalesce(l.contacts, 0) AS contacts, coalesce(l.counts, true) AS counts, l.created_at AS created,
            l.updated_at AS changed,
        x.closed, local_day(l.created_at) AS created_day, local_day(x.closed) AS closed_day,
        CAST(coalesce(l.status = 'won', false) AS INTEGER) AS won, CAST(coalesce(l.status = 'lost',
            false) AS INTEGER) AS lost,
        CAST(coalesce(l.status NOT IN ('won', 'lost'), true) AS INTEGER) AS open
    FROM lead l JOIN channelled c ON c.connection_id = l.connection_id AND c.id = l.id
    LEFT JOIN seller s ON s.connection_id = l.connection_id AND s.seller_id = l.responsible_id
    LEFT JOIN known k ON k.connection_id = l.connection_id AND k.pipeline_id = l.pipeline_id
        AND k.status_id = l.status_id
    LEFT JOIN pipeline p ON p.connection_id = l.connection_id AND p.id = l.pipeline_id
    LEFT JOIN loss_reason r ON r.connection_id = l.connection_id AND r.id = l.loss_reason_id
    LEFT JOIN closing x ON x.connection_id = l.connection_id AND x.lead_id = l.id
    WHERE NOT l.deleted
"""
TOUCHES = Sql("""
    CREATE OR REPLACE TEMP TABLE touches AS
    SELECT w.connection_id, w.lead_id, count(*) AS activities,
        count(*) FILTER (a.what = 'task' AND NOT a.completed) AS tasks_open,
            count(*) FILTER (a.late) AS tasks_overdue,
        min(a.moment) FILTER (a.moment > w.created AND (a.completed OR (a.outgoing
            AND a.what <> 'task'))) AS first_response,
        max(a.moment) FILTER (a.what <> 'task' OR a.completed) AS last_touch,
            max(a.moment) FILTER (a.incoming) AS last_inbound
    FROM acts a JOIN wide w USING (connection_id, lead_id) GROUP BY w.connection_id, w.lead_id
""")
ANSWERED = Sql("""
    CREATE OR REPLACE TEMP TABLE answered AS
    SELECT w.connection_id, w.lead_id, t.first_response - w.created AS response_seconds,
        (h2.before + greatest(0, least(t.first_response - h2.opens, h2.length)))
        - (h1.before + greatest(0, least(w.created - h1.opens, h1.length))) AS business_response_seconds
    FROM wide w JOIN touches t USING (connection_id, lead_id)
    LEFT JOIN hours h1 ON h1.day = w.created_day LEFT JOIN hours h2 ON h2.day = local_day(t.first_response)
    WHERE t.first_response IS NOT NULL
""")
PUBLISHED = Sql("""
    SELECT w.*, instant(w.created) AS created_at, instant(w.closed) AS closed_at, instant(w.changed) AS updated_at,
        instant(t.first_response) AS first_response_at, instant(t.last_touch) AS last_touch_at,
        instant(t.last_inbound) AS last_inbound_at, instant(i.entered) AS stage_entered_at,
        coalesce(t.activities, 0) AS activities, coalesce(t.tasks_open, 0) AS tasks_open,
        coalesce(t.tasks_overdue, 0) AS tasks_overdue, a.response_seconds, a.business_response_seconds,
        CASE WHEN w.closed IS NOT NULL THEN greatest(0, w.closed_day - w.created_day) END AS cycle_days
    FROM wide w LEFT JOIN touches t USING (connection_id, lead_id) LEFT JOIN answered a USING (connection_id, lead_id)
    LEFT JOIN intervals i ON i.connection_id = w.connection_id AND i.lead_id = w.lead_id AND i.present
""")
DEALS = """
    WITH before AS (
        SELECT connection_id, lead_id, arg_max(stage, interval) AS last_open FROM intervals
        WHERE NOT final AND NOT deleted GROUP BY connection_id, lead_id)
    SELECT l.* EXCLUDE (stage), coalesce(b.last_open, '') AS stage, 1 AS deals,
        CAST(l.won = 1 AND l.value_centavos IS NOT NULL AS INTEGER) AS valued,
        CASE WHEN l.won = 1 THEN coalesce(l.value_centavos, 0) ELSE 0 END AS revenue_centavos
    FROM {target}.lead l LEFT JOIN before b USING (connection_id, lead_id) WHERE l.open = 0
"""


def prepare(build: Build) -> None:
    """Table `wide`: every lead that is not deleted, with its names and its channel."""
    number, rules = current_rules()
    parts = {"channels": channel_sql(rules), "version": literal(number)}
    build.connection.execute(compose(WIDE, **parts))


def fill(build: Build) -> None:
    for statement in (TOUCHES, ANSWERED):
        build.connection.execute(statement)
    put(build, LEAD, PUBLISHED)
    put(build, DEAL, compose(DEALS, target=build.target))
    for table in ("touches", "answered"):
        build.connection.execute("DROP TABLE " + table)
