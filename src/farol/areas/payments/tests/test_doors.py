"""One question through every door, by people who see different rows: each door gives a person the same figures."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.test import Client, override_settings

from farol.areas.payments.load import LOADERS
from farol.areas.payments.metrics import PAYMENTS
from farol.cli.root import build
from farol.core.errors import NotAllowed, NotFound
from farol.engines.metrics import Query, Result, explain, run, run_many
from farol.engines.metrics import model as models
from farol.engines.metrics.drill import all_rows_behind, rows_behind
from farol.engines.metrics.models import Receipt
from farol.engines.metrics.output import as_json
from farol.engines.metrics.reopen import open_receipt, rows_of_receipt
from farol.engines.sources.loader import FileToLoad, LoadRequest, silent
from farol.engines.warehouse import open_reader
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, Principal, principal_of

pytestmark = pytest.mark.django_db
DAY, BEFORE = dt.date(2025, 2, 14), dt.date(2025, 2, 7)
HEADER = (
    "day,entity,product,price_tier,anticipation_method,payment_method,installments,"
    "amount_transacted,quantity_transactions,quantity_of_merchants"
)
OWN = {"ana@example.com": ("pos",), "bia@example.com": ("pix", "tap")}


def rules(principal: Principal) -> models.RowRules:
    return {"product": OWN[principal.label]} if principal.label in OWN else {}


SAMPLE = replace(PAYMENTS, name="sample", row_rules=rules)


def amount(product: str, day: dt.date) -> Decimal:
    return {"pos": Decimal("100.10"), "pix": Decimal("20.20"), "tap": Decimal("3.30")}[product] * day.day


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("home").resolve()
    with override_settings(FAROL_HOME=home):
        publish(home)
        yield home


def publish(home, extra: str = "") -> None:
    lines = [
        f"{day},PJ,{product},normal,D0,credit,1,{amount(product, day)},{day.day},1"
        for day in (BEFORE, DAY)
        for product in ("pos", "pix", "tap")
    ]
    path = home / "facts.csv"
    path.write_text("\n".join([HEADER, *lines, extra]), encoding="utf-8")
    LOADERS[0].load(LoadRequest(files=(FileToLoad(path, path.name),)), "doors", silent)


@pytest.fixture(autouse=True)
def sample_model(monkeypatch, loaded):
    monkeypatch.setattr(models, "models", lambda: {"sample": SAMPLE, "payments": PAYMENTS})


@pytest.fixture(params=sorted(OWN))
def person(request):
    user = User.objects.create_user(request.param, "uma senha comprida 9", name="Ana")
    user.roles.add(Role.objects.get(slug="manager"))
    return user


def farol(*words: str) -> dict:
    done = CliRunner().invoke(build(), list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_door_gives_a_person_the_same_rows(person):
    principal = principal_of(person)
    expected = sum(amount(product, DAY) for product in OWN[person.email])
    before = sum(amount(product, BEFORE) for product in OWN[person.email])
    query = Query("sample", ["tpv"], compare=["w1"])

    result = run(query, principal)
    assert result.rows[0]["tpv"] == expected
    assert result.rows[0]["compare"]["tpv"]["w1"].base == before
    (again, by_product) = run_many([query, Query("sample", ["tpv"], ["product"])], principal)
    assert isinstance(again, Result)
    assert again.receipt == result.receipt
    assert {row["product"] for row in by_product.rows} == set(OWN[person.email])

    moved = explain("sample", "tpv", DAY, "w1", ["product"], principal)
    assert (moved.value, moved.delta) == (expected, expected - before)
    assert {s.segment["product"] for s in moved.segments} == set(OWN[person.email])

    with open_reader("payments") as reader:
        seen = rows_behind(reader, query, rules(principal))
        columns, lines = all_rows_behind(reader, query, rules(principal))
        assert [list(line) for line in lines] == seen.rows
    place = [column.name for column in columns].index("product")
    assert {row[place] for row in seen.rows} == set(OWN[person.email])

    told = farol("query", "sample", "--measures", "tpv", "--compare", "w1", "--format", "json", "--as", person.email)
    assert told == as_json(result)

    clear = tokens.create(principal, person, "test")[0]
    options = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {clear}"}}
    answer = Client().post("/api/v1/metrics/sample/query", {"measures": ["tpv"], "compare": "w1"}, **options)
    assert answer.status_code == 200, answer.content
    assert answer.json() == told
    answer = Client().post("/api/v1/metrics/sample/explain", {"date": "2025-02-14", "by": ["product"]}, **options)
    assert Decimal(answer.json()["delta"]) == moved.delta

    opened = open_receipt(result.receipt, principal)
    assert opened.agrees is True
    assert {row[place] for row in rows_of_receipt(opened, principal, limit=99, offset=0).rows} == set(OWN[person.email])


def test_a_receipt_opens_under_the_readers_rules(person):
    everything = run(Query("sample", ["tpv"]), OPERATOR)
    opened = open_receipt(everything.receipt, principal_of(person))
    assert opened.shown is None
    assert opened.agrees is None
    own = sum(amount(product, DAY) for product in OWN[person.email])
    assert opened.again == [{"tpv": str(own)}]
    assert opened.as_json()["row_rules"] is None
    assert str(everything.rows[0]["tpv"]) not in json.dumps(opened.as_json())


def test_the_same_figure_has_the_same_receipt_and_another_version_another(loaded, tmp_path):
    first, second = run(Query("sample", ["tpv"]), OPERATOR), run(Query("sample", ("tpv",), period=None), OPERATOR)
    assert first.receipt == second.receipt
    assert Receipt.objects.filter(code=first.receipt).count() == 1
    assert run(Query("sample", ["transactions"]), OPERATOR).receipt != first.receipt
    with override_settings(FAROL_HOME=tmp_path):
        publish(tmp_path)
        old = run(Query("sample", ["tpv"]), OPERATOR)
        publish(tmp_path, f"{DAY},PJ,pos,normal,D0,debit,1,0.50,1,1")
        new = run(Query("sample", ["tpv"]), OPERATOR)
        assert old.receipt != new.receipt
        opened = open_receipt(old.receipt.lower(), OPERATOR)
        assert (opened.shown, opened.again) == (opened.again, opened.shown)
        assert Decimal(opened.now[0]["tpv"]) - Decimal(opened.shown[0]["tpv"]) == Decimal("0.50")
        assert opened.agrees is True
    with override_settings(FAROL_HOME=tmp_path / "elsewhere"):
        gone = open_receipt(old.receipt, OPERATOR)
        assert (gone.again, gone.agrees, gone.now) == (None, None, None)
        assert gone.shown == opened.shown


def test_without_the_right_nothing_is_told(db):
    nobody = Principal(frozenset({"alerts.view"}), label="nobody")
    code = run(Query("sample", ["tpv"]), OPERATOR).receipt
    with pytest.raises(NotAllowed):
        run(Query("sample", ["tpv"]), nobody)
    (refused,) = run_many([Query("sample", ["tpv"])], nobody)
    assert isinstance(refused, NotAllowed)
    with pytest.raises(NotAllowed):
        explain("sample", "tpv", DAY, "w1", [], nobody)
    with pytest.raises(NotAllowed):
        open_receipt(code, nobody)
    with pytest.raises(NotFound):
        open_receipt("NOSUCHCODE", OPERATOR)


def test_one_refused_question_leaves_the_others_alone():
    good, bad, missing = run_many(
        [Query("sample", ["tpv"]), Query("sample", ["tvp"]), Query("sample", ["take_rate"])], OPERATOR
    )
    assert isinstance(good, Result)
    assert (bad.code, missing.code) == ("unknown", "missing_column")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"measures": ["tvp"]}, 422, "unknown"),
        ({"measures": ["merchants"]}, 422, "not_additive"),
        ({"measures": ["take_rate"]}, 422, "missing_column"),
        ({"measures": ["tpv"], "where": {"installments": ["x"]}}, 422, "invalid"),
        ({"measures": ["tpv"], "where": {"installments": [1.5]}}, 422, "invalid"),
        ({"measures": ["tpv"], "period": "yesterday"}, 422, "invalid"),
        ({"measures": ["tpv"], "limit": "5"}, 422, "invalid"),
        ({"measures": ["tpv"], "sql": "select 1"}, 422, "invalid"),
        ({"measures": [["tpv"]]}, 422, "invalid"),
        ({}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
)
def test_rest_refuses_by_field(person, body, status, code):
    clear = tokens.create(principal_of(person), person, "test")[0]
    found = Client().post(
        "/api/v1/metrics/sample/query",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {clear}"},
    )
    assert found.status_code == status, found.content
    assert found.json()["code"] == code
    assert found.json()["detail"]


def test_page_of_a_receipt(person):
    client = Client()
    client.post("/entrar", {"email": person.email, "password": "uma senha comprida 9"})
    own = run(Query("sample", ["tpv", "average_ticket"], ["product"], compare=["w1", "expected"]), principal_of(person))
    moved = explain("sample", "tpv", DAY, "w1", ["product"], principal_of(person))
    for code in (own.receipt, moved.receipt):
        page = client.get(f"/recibos/{code}")
        assert page.status_code == 200
        assert code in page.content.decode()
    foreign = run(Query("sample", ["tpv"], ["product"]), OPERATOR)
    text = client.get(f"/recibos/{foreign.receipt}").content.decode()
    hidden = {"pos", "pix", "tap"} - set(OWN[person.email])
    assert all(PAYMENTS.dimension("product").values[p] not in text.split("<main")[1] for p in hidden if p != "tap")
    for code in ("0000000000", "%00", "%F0%9F%98%80", "..%2Fetc", "' OR 1=1", "Ç" * 300):
        assert client.get(f"/recibos/{code}").status_code == 404
    assert client.get(f"/recibos/{own.receipt}?page=99").status_code == 404
    assert client.get(f"/recibos/{own.receipt}?page=x").status_code == 404
