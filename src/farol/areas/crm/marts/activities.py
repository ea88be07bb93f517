"""What people did: tasks, calls, messages and notes, each with the lead it belongs to.

A done task stands at the instant it was done, which its event tells; an open one at its deadline where that has
passed, else at its creation. One call noted on a lead and on its contact is one call.
An activity of a contact or company belongs to their lead that was open at that instant, else to the newest made
before. A call is taken from its note, or from the event where no note was read.
"""

from __future__ import annotations

from farol.areas.crm.marts.tables import ACTIVITY, ACTIVITY_TEXT, put
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql

OWNERS = Sql("""
    CREATE OR REPLACE TEMP TABLE owners AS
    WITH named AS (
        SELECT connection_id, 'contact' AS kind, id, unnest(from_json(lead_ids, '["VARCHAR"]')) AS lead_id
            FROM contact
        WHERE lead_ids <> ''
        UNION ALL
        SELECT connection_id, 'company', id, unnest(from_json(lead_ids, '["VARCHAR"]')) FROM company
            WHERE lead_ids <> ''
        UNION ALL SELECT connection_id, 'contact', contact_id, id FROM lead WHERE contact_id <> ''
        UNION ALL SELECT connection_id, 'company', company_id, id FROM lead WHERE company_id <> '')
    SELECT DISTINCT n.connection_id, n.kind, n.id, n.lead_id, l.created_at AS created, c.closed
    FROM named n JOIN lead l ON l.connection_id = n.connection_id AND l.id = n.lead_id AND NOT l.deleted
    LEFT JOIN closing c ON c.connection_id = n.connection_id AND c.lead_id = n.lead_id
""")
FOUND = Sql("""
    CREATE OR REPLACE TEMP TABLE found AS
    SELECT 'task' AS what, t.connection_id, t.id, coalesce(t.lead_id, '') AS lead_id, t.entity_type, t.entity_id,
        'task_' || coalesce(t.kind, 'other') AS kind, t.responsible_id AS actor, t.created_at AS created,
            t.due_at AS due,
        CASE WHEN t.completed THEN coalesce(k.at, t.completed_at, t.updated_at) END AS done, t.completed,
        CASE WHEN t.completed THEN coalesce(k.at, t.completed_at, t.updated_at) WHEN t.due_at < e.until THEN t.due_at
             ELSE t.created_at END AS moment,
        coalesce(t.duration, 0) AS duration, false AS outgoing, false AS incoming, NOT t.completed
            AND t.due_at < e.until AS late,
        strip_accents(lower(coalesce(t.type_name, '') || ' ' || coalesce(t.text, ''))) AS words
    FROM task t JOIN ends e USING (connection_id)
    LEFT JOIN (SELECT connection_id, entity_id, max(created_at) AS at FROM event
               WHERE type = 'task_completed' AND NOT deleted GROUP BY ALL) k
        ON k.connection_id = t.connection_id AND k.entity_id = t.id
    WHERE NOT t.deleted
    UNION ALL
    SELECT 'note', connection_id, id, coalesce(lead_id, ''), entity_type, entity_id,
        CASE WHEN type IN ('call_in', 'call_out') THEN type WHEN type = 'sms_out' THEN 'message_out'
             WHEN type = 'sms_in' THEN 'message_in' WHEN type = 'amomail_message' THEN 'mail' ELSE 'note' END,
        coalesce(nullif(nullif(created_by, '0'), ''), nullif(responsible_id, ''), created_by), created_at, NULL,
            NULL, false,
        created_at, coalesce(duration, 0), type IN ('call_out', 'sms_out', 'amomail_message'),
            type IN ('call_in', 'sms_in'), false, ''
    FROM note WHERE NOT deleted AND type IN ('call_in', 'call_out', 'sms_in', 'sms_out', 'amomail_message', 'common')
    QUALIFY row_number() OVER (PARTITION BY connection_id, coalesce(nullif(uniq, ''), id)
        ORDER BY coalesce(lead_id, '') = '', id) = 1
    UNION ALL
    SELECT 'event', v.connection_id, v.id, coalesce(v.lead_id, ''), v.entity_type, v.entity_id,
        CASE v.type WHEN 'incoming_call' THEN 'call_in' WHEN 'outgoing_call' THEN 'call_out'
            WHEN 'incoming_mail' THEN 'mail'
             WHEN 'outgoing_mail' THEN 'mail' ELSE CASE WHEN starts_with(v.type, 'in') THEN 'message_in'
                 ELSE 'message_out' END END,
        v.created_by, v.created_at, NULL, NULL, false, v.created_at, 0, starts_with(v.type, 'out'),
            starts_with(v.type, 'in'), false, ''
    FROM event v LEFT JOIN note n ON n.connection_id = v.connection_id AND n.id = v.note_id AND NOT n.deleted
    WHERE NOT v.deleted AND n.id IS NULL AND v.type IN (
        'incoming_call', 'outgoing_call', 'incoming_chat_message', 'outgoing_chat_message', 'incoming_mail',
            'outgoing_mail',
        'incoming_sms', 'outgoing_sms')
""")
OWNED = Sql("""
    CREATE OR REPLACE TEMP TABLE owned AS
    SELECT f.what, f.connection_id, f.id, o.lead_id
    FROM found f JOIN owners o ON o.connection_id = f.connection_id AND o.id = f.entity_id
        AND starts_with(coalesce(f.entity_type, ''), left(o.kind, 4)) AND o.created <= f.moment
    WHERE f.lead_id = ''
    QUALIFY row_number() OVER (PARTITION BY f.what, f.connection_id, f.id
        ORDER BY (o.closed IS NULL OR o.closed >= f.moment) DESC, o.created DESC, o.lead_id) = 1
""")
ACTS = Sql("""
    CREATE OR REPLACE TEMP TABLE acts AS
    WITH placed AS (
        SELECT f.* EXCLUDE (lead_id, entity_type, entity_id), f.what || ':' || f.id AS activity_id,
               CASE WHEN f.lead_id = '' THEN coalesce(o.lead_id, '') ELSE f.lead_id END AS lead_id
        FROM found f LEFT JOIN owned o USING (what, connection_id, id)),
    heard AS (
        SELECT *, min(CASE WHEN incoming THEN moment END) OVER (PARTITION BY connection_id, lead_id ORDER BY moment
            RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS heard
        FROM placed)
    SELECT * EXCLUDE (heard), coalesce(outgoing AND lead_id <> '' AND heard - moment <= 86400, false) AS answered
    FROM heard
""")
PUBLISHED = Sql("""
    SELECT w.* EXCLUDE (connection_id, lead_id, responsible_id, responsible, team), a.connection_id,
        a.activity_id, a.kind,
        CASE WHEN w.lead_id IS NULL THEN '' ELSE a.lead_id END AS lead_id, s.seller_id AS responsible_id,
            s.seller AS responsible,
        s.team, local_day(a.moment) AS activity_day, instant(a.moment) AS "at", instant(a.due) AS due_at,
            instant(a.done) AS completed_at,
        CAST(a.outgoing AS INTEGER) AS outgoing, CAST(a.outgoing AS INTEGER) AS contact,
        CAST(a.kind = 'task_meeting' AS INTEGER) AS meeting, CAST(a.kind = 'task_follow_up' AS INTEGER) AS follow_up,
        CAST(a.what = 'task' AS INTEGER) AS task, CAST(a.due IS NOT NULL AS INTEGER) AS due,
        CAST(a.completed AS INTEGER) AS completed, CAST(a.completed AND coalesce(a.done <= a.due,
            false) AS INTEGER) AS on_time,
        CAST(coalesce(a.late, false) AS INTEGER) AS overdue,
        CASE WHEN a.kind <> 'task_follow_up' THEN 0 ELSE least(10, greatest(1, 5
            + CASE WHEN regexp_matches(a.words, 'tentativa|insist') THEN 5 WHEN regexp_matches(a.words,
                'retorn|verific') THEN 4
                   WHEN regexp_matches(a.words, 'acompanh') THEN 1 WHEN regexp_matches(a.words, 'lembr') THEN -2
                   WHEN regexp_matches(a.words, 'prospec') THEN 0 ELSE -1 END
            + CASE WHEN a.due - a.created <= 86400 THEN 2 WHEN a.due - a.created <= 604800 THEN 1
                   WHEN a.due - a.created <= 2592000 OR a.due IS NULL THEN 0 ELSE -1 END)) END AS urgency,
        a.duration AS duration_seconds, CAST(a.answered AS INTEGER) AS answered, 1 AS activities
    FROM acts a LEFT JOIN wide w ON w.connection_id = a.connection_id AND w.lead_id = a.lead_id
    LEFT JOIN seller s ON s.connection_id = a.connection_id
        AND s.seller_id = CASE WHEN a.incoming THEN coalesce(w.responsible_id, a.actor) ELSE a.actor END
    WHERE a.moment IS NOT NULL
""")

# what people wrote goes with whom it is about: a lead or contact deleted in the CRM takes it along
TEXTS = Sql("""
    WITH said AS (
        SELECT 'task' AS what, connection_id, id, text FROM task WHERE text <> ''
        UNION ALL
        SELECT 'note', n.connection_id, n.id, n.text FROM note n
        LEFT JOIN contact c ON n.entity_type = 'contacts' AND c.connection_id = n.connection_id AND c.id = n.entity_id
        WHERE n.text <> '' AND c.deleted IS NOT true)
    SELECT a.connection_id, a.lead_id, a.activity_id, s.text
    FROM acts a JOIN said s USING (what, connection_id, id) SEMI JOIN wide USING (connection_id, lead_id)
""")


def prepare(build: Build) -> None:
    """Table `acts`: one row for each activity, with its lead (empty where it has none)."""
    for statement in (OWNERS, FOUND, OWNED, ACTS):
        build.connection.execute(statement)
    for table in ("owners", "found", "owned"):
        build.connection.execute("DROP TABLE " + table)


def fill(build: Build) -> None:
    put(build, ACTIVITY, PUBLISHED)
    put(build, ACTIVITY_TEXT, TEXTS)
