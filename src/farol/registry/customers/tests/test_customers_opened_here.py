"""A customer whom nobody knows yet is opened out of the form in which the document was typed."""

from __future__ import annotations

import pytest

from farol.registry.customers.models import Customer

pytestmark = pytest.mark.django_db
NEW = "111.444.777-35"


def test_an_unknown_document_is_offered_to_whoever_may_open_customers(pages, seeded):
    known = seeded(1)[0]
    analyst = pages("cs_analyst")
    assert analyst.get("/busca/clientes", {"q": NEW}).json() == {"items": [], "may_open": True, "may_bring": False}
    assert analyst.get("/busca/clientes", {"q": "111.444.777-36"}).json()["may_open"] is False
    assert analyst.get("/busca/clientes", {"q": known.document}).json()["may_open"] is False
    assert pages("seller").get("/busca/clientes", {"q": NEW}).json()["may_open"] is False
    assert pages("seller").post("/busca/clientes/abrir", {"document": NEW, "name": "Eva"}).status_code == 403


def test_it_is_opened_by_hand_once(pages):
    analyst = pages("cs_analyst")
    opened = analyst.post("/busca/clientes/abrir", {"document": NEW, "name": " Eva Nova "}).json()
    customer = Customer.objects.get(number=opened["value"])
    assert (customer.name, customer.document, opened["label"]) == ("Eva Nova", "11144477735", "Eva Nova")
    assert analyst.post("/busca/clientes/abrir", {"document": NEW, "name": "Eva"}).json()["value"] == customer.number
    wrong = analyst.post("/busca/clientes/abrir", {"document": "111.444.777-36", "name": "Eva"})
    assert (wrong.status_code, "CPF" in wrong.json()["detail"]) == (422, True)


def test_it_is_brought_from_the_registration_data_or_opened_by_hand_without_them(pages, bigquery):
    bigquery.fail = ["unavailable"]
    analyst = pages("cs_analyst")
    assert analyst.get("/busca/clientes", {"q": NEW}).json()["may_bring"] is True
    refused = analyst.post("/busca/clientes/abrir", {"document": NEW})
    assert refused.status_code >= 400
    assert refused.json()["detail"]
    assert analyst.post("/busca/clientes/abrir", {"document": NEW, "name": "Eva"}).status_code == 200
