"""The bodies and names that outsiders rely on: customer, voucher, use, warranty, triage, product, by REST alone."""

from __future__ import annotations

import pytest
from tests.rest.asking import asker

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    status, made = asker("cs_analyst", "opens@people.example").post(
        "/customers", {"name": "Maria da Silva", "document": "529.982.247-25"}
    )
    assert status == 201, made
    return made


def voucher(customer, **changes):
    body = {"customer": customer["number"], "amount": "500.00", "expires_on": "2030-12-31", "reason": "Troca"}
    return asker("cs_admin", "issues@people.example").post("/vouchers", body | changes)


def test_a_customer_with_and_without_a_document():
    ana = asker("cs_analyst")
    status, made = ana.post("/customers", {"name": "João Souza"})
    assert status == 201, made
    assert made["status"] == "active"
    for wrong in ("111.111.111-11", "123", "529.982.247-26"):
        status, said = ana.post("/customers", {"name": "X", "document": wrong})
        assert (status, said["errors"][0]["field"]) == (422, "document")
    status, made = ana.post("/customers", {"name": "Maria da Silva", "document": "529.982.247-25"})
    assert status == 201
    assert "529.982.247-25" not in str(made)
    status, said = ana.post("/customers", {"name": "Outra", "document": "52998224725"})
    assert (status, said["errors"][0]["field"]) == (422, "document")


def test_store_credit_from_issue_to_use(customer):
    status, made = voucher(customer)
    assert status == 201, made
    assert {name: made[name] for name in ("status", "amount", "balance")} == {
        "status": "open", "amount": "500.00", "balance": "500.00",
    }  # fmt: skip
    sam, fin = asker("seller"), asker("finance")
    status, use = sam.post("/redemptions", {"voucher": made["number"], "amount": "120.50", "order": "P-1"})
    assert status == 201, use
    assert use["status"] == "requested"
    assert fin.get(f"/vouchers/{made['number']}")[1]["status"] == "approval_pending"
    assert sam.post(f"/redemptions/{use['number']}/actions/approve")[0] == 403
    status, done = fin.post(f"/redemptions/{use['number']}/actions/approve", {})
    assert (status, done["status"]) == (200, "approved"), done
    status, _again = fin.post(f"/redemptions/{use['number']}/actions/approve", {})
    assert status == 409
    status, read = fin.get(f"/vouchers/{made['number']}")
    assert (read["status"], read["balance"]) == ("partly_used", "379.50")
    status, said = sam.post("/redemptions", {"voucher": made["number"], "amount": "379.51", "order": "P-2"})
    assert status in (409, 422), said
    assert fin.get("/vouchers?status=partly_used")[1]["items"][0]["number"] == made["number"]
    assert fin.get("/vouchers?status=open")[1]["items"] == []


def test_a_cpf_in_place_of_a_number_is_refused(customer):
    boss = asker("cs_admin")
    body = {"amount": "500.00", "expires_on": "2030-12-31", "reason": "Troca"}
    for wrong in ("529.982.247-25", "52998224725", "CL-1999-000001", "Maria", ""):
        status, said = boss.post("/vouchers", body | {"customer": wrong})
        assert (status, said["errors"][0]["field"]) == (422, "customer"), wrong
    assert boss.post("/vouchers", body | {"customer": customer["number"]})[0] == 201


def test_a_warranty_and_a_triage(customer):
    ana = asker("cs_analyst")
    body = {
        "customer": customer["number"], "order": "P-100", "kind": "warranty",
        "items": [{"sku": "SKU-1", "quantity": 2, "unit_value": "10.00", "defect": "Não liga"}],
    }  # fmt: skip
    status, made = ana.post("/warranties", body)
    assert status == 201, made
    assert (made["status"], made["marker"], made["return_needed"]) == ("pending", "GR1", True)
    status, changed = ana.patch(f"/warranties/{made['number']}", {"notes": "Ligar antes", "version": made["version"]})
    assert (status, changed["notes"], changed["items"]) == (200, "Ligar antes", made["items"])
    status, said = ana.post("/warranties", body | {"items": [{"sku": "SKU-1", "quantity": "2", "x": 1}]})
    assert {e["field"] for e in said["errors"]} == {"items.0.quantity", "items.0.x"}
    assert ana.post("/warranties", body | {"items": []})[0] == 422
    assert ana.post("/warranties", body | {"items": {"sku": "x"}})[0] == 422
    status, got = ana.post("/triage", {"order": "P-100", "items": [{"sku": "SKU-1", "quantity": 2}]})
    assert status == 201, got
    assert [link["module"] for link in got["links"]] in ([], ["warranties"])


def test_a_product():
    market = asker("marketplace")
    status, made = market.post("/products", {"sku": "ABC-1", "name": "Fonte 12 V", "cost": "15.00"})
    assert status == 201, made
    assert made["sku"] == "ABC-1"
    assert market.post("/products", {"sku": "ABC-1", "name": "Outra"})[0] == 422
    assert market.get("/products?q=fonte")[1]["items"][0]["number"] == made["number"]
