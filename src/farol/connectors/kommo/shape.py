"""Kommo's records as rows of the neutral stage (text ids, unix seconds, centavos)."""

from __future__ import annotations

import json
from typing import Any

from farol.connectors.kommo import scrub
from farol.connectors.kommo.contract import Contact, Event, Lead, Note, Pipeline, Status, Task, User
from farol.connectors.kommo.fields import TRACKING, Fields, centavos, plain

Row = dict[str, Any]
WON, LOST = 142, 143
FOLLOW_UP, MEETING = 1, 2
CALLS, MEETINGS, FOLLOW_UPS = ("lig", "call", "telef"), ("reuni", "meet", "visita"), ("follow", "retorn")
NOTE_TEXTS = ("text", "subject", "call_result")
LONGEST_NOTE = 2000  # letters; some notes hold whole documents


def text_id(value: Any) -> str | None:
    return str(value) if isinstance(value, int | str) else None


def lead(record: Lead) -> Row:
    fields, inside = Fields(record.custom_fields_values), _dict(record.embedded)
    contacts = _list(inside.get("contacts"))
    main = next((c for c in contacts if c.get("is_main")), contacts[0] if contacts else {})
    companies, source = _list(inside.get("companies")), _dict(inside.get("source"))
    reason = _first(inside.get("loss_reason"))
    status = {WON: "won", LOST: "lost"}.get(record.status_id, "open")
    price = record.price if record.price_with_minor_units is None else record.price_with_minor_units
    return {
        "id": str(record.id),
        "name": scrub.text(record.name),
        "price_centavos": centavos(price),
        "status": status,
        "pipeline_id": str(record.pipeline_id),
        "status_id": str(record.status_id),
        "responsible_id": text_id(record.responsible_user_id),
        "loss_reason_id": text_id(record.loss_reason_id) if status == "lost" else None,
        "loss_reason": _text(reason.get("name")) if status == "lost" else None,
        "source_id": text_id(source.get("id", record.source_id)),
        "source_name": _text(source.get("name")),
        "contact_id": text_id(main.get("id")),
        "company_id": text_id(companies[0].get("id")) if companies else None,
        "contacts": len(contacts),
        "created_by": text_id(record.created_by),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        # a lead that was reopened keeps the instant: its status decides
        "closed_at": None if status == "open" else record.closed_at or None,
        "tags": json.dumps([_text(tag.get("name")) for tag in _list(inside.get("tags"))], ensure_ascii=False),
        **{name: fields.text(name) for name in TRACKING},
        "origin": fields.text("origin"),
        "product": fields.text("product"),
        "cost_centavos": fields.centavos("cost"),
        "custom": fields.as_json(),
        "counts": True,
        "deleted": bool(record.is_deleted),
    }


def pipeline(record: Pipeline) -> Row:
    return {
        "id": str(record.id),
        "name": record.name,
        "sort": record.sort,
        "main": bool(record.is_main),
        "archived": bool(record.is_archive),
        "updated_at": 0,
    }


def status(record: Status, pipeline_id: int) -> Row:
    kind = record.id if record.id in (WON, LOST) else int(record.type == 1)
    return {
        "id": f"{pipeline_id}:{record.id}",
        "pipeline_id": str(pipeline_id),
        "status_id": str(record.id),
        "name": record.name,
        "sort": record.sort,
        "kind": kind,
        "updated_at": 0,
    }


def user(record: User, groups: dict[int, str]) -> Row:
    rights = _dict(record.rights)
    return {
        "id": str(record.id),
        "name": record.name,
        "email_hash": scrub.email_hash(record.email),
        "team": groups.get(rights.get("group_id") or 0, ""),
        "active": rights.get("is_active") is not False,
        "updated_at": 0,
    }


def task(record: Task, types: dict[int, str]) -> Row:
    result = _dict(record.result)
    name = types.get(record.task_type_id or 0, "")
    return {
        "id": str(record.id),
        "kind": task_kind(record.task_type_id, name),
        "type_id": text_id(record.task_type_id),
        "type_name": name,
        "text": scrub.text(record.text),
        "lead_id": text_id(record.entity_id) if record.entity_type == "leads" else None,
        "entity_type": record.entity_type,
        "entity_id": text_id(record.entity_id),
        "responsible_id": text_id(record.responsible_user_id),
        "created_by": text_id(record.created_by),
        "created_at": record.created_at,
        "due_at": record.complete_till or None,
        # Kommo keeps no instant of completion: the event has it, this is the nearest there is without
        "completed_at": record.updated_at if record.is_completed else None,
        "completed": bool(record.is_completed),
        "result": scrub.text(str(result.get("text") or "")) or None,
        "duration": record.duration,
        "updated_at": record.updated_at,
    }


def task_kind(type_id: int | None, name: str) -> str:
    """Types 1 and 2 are Kommo's own; an account's others are known by their names."""
    if type_id in (FOLLOW_UP, MEETING):
        return "follow_up" if type_id == FOLLOW_UP else "meeting"
    words = plain(name)
    for kind, starts in (("call", CALLS), ("meeting", MEETINGS), ("follow_up", FOLLOW_UPS)):
        if any(start in words for start in starts):
            return kind
    return "other"


def event(record: Event) -> Row:
    before, after = _first(record.value_before), _first(record.value_after)
    left, entered = _dict(before.get("lead_status")), _dict(after.get("lead_status"))
    message = _dict(after.get("message"))
    return {
        "id": record.id,
        "type": record.type,
        "entity_type": record.entity_type,
        "entity_id": text_id(record.entity_id),
        "lead_id": text_id(record.entity_id) if record.entity_type == "lead" else None,
        "created_by": text_id(record.created_by),
        "created_at": record.created_at,
        "updated_at": record.created_at,
        "from_pipeline": text_id(left.get("pipeline_id")),
        "from_status": text_id(left.get("id")),
        "to_pipeline": text_id(entered.get("pipeline_id")),
        "to_status": text_id(entered.get("id")),
        "from_user": text_id(_dict(before.get("responsible_user")).get("id")),
        "to_user": text_id(_dict(after.get("responsible_user")).get("id")),
        "from_value": centavos(_dict(before.get("sale_field_value")).get("sale")),
        "to_value": centavos(_dict(after.get("sale_field_value")).get("sale")),
        "note_id": text_id(_dict(after.get("note")).get("id")),
        "talk_id": text_id(message.get("talk_id")),
        "origin": _text(message.get("origin")),
    }


def note(record: Note, entity_type: str) -> Row:
    params = _dict(record.params)
    said = next((v for k in NOTE_TEXTS if isinstance(v := params.get(k), str) and v.strip()), None)
    return {
        "id": str(record.id),
        "type": record.note_type,
        "entity_type": entity_type,
        "entity_id": text_id(record.entity_id),
        "lead_id": text_id(record.entity_id) if entity_type == "leads" else None,
        "created_by": text_id(record.created_by),
        "responsible_id": text_id(record.responsible_user_id),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "call_status": _whole(params.get("call_status")),
        "duration": _whole(params.get("duration")),
        "uniq": str(params["uniq"]) if params.get("uniq") else None,
        "text": scrub.text(said)[:LONGEST_NOTE] if said else None,
    }


def contact(record: Contact) -> Row:
    phones = _coded(record, "PHONE")
    emails = _coded(record, "EMAIL")
    leads = [text_id(row.get("id")) for row in _list(_dict(record.embedded).get("leads"))]
    return {
        "id": str(record.id),
        "name": scrub.text(record.name),
        "phone_hash": scrub.phone_hash(phones[0]) if phones else None,
        "email_hash": scrub.email_hash(emails[0]) if emails else None,
        "lead_ids": json.dumps(leads),
        "updated_at": record.updated_at,
        "deleted": bool(record.is_deleted),
    }


def _coded(record: Contact, code: str) -> list[Any]:
    fields = [field for field in record.custom_fields_values or () if field.field_code == code]
    return [value["value"] for field in fields for value in field.values or () if value.get("value")]


def _list(value: Any) -> list[Row]:
    """Kommo gives some blocks as a list or, now and then, as one object."""
    found = value if isinstance(value, list) else [value] if isinstance(value, dict) and value else []
    return [row for row in found if isinstance(row, dict)]


def _first(value: Any) -> Row:
    return next(iter(_list(value)), {})


def _dict(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return scrub.text(str(value)) if isinstance(value, str | int | float) else None


def _whole(value: Any) -> int | None:
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) < 2**31 else None
