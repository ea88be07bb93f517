"""A customer's contacts and leads are handed over with the rest, and forgotten with it, also when the CRM sends them
again."""

from __future__ import annotations

from typing import Any

import pytest

from farol.areas.crm.tests.company import ROWS, changed, company, published, row  # noqa: F401
from farol.connectors.kommo import scrub
from farol.engines.metrics import Query, get_model, run
from farol.engines.warehouse import find_dataset, open_reader, open_stage
from farol.platform.accounts.principal import OPERATOR, SYSTEM
from farol.registry.customers import privacy, services

WHO, PHONE, EMAIL = "Joana Prado Quintela", "+5511987651234", "joana.prado@example.com"
LEAD = ROWS["lead"][0]["id"]


def known_to_kommo() -> dict[str, Any]:
    """The company's rows, where a lead's contact is somebody who wrote and of whom people wrote."""
    when = max(one["updated_at"] for one in ROWS["lead"]) + 60
    contact = row("c77", when, name=WHO, phone_hash=scrub.phone_hash("(11) 98765-1234"), email_hash=None, lead_ids="[]")
    mine = {"name": f"Curso {WHO}", "contact_id": "c77", "custom": '{"Nome da mãe": ["Quintela"]}', "updated_at": when}
    note = {"type": "common", "lead_id": LEAD, "entity_type": "leads", "entity_id": LEAD, "created_by": "101"}
    return changed(
        lead=lambda rows: [{**rows[0], **mine}, *rows[1:]],
        contact=[contact],
        note=lambda rows: [*rows, row("n77", when, created_at=when, text=f"{WHO} quer desconto", **note)],
    )


def stored() -> str:
    """Everything in the stage and in the published tables, as one text."""
    found = []
    with open_stage(find_dataset("crm"), wait=5) as stage:
        for table in ("lead", "contact", "note", "task", "raw"):
            found += stage.connection.execute(f"SELECT * FROM {table}").fetchall()
    with open_reader("crm") as reader:
        for table in find_dataset("crm").tables:
            found += reader.rows(f"SELECT * FROM {reader.table(table.name)}")
    return str(found)


def figures() -> Any:
    query = Query(get_model("leads"), ("leads", "won", "revenue"), ("channel", "pipeline"), {}, None)
    return run(query, SYSTEM).rows


@pytest.fixture
def customer(company):  # noqa: F811
    values = {"name": WHO, "document": "", "email": EMAIL, "phones": [PHONE], "addresses": []}
    made = services.create(OPERATOR, values)
    published(known_to_kommo())
    with open_stage(find_dataset("crm"), wait=5) as stage:
        stage.keep_raw("contacts", [("default", "c77", 1, f'{{"name": "{WHO}"}}')], 1)
    return made


def test_contacts_and_leads_are_handed_over(customer):
    (contact,) = privacy.everything(customer, OPERATOR)["leads"]["records"]
    assert (contact["name"], contact["lead"], contact["notes"]) == (WHO, LEAD, [f"{WHO} quer desconto"])


def test_who_is_anonymised_leaves_the_commercial_data_for_good(customer):
    before = figures()
    assert "Quintela" in stored()
    privacy.anonymise(customer, OPERATOR, "pedido da pessoa")
    published({})
    assert "Quintela" not in stored()
    published(known_to_kommo())  # a full load brings everything again
    assert "Quintela" not in stored()
    assert figures() == before
    assert "leads" not in privacy.everything(customer, OPERATOR)


def test_others_keep_their_names_and_what_was_sent_of_them(customer):
    named = sum(bool(one["name"]) for one in ROWS["lead"])
    other = ROWS["lead"][1]
    said = {"type": "common", "lead_id": other["id"], "entity_type": "leads", "entity_id": other["id"], "text": ""}
    with open_stage(find_dataset("crm"), wait=5) as stage:
        stage.upsert("note", [row("n78", other["updated_at"], created_at=other["updated_at"], **said)])
        stage.keep_raw("notes", [("default", "n78", 1, "{}")], 1)
    privacy.anonymise(customer, OPERATOR, "pedido da pessoa")
    published({})
    with open_stage(find_dataset("crm"), wait=5) as stage:
        (left,) = stage.connection.execute("SELECT count(*) FROM lead WHERE name <> ''").fetchone()
        raw = stage.connection.execute("SELECT entity, id FROM raw").fetchall()
    assert left == named - 1
    assert raw == [("notes", "n78")]
