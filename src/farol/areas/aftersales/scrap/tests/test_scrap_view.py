"""Scrap is a view over the books: page, totals, file and REST say what was posted."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from farol.core import clock
from farol.engines import ledger
from farol.engines.ledger.models import Posting
from farol.engines.workflow.module import get_module
from farol.engines.workflow.rest.body import blank
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, SYSTEM

pytestmark = pytest.mark.django_db


def person(role: str) -> User:
    user = User.objects.create(email=f"{role}@scrap.example", name=role.title())
    user.roles.add(Role.objects.get(slug=role))
    return user


def made(module: str, **data):
    declared = get_module(module)
    form = declared.form({**blank(declared.form(principal=SYSTEM)), **data}, principal=SYSTEM)
    assert form.is_valid(), form.problems()
    return declared.create(SYSTEM, form.values)


def scrap(source: str, sku: str, quantity: int, cost: str, **more):
    values = {"cause": "broken", "responsible": None, **more}
    day = values.pop("day", None)
    return ledger.scrap(
        "warranties:1",
        source,
        sku,
        "v2",
        quantity,
        Decimal(cost),
        values["cause"],
        values["responsible"],
        SYSTEM,
        day=day,
    )


@pytest.fixture
def source():
    """A record of another module, whichever it is: here a voucher."""
    customer = made("customers", name="Ana Lima")
    return made("vouchers", customer=customer.number, amount="10.00", expires_on="2035-01-01", reason="x")


@pytest.fixture
def lines(source):
    technician = person("electronics_technician")
    month_ago = clock.today().replace(day=1) - dt.timedelta(days=1)
    first = scrap(source.reference, "SKU-1", 2, "80.00", responsible=technician)
    scrap(source.reference, "SKU-2", 1, "19.90", cause="=1+1")
    scrap("triage:5", "SKU-1", 3, "30.00", day=month_ago)
    wrong = scrap("triage:5", "SKU-3", 1, "99.00")
    ledger.reverse(wrong, SYSTEM, "found again")
    return first


def rest(user):
    header = {"HTTP_AUTHORIZATION": f"Bearer {tokens.create(OPERATOR, user, 'scrap')[0]}"}
    return lambda path, **query: Client().get(f"/api/v1/{path}", query, **header)


def test_rest_tells_lines_and_totals(lines, source):
    get = rest(person("finance"))
    whole = get("scrap").json()
    assert len(whole["items"]) == 5
    assert whole["totals"] == {"quantity": 6, "cost": "129.90"}
    assert get("scrap", type="vouchers").json()["totals"] == {"quantity": 3, "cost": "99.90"}
    assert get("scrap", sku="SKU-1", type="triage").json()["totals"] == {"quantity": 3, "cost": "30.00"}
    today = clock.today()
    assert len(get("scrap", **{"from": today.isoformat()}).json()["items"]) == 4
    assert len(get("scrap", to=today.replace(day=1).isoformat()).json()["items"]) in (1, 5)
    mine = get("scrap", responsible=str(lines.responsible_id)).json()["items"]
    assert mine == [get(f"scrap/{lines.number}").json()]
    expected = {"number": lines.number, "type": "vouchers", "source": source.number, "sku": "SKU-1", "version": "v2"}
    expected |= {"quantity": 2, "cost": "80.00", "cause": "broken"}
    assert {name: mine[0][name] for name in expected} == expected


def test_rest_pages_and_refuses(lines):
    get = rest(person("verifier"))
    first = get("scrap", limit="2").json()
    second = get("scrap", limit="2", after=str(first["next"])).json()
    numbers = [one["number"] for one in first["items"] + second["items"]]
    assert len(set(numbers)) == 4
    for query in ({"type": "cars"}, {"from": "yesterday"}, {"color": "red"}, {"responsible": "x"}, {"limit": "0"}):
        assert get("scrap", **query).status_code == 422, query
    issued = Posting.objects.exclude(kind="scrap").first()
    for number in ("LC-999999", "17", "LC-", issued.number):
        assert get(f"scrap/{number}").status_code == 404, number
    assert rest(person("seller"))("scrap").status_code == 403


def test_the_page_filters_and_totals(lines, client, source):
    client.force_login(person("manager"))
    page = client.get("/refugo").content.decode()
    assert "129,90" in page
    assert source.number in page
    assert f"/vales/{source.number}" in page
    narrowed = client.get("/refugo?type=vouchers&period=this_month").content.decode()
    assert "99,90" in narrowed
    assert "SKU-3" not in narrowed
    assert client.get(f"/refugo?responsible={lines.responsible_id}").content.decode().count("SKU-1") == 1
    assert client.get("/refugo?responsible=none&sort=-cost").status_code == 200
    assert client.get("/refugo?type=cars").status_code == 400


def test_queries_do_not_grow_with_the_rows(lines, client, source, django_assert_max_num_queries):
    client.force_login(person("manager"))
    client.get("/refugo")
    for at in range(30):
        scrap(source.reference, f"SKU-{at}", 1, "1.00")
    with django_assert_max_num_queries(15):
        client.get("/refugo")


def test_the_file_holds_all_rows_and_no_formula(lines, client):
    client.force_login(person("manager"))
    answer = client.get("/refugo?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 6
    assert all(cell.data_type != "f" for row in rows for cell in row)
