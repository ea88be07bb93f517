"""Kommo's records as stage rows: the shapes and traps that its accounts are known for."""

from __future__ import annotations

import json

import pytest

from farol.connectors.kommo import contract, shape
from farol.connectors.kommo.fields import centavos, plain
from farol.engines.sources.source import Problem

BASE = {"id": 7, "pipeline_id": 1, "status_id": 142, "created_at": 100, "updated_at": 200}


def lead(**values):
    found = contract.read(contract.Lead, "leads", BASE | values)
    assert not isinstance(found, Problem), found
    return shape.lead(found)


def field(name, *values, code=None):
    return {"field_id": 1, "field_name": name, "field_code": code, "values": [{"value": v} for v in values]}


def test_won_and_lost_are_known_by_their_ids():
    assert lead()["status"] == "won"
    assert lead(status_id=143)["status"] == "lost"
    assert lead(status_id=94000001)["status"] == "open"


def test_an_instant_of_zero_is_none():
    assert lead(closed_at=0)["closed_at"] is None
    assert task(complete_till=0)["due_at"] is None


def test_a_reopened_lead_is_not_closed_whatever_it_kept():
    row = lead(status_id=94000001, closed_at=150, loss_reason_id=3)
    assert (row["closed_at"], row["loss_reason_id"]) == (None, None)


@pytest.mark.parametrize("reason", [[{"id": 3, "name": "Preço"}], {"id": 3, "name": "Preço"}])
def test_the_loss_reason_comes_as_a_list_or_as_an_object(reason):
    assert lead(status_id=143, loss_reason_id=3, _embedded={"loss_reason": reason})["loss_reason"] == "Preço"


@pytest.mark.parametrize("nothing", [[], None, {}])
def test_or_not_at_all(nothing):
    assert lead(status_id=143, _embedded={"loss_reason": nothing})["loss_reason"] is None


def test_cents_are_taken_where_kommo_gives_them():
    assert lead(price=10, price_with_minor_units=10.57)["price_centavos"] == 1057
    assert lead(price=10)["price_centavos"] == 1000
    assert lead(price=None)["price_centavos"] is None
    assert lead(price=0)["price_centavos"] == 0


@pytest.mark.parametrize("values", [None, []])
def test_custom_fields_may_be_null_or_empty(values):
    row = lead(custom_fields_values=values)
    assert (row["custom"], row["utm_source"], row["product"]) == (None, None, None)


def test_utm_by_code_before_name_and_names_without_accents():
    row = lead(
        custom_fields_values=[
            field("Fonte", "google", code="UTM_SOURCE"),
            field("Utm_Medium", "cpc"),
            field("ORIGEM LEAD", "Indicação"),
            field("Produto", "Kit"),
        ]
    )
    assert (row["utm_source"], row["utm_medium"], row["origin"], row["product"]) == (
        "google",
        "cpc",
        "Indicação",
        "Kit",
    )


def test_a_field_of_the_accounts_own_name_is_what_the_operator_says(settings):
    settings.FAROL_KOMMO_FIELDS = {"utm_source": "Veio de onde?", "utm_medium": "Mídia", "cost": "CAC (R$)"}
    own = [field("veio de onde", "google"), field("CAC (R$)", "12,50"), field("Mídia", "cpc")]
    row = lead(custom_fields_values=own)
    assert (row["utm_source"], row["utm_medium"], row["cost_centavos"]) == ("google", "cpc", 1250)
    tracked = field("Campanha", "organic", code="UTM_MEDIUM")
    assert lead(custom_fields_values=[tracked, *own])["utm_medium"] == "organic"


def test_the_tracking_field_counts_before_a_text_field_of_its_name():
    fields = [field("Fonte", "google", code="UTM_SOURCE"), field("utm_source", "digitado")]
    assert lead(custom_fields_values=fields)["utm_source"] == "google"
    assert lead(custom_fields_values=fields[::-1])["utm_source"] == "google"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234,56", 123456), ("1,234.56", 123456), ("85.5", 8550), (1200.5, 120050), ("", None), ("grátis", None)],
)
def test_amounts_as_people_write_them(text, expected):
    assert centavos(text) == expected
    assert lead(custom_fields_values=[field("Custo", text)])["cost_centavos"] == expected


def test_names_are_compared_plainly():
    assert plain("Origem_Lead ") == plain("ORIGEM LEAD") == "origem lead"


def test_who_identifies_a_person_is_not_kept_in_clear():
    row = lead(
        name="Maria (11) 98765-4321",
        custom_fields_values=[field("CPF", "529.982.247-25"), field("Obs", "fale com maria@example.com")],
    )
    kept = json.dumps(row)
    assert not any(secret in kept for secret in ("98765", "529.982", "maria@example.com"))


def task(**values):
    found = contract.read(contract.Task, "tasks", {"id": 1, "updated_at": 9, "created_at": 5} | values)
    assert not isinstance(found, Problem)
    return shape.task(found, {1: "Follow-up", 2: "Reunião", 501: "Ligar", 502: "Enviar brinde"})


@pytest.mark.parametrize(
    ("kind", "expected"), [(1, "follow_up"), (2, "meeting"), (501, "call"), (502, "other"), (None, "other")]
)
def test_kinds_of_task(kind, expected):
    assert task(task_type_id=kind)["kind"] == expected


@pytest.mark.parametrize(("result", "text"), [([], None), (None, None), ({"text": "Fechou"}, "Fechou")])
def test_results_are_a_list_when_empty(result, text):
    assert task(result=result)["result"] == text


def test_only_completion_is_success():
    assert task()["completed"] is False
    assert task()["completed_at"] is None
    assert task(is_completed=True, result=[])["completed_at"] == 9


def event(kind, after=(), before=(), **values):
    record = {"id": "01k", "type": kind, "created_at": 5, "value_after": after, "value_before": before, **values}
    found = contract.read(contract.Event, "events", record)
    assert not isinstance(found, Problem)
    return shape.event(found)


def test_moves_and_changes_of_hand_and_of_price():
    move = [{"lead_status": {"id": 142, "pipeline_id": 8}}]
    row = event("lead_status_changed", move, [], entity_type="lead", entity_id=7)
    assert (row["to_status"], row["to_pipeline"], row["from_status"], row["lead_id"]) == ("142", "8", None, "7")
    assert event("entity_responsible_changed", [{"responsible_user": {"id": 0}}])["to_user"] == "0"
    assert event("sale_field_changed", [{"sale_field_value": {"sale": "3890"}}])["to_value"] == 389000
    assert event("sale_field_changed", [{"sale_field_value": {"sale": None}}])["to_value"] is None


@pytest.mark.parametrize("value", [None, [], {}, "x"])
def test_values_of_events_may_be_anything(value):
    row = event("nova_coisa", value, value, entity_type="contact", entity_id=3)
    assert (row["to_status"], row["lead_id"], row["entity_id"]) == (None, None, "3")


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (
            {"text": "Enviei a proposta, ligar (11) 98765-4321 ou ana@example.com"},
            "Enviei a proposta, ligar (…) ou (…)",
        ),
        ({"subject": "Proposta", "from": {"email": "ana@example.com"}}, "Proposta"),
        ({"duration": 30, "call_result": "Sem interesse", "phone": "+5511987654321"}, "Sem interesse"),
        ({"text": 7, "call_result": " "}, None),
        ([], None),
    ],
)
def test_the_text_of_a_note_is_kept_without_phones_and_addresses(params, text):
    found = contract.read(contract.Note, "notes", {"id": 1, "note_type": "common", "updated_at": 2, "params": params})
    assert not isinstance(found, Problem)
    row = shape.note(found, "leads")
    assert row["text"] == text
    assert not any(secret in json.dumps(row) for secret in ("98765", "ana@"))


def test_phones_match_however_they_are_written(kommo):
    def contact(phone):
        values = [field("Telefone", phone, code="PHONE"), field("E-mail", " Ana@Example.com", code="EMAIL")]
        found = contract.read(contract.Contact, "contacts", {"id": 1, "updated_at": 2, "custom_fields_values": values})
        assert not isinstance(found, Problem)
        return shape.contact(found)

    one, other = contact("(11) 98765-4321"), contact("+55 11 98765 4321")
    assert one["phone_hash"] == other["phone_hash"]
    assert one["email_hash"]
    assert "98765" not in json.dumps(one)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status_id": None}, "status_id"),
        ({"price": "abc"}, "price"),
        ({"price": 10**30}, "price"),
        ({"created_at": "ontem"}, "created_at"),
        ({"created_at": 2**33}, "created_at"),
        ({"closed_at": 2**33}, "closed_at"),
        ({"custom_fields_values": [{"values": 3}]}, "custom_fields_values[0].values"),
    ],
)
def test_a_broken_record_is_named_with_its_field(change, name):
    found = contract.read(contract.Lead, "leads", BASE | change)
    assert isinstance(found, Problem)
    assert (found.record_id, found.field) == ("7", name)


def test_a_missing_field_is_named_and_a_new_one_is_not_minded():
    found = contract.read(contract.Lead, "leads", {k: v for k, v in BASE.items() if k != "pipeline_id"})
    assert isinstance(found, Problem)
    assert found.field == "pipeline_id"
    assert lead(novidade={"a": 1})["id"] == "7"
