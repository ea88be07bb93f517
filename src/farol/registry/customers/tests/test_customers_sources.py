"""Past orders and registration data: from BigQuery, from the local table, and by hand when nobody answers."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest

from farol.connectors.bigquery import account
from farol.platform.accounts.principal import OPERATOR
from farol.platform.imports import Given
from farol.platform.imports.declared import find_importer
from farol.registry.customers.models import Customer, CustomerOrder

pytestmark = pytest.mark.django_db
NEW = "11144477735"


@pytest.fixture
def one(seeded, bigquery, settings):
    customer = seeded(1)[0]
    day, columns = dt.date(2026, 10, 2), list(settings.FAROL_BIGQUERY_ORDER_COLUMNS)
    base = {"document": customer.document, "order": "P-1", "day": day, "channel": "Amazon", "quantity": 2}
    rows = [
        {**base, "sku": "FX-1", "description": "Fonte", "unit_value": Decimal("49.90")},
        {**base, "sku": "CB-2", "description": "Cabo", "unit_value": Decimal("10.00")},
        {**base, "document": "0", "sku": "X", "description": "alheio", "unit_value": Decimal(1), "order": "P-9"},
    ]
    kinds = {"day": "DATE", "quantity": "BIGINT", "unit_value": "DECIMAL(18,2)"}
    named = {settings.FAROL_BIGQUERY_ORDER_COLUMNS[name]: kinds.get(name, "VARCHAR") for name in columns}
    bigquery.table("pedidos_itens", named, [tuple(row[name] for name in columns) for row in rows])
    items = [{"sku": "LOCAL-1", "description": "Do arquivo", "quantity": "1", "unit_value": "5.00"}]
    CustomerOrder.objects.create(customer=customer.record, order="L-1", day=day, total=Decimal(5), items=items)
    return customer


def test_orders_from_bigquery_kept_and_never_keyed_by_the_document(one, pages, bigquery):
    page = pages("cs_analyst")
    found = page.get(f"/clientes/{one.record.number}/pedidos").json()
    assert (found["source"], found["note"]) == ("bigquery", "")
    order = found["orders"][0]
    assert (order["order"], order["day"], order["total"]) == ("P-1", "2026-10-02", "119.80")
    assert {line["sku"]: line["quantity"] for line in order["items"]} == {"FX-1": "2", "CB-2": "2"}
    part = page.get(f"/clientes/{one.record.number}/pedidos", headers={"HX-Request": "true"}).content.decode()
    assert "FX-1" in part
    assert len(bigquery.journal) == 1


@pytest.mark.parametrize("fault", ["unavailable", "forbidden", "slow"])
def test_without_the_source_people_go_on_by_hand(one, pages, bigquery, fault):
    bigquery.fail = [fault]
    started = time.monotonic()
    found = pages("cs_analyst").get(f"/clientes/{one.record.number}/pedidos").json()
    assert time.monotonic() - started < 2.5
    assert (found["source"], [order["order"] for order in found["orders"]]) == ("local", ["L-1"])
    assert found["note"]


def test_after_three_failures_only_the_local_table(one, pages, bigquery):
    page = pages("cs_analyst")
    bigquery.fail = ["unavailable"] * 3
    for _round in range(5):
        assert page.get(f"/clientes/{one.record.number}/pedidos").json()["source"] == "local"
    assert len(bigquery.journal) == 3


def registered(bigquery, settings, **changes):
    known = {"document": NEW, "name": "Nova Cliente", "email": "nova@example.com", "phone": "11987654321"}
    known |= {"street": "Rua B", "number": "5", "city": "Santos", "state": "SP", "postcode": "11010-000", **changes}
    columns = settings.FAROL_BIGQUERY_CUSTOMER_COLUMNS
    bigquery.table("clientes_busca", dict.fromkeys(columns.values(), "VARCHAR"), [tuple(map(known.get, columns))])


def test_a_customer_out_of_the_registration_data(bigquery, settings, pages):
    registered(bigquery, settings)
    page = pages("cs_analyst")
    answer = page.post("/clientes-do-cadastro", {"document": "111.444.777-35"})
    customer = Customer.objects.get()
    assert answer.headers["Location"] == f"/clientes/{customer.number}"
    assert (customer.name, customer.document, customer.email) == ("Nova Cliente", NEW, "nova@example.com")
    assert customer.addresses[0].lines == "Rua B, 5 · Santos/SP · 11010-000"
    assert page.post("/clientes-do-cadastro", {"document": NEW}).status_code == 302
    assert (Customer.objects.count(), len(bigquery.journal)) == (1, 1)


def test_registration_that_does_not_come(bigquery, settings, pages):
    page = pages("cs_analyst")
    assert "111.444.777-35" not in str(bigquery.journal)
    for document, fault in (("111.444.777-36", ""), (NEW, ""), (NEW, "unavailable")):
        bigquery.fail = [fault]
        answer = page.post("/clientes-do-cadastro", {"document": document})
        assert answer.status_code in (200, 422)
        assert "/clientes/novo" in answer.content.decode()
    registered(bigquery, settings, name="***")
    assert page.post("/clientes-do-cadastro", {"document": NEW}).status_code == 422
    assert Customer.objects.count() == 0
    account.client().breaker.worked()


def test_past_orders_from_a_file(seeded, pages):
    one = seeded(1)[0]
    importer = find_importer("customer_orders")
    values = [
        {"customer": who, "order": "PED-1", "day": dt.date(2026, 10, 2), "channel": "Amazon", "sku": sku, **more}
        for who, sku, more in (
            (one.record.number, "FX-1", {"quantity": Decimal(2), "unit_value": Decimal("49.90")}),
            (one.document, "CB-2", {"quantity": None, "unit_value": Decimal(10)}),
        )
    ]
    checked = importer.check([Given(place + 2, row) for place, row in enumerate(values)], OPERATOR)
    assert checked.problems == []
    for row in checked.values * 2:
        importer.save(row, OPERATOR)
    order = CustomerOrder.objects.get()
    assert (order.total, len(order.items)) == (Decimal("109.80"), 2)
    wrong = importer.check([Given(2, {**values[0], "customer": "CL-1", "quantity": Decimal(-1)})], OPERATOR)
    assert {problem.column for problem in wrong.problems} == {"customer", "quantity"}
    assert pages("cs_admin").get("/clientes-pedidos").status_code == 200
