"""Whatever Kommo sends: a record is taken in or named as wrong with its id, and nothing breaks on the way."""

from __future__ import annotations

import json
import sys
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from farol.connectors.kommo import contract, shape
from farol.connectors.kommo.paging import Maker
from farol.engines.sources.session import Session

EXAMPLES = 3000 if "--all" in sys.argv else 200
AT = 1_767_225_600
LEAD = {"id": 7, "pipeline_id": 1, "status_id": 142, "created_at": AT, "updated_at": AT}
TASK = {"id": 7, "created_at": AT, "updated_at": AT}
EVENT = {"id": "01kdz982vb8h2w4t6y8a0c2e4z", "type": "lead_added", "created_at": AT}
NOTE = {"id": 7, "note_type": "common", "updated_at": AT}
CONTACT = {"id": 7, "updated_at": AT}
USER = {"id": 7, "name": "Ana"}
PIPELINE = {"id": 7, "name": "Vendas"}
KINDS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "leads": (contract.Lead, lambda r: {"lead": [shape.lead(r)]}, LEAD),
    "tasks": (contract.Task, lambda r: {"task": [shape.task(r, {1: "Ligar"})]}, TASK),
    "events": (contract.Event, lambda r: {"event": [shape.event(r)]}, EVENT),
    "notes": (contract.Note, lambda r: {"note": [shape.note(r, "leads")]}, NOTE),
    "contacts": (contract.Contact, lambda r: {"contact": [shape.contact(r)]}, CONTACT),
    "users": (contract.User, lambda r: {"user": [shape.user(r, {0: "Vendas"})]}, USER),
    "pipelines": (contract.Pipeline, lambda r: {"pipeline": [shape.pipeline(r)]}, PIPELINE),
}
NAMES = {
    "leads": ("price", "price_with_minor_units", "closed_at", "loss_reason_id", "responsible_user_id", "_embedded"),
    "tasks": ("complete_till", "result", "duration", "task_type_id", "entity_id", "text"),
    "events": ("value_after", "value_before", "entity_id", "created_by"),
    "notes": ("params", "entity_id", "created_at"),
    "contacts": ("custom_fields_values", "_embedded", "name", "is_deleted"),
    "users": ("email", "rights"),
    "pipelines": ("sort", "is_main", "is_archive", "_embedded"),
}
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.sampled_from(
    ["👩‍🔧 Peça", "529.982.247-25", "+55 (11) 98765-4321", "ana@example.com", "1.234,56", "NaN", "\x00"]
)
NUMBERS = st.sampled_from([0, -1, 142, AT, 2**31, 2**53 + 1, 2**62, 2**63 - 1]) | st.floats(allow_nan=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "value", "values", "name", "text", "sale", "lead_status"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
FIELD = st.fixed_dictionaries(
    {"field_id": NUMBERS, "values": ANYTHING | st.lists(st.fixed_dictionaries({"value": ANYTHING}), max_size=2)},
    optional={
        "field_name": st.sampled_from(["Telefone", "Custo", "utm_source", "Obs. 🙂", "", None]),
        "field_code": st.sampled_from(["PHONE", "EMAIL", "UTM_SOURCE", None]),
        "field_type": st.just("text"),
    },
)


@st.composite
def records(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    base = KINDS[kind][2]
    fixed = ("id", "type", "note_type")
    known = st.sampled_from([*NAMES[kind], *(name for name in base if name not in fixed), "novidade"])
    odd = draw(st.dictionaries(known, ANYTHING, max_size=4))
    if draw(st.booleans()):
        odd["custom_fields_values"] = draw(st.lists(FIELD, max_size=3) | ANYTHING)
    return kind, base | odd


def batch(kind: str, record: dict[str, Any]) -> Any:
    made, rows, _base = KINDS[kind]
    return Maker(Session("kommo", "default", http=None), kind, made, rows).batch([record])  # type: ignore[arg-type]


@settings(max_examples=EXAMPLES, deadline=None)
@given(records())
@example(("leads", LEAD | {"custom_fields_values": [{"field_id": 1, "field_code": "PHONE", "values": 3}]}))
@example(("leads", LEAD | {"_embedded": {"source": [], "contacts": {"id": 1}, "companies": [None]}}))
@example(("leads", LEAD | {"_embedded": {"source": "Site", "tags": [{"name": None}]}}))
@example(("contacts", CONTACT | {"custom_fields_values": [{"field_code": "PHONE", "values": [{"value": [1]}]}]}))
def test_a_record_is_taken_in_or_named(made):
    kind, record = made
    found = batch(kind, record)
    shaped = [row for rows in found.rows.values() for row in rows]
    assert [ident for ident, _at, _text in found.raw] == [str(record["id"])]
    assert [row["id"] for row in shaped] + [problem.record_id for problem in found.problems] == [str(record["id"])]
    if kind not in ("users", "pipelines"):
        kept = json.dumps(shaped, ensure_ascii=False) + found.raw[0][2]
        assert not any(private in kept for private in ("98765-4321", "ana@example.com", "529.982.247"))
    for row in shaped:
        assert all(value is None or isinstance(value, str | int | bool) for value in row.values()), row
        assert all(abs(value) < 2**63 for value in row.values() if isinstance(value, int))
