"""The neutral shape in which every CRM, or a file, brings its records: private, typed, keyed by connection and id."""

from __future__ import annotations

from farol.engines.warehouse.dataset import StageTable


def _table(name: str, texts: str, numbers: str = "", flags: str = "", small: str = "") -> StageTable:
    kinds = {"connection_id": "TEXT", "id": "TEXT", "updated_at": "BIGINT", "deleted": "BOOLEAN", "run": "BIGINT"}
    for names, kind in ((texts, "TEXT"), (numbers, "BIGINT"), (small, "INTEGER"), (flags, "BOOLEAN")):
        kinds |= dict.fromkeys(names.split(), kind)
    return StageTable(name, kinds)


STAGE = (
    _table(
        "lead",
        "name status pipeline_id status_id responsible_id loss_reason_id loss_reason source_id source_name"
        " contact_id company_id created_by tags utm_source utm_medium utm_campaign utm_content utm_term utm_referrer"
        " referrer gclid fbclid gclientid origin product custom",
        "price_centavos created_at closed_at cost_centavos",
        "counts",
        "contacts",
    ),
    _table("pipeline", "name", "", "main archived", "sort"),
    _table("status", "pipeline_id status_id name", "", "", "sort kind"),
    _table("user", "name email_hash team", "", "active"),
    _table(
        "task",
        "kind type_id type_name text lead_id entity_type entity_id responsible_id created_by result",
        "created_at due_at completed_at",
        "completed",
        "duration",
    ),
    _table(
        "event",
        "type entity_type entity_id lead_id created_by from_pipeline from_status"
        " to_pipeline to_status from_user to_user note_id talk_id origin",
        "created_at from_value to_value",
    ),
    _table(
        "note",
        "type entity_type entity_id lead_id created_by responsible_id uniq text",
        "created_at",
        "",
        "call_status duration",
    ),
    _table("contact", "name phone_hash email_hash lead_ids"),
    _table("company", "name phone_hash email_hash lead_ids"),
    _table("loss_reason", "name"),
    _table("tag", "name"),
    _table("source", "name"),
    _table("custom_field", "entity name code kind"),
)
