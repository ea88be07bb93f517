"""Who was anonymised stays so in the commercial data, though the CRM may still know them and send them again."""

from __future__ import annotations

from farol.areas.crm.models import Forgotten
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose, ident, literal

WHO = Sql("""
    CREATE OR REPLACE TEMP TABLE forgotten AS
    WITH person AS (
        SELECT connection_id, 'contacts' AS kind, id FROM contact
            WHERE list_contains($hashes, phone_hash) OR list_contains($hashes, email_hash)
        UNION ALL SELECT connection_id, 'companies', id FROM company
            WHERE list_contains($hashes, phone_hash) OR list_contains($hashes, email_hash)),
    subject AS (
        SELECT * FROM person
        UNION ALL SELECT l.connection_id, 'leads', l.id FROM lead l JOIN person p ON p.connection_id = l.connection_id
            AND p.id = CASE p.kind WHEN 'contacts' THEN l.contact_id ELSE l.company_id END),
    said AS (
        SELECT connection_id, 'tasks' AS kind, id, lead_id, entity_type, entity_id FROM task
        UNION ALL SELECT connection_id, 'notes', id, lead_id, entity_type, entity_id FROM note)
    SELECT * FROM subject
    UNION SELECT t.connection_id, t.kind, t.id FROM said t JOIN subject s ON s.connection_id = t.connection_id
        AND (s.kind = 'leads' AND s.id = t.lead_id OR s.kind = t.entity_type AND s.id = t.entity_id)
""")
EMPTIED = (
    *(
        compose(
            "UPDATE {table} SET {empty} WHERE (connection_id, id) IN"
            " (SELECT (connection_id, id) FROM forgotten WHERE kind = {kind})",
            table=ident(table),
            empty=empty,
            kind=literal(kind),
        )
        for table, kind, empty in (
            ("contact", "contacts", Sql("name = ''")),
            ("company", "companies", Sql("name = ''")),
            ("lead", "leads", Sql("name = '', custom = NULL")),
            ("task", "tasks", Sql("text = '', result = ''")),
            ("note", "notes", Sql("text = ''")),
        )
    ),
    Sql("DELETE FROM raw WHERE (connection_id, entity, id) IN (SELECT (connection_id, kind, id) FROM forgotten)"),
)


def prepare(build: Build) -> None:
    """Takes names, free fields and texts of who was forgotten out of the stage, before anything is made of it."""
    hashes = list(Forgotten.objects.values_list("hash", flat=True))
    if not hashes:
        return
    build.connection.execute(WHO, {"hashes": hashes})
    for statement in EMPTIED:
        build.connection.execute(statement)
