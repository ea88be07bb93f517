"""Store credit through REST and its pages."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.test import Client

from farol.areas.aftersales.vouchers.models import Voucher
from farol.core import clock
from farol.engines.ledger import MonthClosed, closings
from farol.engines.ledger.models import Posting
from farol.platform.accounts import tokens
from farol.platform.accounts.principal import OPERATOR
from farol.platform.accounts.rights import ROLES
from farol.platform.imports import Given
from farol.platform.imports.declared import find_importer

pytestmark = pytest.mark.django_db


class Rest:
    """A person with a token."""

    def __init__(self, user):
        self.header = {"HTTP_AUTHORIZATION": f"Bearer {tokens.create(OPERATOR, user, 'test')[0]}"}
        self.client = Client()

    def get(self, path, **query):
        answer = self.client.get(f"/api/v1/{path}", query, **self.header)
        return answer.status_code, answer.json()

    def post(self, path, **body):
        answer = self.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", **self.header)
        return answer.status_code, answer.json()


@pytest.fixture
def rest(person):
    return lambda role, name="": Rest(person(role, name))


def in_days(days):
    return (clock.today() + dt.timedelta(days=days)).isoformat()


@pytest.fixture
def voucher(rest, customer):
    body = {"customer": customer.number, "amount": "500.00", "expires_on": in_days(60), "reason": "late"}
    status, made = rest("cs_admin").post("vouchers", **body)
    assert status == 201, made
    return made


def test_issue_request_and_decide(rest, voucher, customer):
    shown = {name: voucher[name] for name in ("customer", "status", "amount", "balance")}
    assert shown == {"customer": customer.number, "status": "open", "amount": "500.00", "balance": "500.00"}
    seller, finance = rest("seller"), rest("finance")
    status, use = seller.post("redemptions", voucher=voucher["number"], amount="120.00", order="9001")
    assert (status, use["status"], use["amount"], use["voucher"]) == (201, "requested", "120.00", voucher["number"])
    _status, now = seller.get(f"vouchers/{voucher['number']}")
    assert (now["status"], now["balance"], now["held"]) == ("approval_pending", "500.00", "120.00")
    path = f"redemptions/{use['number']}/actions"
    assert seller.post(f"{path}/approve")[0] == 403
    status, done = finance.post(f"{path}/approve")
    assert (status, done["status"]) == (200, "approved")
    status, again = finance.post(f"{path}/approve")
    assert (status, set(again)) == (409, {"code", "detail"})
    _status, now = finance.get(f"vouchers/{voucher['number']}")
    assert (now["status"], now["balance"], now["held"]) == ("partly_used", "380.00", "0.00")


def test_what_is_wrong_is_named(rest, voucher, customer):
    admin, seller = rest("cs_admin"), rest("seller")
    good = {"customer": customer.number, "amount": "1.00", "expires_on": in_days(1), "reason": "x"}
    for field, value in (
        ("customer", "CL-1999-000001"),
        ("amount", "0.00"),
        ("amount", "-1.00"),
        ("amount", "1.001"),
        ("amount", 1.5),
        ("expires_on", in_days(-1)),
        ("expires_on", "soon"),
        ("reason", ""),
        ("origin", "GT-1999-000001"),
        ("issued_on", in_days(1)),
        ("balance", "9.00"),
        ("code", "X"),
    ):
        status, answer = admin.post("vouchers", **{**good, field: value})
        assert status == 422, (field, value)
        assert field in [error["field"] for error in answer["errors"]], (field, answer)
    status, answer = seller.post("redemptions", voucher="VC-1", amount="1.00", order="1")
    assert (status, answer["errors"][0]["field"]) == (422, "voucher")
    status, answer = seller.post("redemptions", voucher=voucher["number"], amount="500.01", order="1")
    assert (status, answer["code"]) == (409, "not_enough")
    assert Voucher.objects.count() == 1


def test_a_code_names_a_voucher_too(rest, voucher):
    typed = voucher["code"].lower().replace("-", " ")
    assert rest("seller").post("redemptions", voucher=typed, amount="1.00", order="1")[0] == 201


def test_the_balance_of_a_customer(rest, voucher, customer):
    rest("seller").post("redemptions", voucher=voucher["number"], amount="20.00", order="1")
    status, answer = rest("seller").get(f"customers/{customer.number}/balance")
    assert status == 200
    assert (answer["balance"], answer["held"], answer["available"]) == ("500.00", "20.00", "480.00")
    assert [one["number"] for one in answer["vouchers"]] == [voucher["number"]]
    assert rest("seller").get("customers/CL-1999-000001/balance")[0] == 404
    assert rest("manager").get(f"customers/{customer.number}/balance")[0] == 403


def test_lists_narrow_by_what_people_see(rest, voucher, issue):
    other = issue("10.00")
    finance = rest("finance")
    rest("seller").post("redemptions", voucher=voucher["number"], amount="20.00", order="1")
    for status, numbers in (("open", [other.number]), ("approval_pending", [voucher["number"]]), ("used", [])):
        found = finance.get("vouchers", status=status)[1]["items"]
        assert [one["number"] for one in found] == numbers
    assert rest("seller", "walter").get("redemptions")[1]["items"] == []
    assert len(rest("seller").get("redemptions")[1]["items"]) == 1


def test_extend_by_rest(rest, voucher):
    path = f"vouchers/{voucher['number']}/actions/extend"
    finance = rest("finance")
    assert finance.post(path, expires_on=in_days(90), reason="asked")[1]["expires_on"] == in_days(90)
    assert finance.post(path, expires_on=in_days(80), reason="asked")[0] == 422
    assert finance.post(path, reason="asked")[0] == 422


@pytest.mark.parametrize("path", ["vales", "usos-de-vale", "vales/novo", "usos-de-vale/novo"])
def test_pages_open(client, person, voucher, rest, path):
    rest("seller").post("redemptions", voucher=voucher["number"], amount="20.00", order="1")
    client.force_login(person("super_admin"))
    assert client.get(f"/{path}").status_code == 200


def test_details_show_statement_and_actions(client, person, voucher, rest):
    _status, use = rest("seller").post("redemptions", voucher=voucher["number"], amount="20.00", order="1")
    client.force_login(person("finance"))
    page = client.get(f"/vales/{voucher['number']}").content.decode()
    assert use["number"] in page
    assert "LC-" in page
    assert "500,00" in page
    page = client.get(f"/usos-de-vale/{use['number']}").content.decode()
    assert voucher["number"] in page
    assert "approve" in page


def test_nobody_reaches_a_closed_month_by_rest_or_by_a_file(rest, customer, who, voucher):
    """M10: create and back-date as every role by REST, and the import, into a month that is closed."""
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    closings.close(last.replace(day=1), who("finance"))
    before = Posting.objects.count()
    body = {"customer": customer.number, "amount": "5.00", "expires_on": in_days(9), "reason": "x"}
    for role in ROLES:
        status, answer = rest(role).post("vouchers", **body, issued_on=last.isoformat())
        allowed = status == 422 and answer["errors"][0]["field"] == "issued_on"
        assert allowed if role in ("super_admin", "cs_admin", "finance") else status == 403, (role, answer)
    row = {"customer": customer.number, "amount": Decimal("5.00"), "reason": "x"}
    row |= {"expires_on": clock.today(), "issued_on": last}
    importer = find_importer("vouchers")
    checked = importer.check([Given(2, row), Given(3, {**row, "issued_on": None})], who("cs_admin"))
    assert [(one.line, one.column) for one in checked.problems] == [(2, "issued_on")]
    with pytest.raises(MonthClosed):  # closed between the look and the saving
        importer.save({**checked.values[1], "issued_on": last}, who("cs_admin"))
    assert Posting.objects.count() == before


def test_opening_vouchers_come_from_a_file(customer, who):
    row = {"customer": customer.number, "amount": Decimal("75.10"), "expires_on": clock.today(), "reason": "opening"}
    importer = find_importer("vouchers")
    checked = importer.check([Given(2, {**row, "issued_on": clock.today() - dt.timedelta(days=400)})], who("cs_admin"))
    assert checked.problems == []
    made = importer.save(checked.values[0], who("cs_admin"))
    assert str(made.account.balance) == "75.10"


def test_the_customers_page_shows_the_credit(client, person, voucher, customer):
    client.force_login(person("super_admin"))
    page = client.get(f"/clientes/{customer.number}").content.decode()
    assert voucher["number"] in page
    assert "500,00" in page
