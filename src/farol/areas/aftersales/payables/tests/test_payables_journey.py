"""A bill through the pages and the made-up ERP: entered, generated, verified, paid with its proof."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from farol.areas.aftersales.payables.models import Category, Payable
from farol.connectors.tiny.simulator import Simulator
from farol.connectors.tiny.simulator.journal import entries
from farol.core import boleto, clock
from farol.engines import ledger
from farol.engines.workflow import links
from farol.platform import attachments
from farol.platform.accounts.models import User
from farol.platform.audit.models import Entry
from farol.platform.outbox.channels import channels
from farol.platform.outbox.delivery import deliver_next
from farol.platform.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 1, 15, tzinfo=dt.UTC)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def tiny(tmp_path, settings):
    cache.clear()
    settings.FAROL_HOME = tmp_path
    with Simulator(tmp_path / "tiny.jsonl", per_minute=600) as simulator:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = simulator.url, simulator.token
        yield simulator


@pytest.fixture
def signed_in():
    from farol.areas.aftersales.conftest import make_person

    def make(role: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=make_person(role).user_id))
        return client

    return make


def typed(**more: str) -> dict[str, str]:
    line = boleto.line_of(boleto.bank_barcode("341", dt.date(2026, 7, 20), Decimal("1250.40"), "4" * 25))
    bill = {"beneficiary": "Transportes Aurora", "category": "Fretes", "method": "boleto", "boleto_line": line}
    return {**bill, "document": "11.222.333/0001-81", **more}


def send(attempts: int = 1) -> None:
    for _ in range(attempts):
        deliver_next(channels()["tiny.payable"], "test")


def documents(simulator_file) -> list[dict]:
    return list(entries(simulator_file, "payable"))


def act(client: Client, payable: Payable, action: str, **data):
    payable.refresh_from_db()
    answer = client.post(f"/contas-a-pagar/{payable.number}/acao/{action}", {"version": payable.version, **data})
    payable.refresh_from_db()
    return answer


def test_the_whole_way_of_a_bill(tiny, tmp_path, signed_in):
    analyst, verifier, finance = signed_in("cs_analyst"), signed_in("verifier"), signed_in("finance")
    assert analyst.post("/contas-a-pagar/novo", typed()).status_code == 302
    payable = Payable.objects.get()
    assert act(analyst, payable, "generate").status_code == 302
    send()
    payable.refresh_from_db()
    (document,) = documents(tmp_path / "tiny.jsonl")
    assert (payable.status, payable.erp_id) == ("generated", str(document["id"]))
    assert (document["body"]["vencimento"], document["body"]["categoria"]) == ("20/07/2026", "Fretes")
    assert payable.number in document["body"]["historico"]
    assert act(analyst, payable, "verify").status_code == 403
    assert act(verifier, payable, "verify").status_code == 302
    proof = SimpleUploadedFile("comprovante.pdf", PDF, "application/pdf")
    assert act(finance, payable, "pay", paid_on="01/07/2026", proof=proof).status_code == 302
    assert (payable.status, payable.paid_amount) == ("paid", Decimal("1250.40"))
    assert [(f.name, f.kind) for f in attachments.of(payable.reference)] == [("comprovante.pdf", "proof")]
    page = finance.get(f"/contas-a-pagar/{payable.number}").content.decode()
    assert "LC-0" in page
    assert payable.line in page


def test_the_cost_counts_for_the_case_that_it_belongs_to(tiny, signed_in):
    from farol.areas.aftersales.conftest import make_case, make_customer, make_person

    case = make_case(make_person("cs_admin"), make_customer())
    analyst = signed_in("cs_analyst")
    assert analyst.post("/contas-a-pagar/novo", typed(case=case.number.lower())).status_code == 302
    payable = Payable.objects.get()
    assert [linked.record for linked in links.of(case)] == [payable.reference]
    act(analyst, payable, "generate")
    send()
    act(signed_in("verifier"), payable, "verify")
    act(signed_in("finance"), payable, "pay")
    assert [(line[0], line[2]) for line in ledger.result(case.reference).lines] == [("payable", Decimal("1250.40"))]
    assert case.number in analyst.get(f"/contas-a-pagar/{payable.number}").content.decode()


def test_a_line_cut_after_storing_makes_no_second_payable(tiny, tmp_path, signed_in):
    tiny.chance.planted += ["cut"]
    analyst = signed_in("cs_analyst")
    analyst.post("/contas-a-pagar/novo", typed())
    payable = Payable.objects.get()
    act(analyst, payable, "generate")
    send()
    payable.refresh_from_db()
    assert payable.status == "pending"
    assert act(analyst, payable, "generate").status_code == 409
    for minutes in (2, 6, 20):
        with clock.frozen(NOON + dt.timedelta(minutes=minutes)):
            send()
    payable.refresh_from_db()
    assert payable.status == "generated"
    assert len(documents(tmp_path / "tiny.jsonl")) == 1


def test_what_the_erp_refuses_is_told_on_the_record(tiny, signed_in):
    tiny.chance.planted += ["refuse"]
    analyst = signed_in("cs_analyst")
    analyst.post("/contas-a-pagar/novo", typed())
    payable = Payable.objects.get()
    act(analyst, payable, "generate")
    send()
    message = OutboxMessage.objects.get(channel="tiny.payable")
    assert (message.state, payable.status) == ("failed", "pending")
    assert act(analyst, payable, "generate").status_code == 302
    send()
    payable.refresh_from_db()
    assert payable.status == "generated"


def test_twins_on_the_screen_are_asked_about_and_confirmed(signed_in):
    analyst = signed_in("cs_analyst")
    analyst.post("/contas-a-pagar/novo", typed())
    again = analyst.post("/contas-a-pagar/novo", typed())
    assert again.status_code == 409
    page = again.content.decode()
    assert Payable.objects.get().number in page
    assert 'type="checkbox" name="confirm_duplicate"' in page
    assert typed()["boleto_line"] in page
    assert analyst.post("/contas-a-pagar/novo", typed(confirm_duplicate="on")).status_code == 302
    assert Payable.objects.count() == 2


def test_key_and_code_are_shown_to_those_who_may_and_the_audit_knows(signed_in):
    analyst, verifier = signed_in("cs_analyst"), signed_in("verifier")
    pix = {"method": "pix", "boleto_line": "", "pix_key": "111.444.777-35", "amount": "10,00", "due_on": "10/07/2026"}
    analyst.post("/contas-a-pagar/novo", typed(**pix, document="111.444.777-35"))
    payable = Payable.objects.get()
    for path in ("", "/editar", "/imprimir"):
        assert b"11144477735" not in analyst.get(f"/contas-a-pagar/{payable.number}{path}").content
    assert verifier.post(f"/contas-a-pagar/{payable.number}/dados").status_code == 403
    assert not Entry.objects.filter(code="payables.revealed").exists()
    analyst.get(f"/contas-a-pagar/{payable.number}")
    shown = analyst.post(f"/contas-a-pagar/{payable.number}/dados").content.decode()
    assert "111.444.777-35" in shown
    assert "br.gov.bcb.pix011111144477735" in shown
    assert Entry.objects.filter(code="payables.revealed", target=payable.reference).count() == 1
    listed = analyst.get("/contas-a-pagar?q=111.444.777-35").content.decode()
    assert payable.number in listed
    assert payable.number not in analyst.get("/contas-a-pagar?q=529.982.247-25").content.decode()


def test_an_edit_that_leaves_the_key_empty_keeps_it(signed_in):
    analyst = signed_in("cs_analyst")
    pix = {"method": "pix", "boleto_line": "", "pix_key": "+5511987654321", "amount": "10,00", "due_on": "10/07/2026"}
    analyst.post("/contas-a-pagar/novo", typed(**pix))
    payable = Payable.objects.get()
    changed = typed(**{**pix, "pix_key": "", "document": "", "amount": "11,00"}, version=str(payable.version))
    assert analyst.post(f"/contas-a-pagar/{payable.number}/editar", changed).status_code == 302
    payable.refresh_from_db()
    assert (payable.amount, payable.pix_key.value, payable.document) == (
        Decimal("11.00"),
        "+5511987654321",
        "11222333000181",
    )


def test_categories_are_kept_by_who_answers_for_after_sales(signed_in):
    admin, analyst = signed_in("cs_admin"), signed_in("cs_analyst")
    assert analyst.get("/categorias-de-contas/").status_code == 403
    assert admin.post("/categorias-de-contas/", {"name": " Seguro  de carga "}).status_code == 302
    assert admin.post("/categorias-de-contas/", {"name": "seguro de carga"}).status_code == 422
    added = Category.objects.get(name="Seguro de carga")
    admin.post(f"/categorias-de-contas/{added.pk}/trocar")
    added.refresh_from_db()
    assert not added.active
    assert analyst.post("/contas-a-pagar/novo", typed(category="Seguro de carga")).status_code == 422
    admin.post(f"/categorias-de-contas/{added.pk}/trocar")
    assert analyst.post("/contas-a-pagar/novo", typed(category="Seguro de carga")).status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [("due=week", 1), ("due=next_week", 0), ("waiting=pending", 1), ("waiting=late", 0), ("method=boleto", 1)],
)
def test_filters(signed_in, query, found):
    analyst = signed_in("cs_analyst")
    line = boleto.line_of(boleto.bank_barcode("341", dt.date(2026, 7, 3), Decimal("80.00"), "3" * 25))
    analyst.post("/contas-a-pagar/novo", typed(boleto_line=line))
    payable = Payable.objects.get()
    analyst.get(f"/contas-a-pagar/{payable.number}")  # takes the message that it was opened
    assert (payable.number in analyst.get(f"/contas-a-pagar?{query}").content.decode()) == bool(found)


def test_over_rest_a_twin_is_a_refusal_with_its_code(signed_in):
    from farol.areas.aftersales.conftest import make_person
    from farol.platform.accounts import tokens

    person = make_person("cs_analyst")
    secret, _token = tokens.create(person, User.objects.get(pk=person.user_id), "test")
    client = Client(headers={"authorization": f"Bearer {secret}"})
    bill = {"beneficiary": "Aurora", "category": "Fretes", "method": "pix", "pix_key": "a@exemplo.com"}
    bill |= {"amount": "10.00", "due_on": "2026-07-10"}
    first = client.post("/api/v1/payables", bill, "application/json")
    assert first.status_code == 201, first.content
    assert (first.json()["amount"], first.json()["pix_key"]) == ("10.00", "a•••@exemplo.com")
    again = client.post("/api/v1/payables", bill, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "possible_duplicate")
    sure = client.post("/api/v1/payables", {**bill, "confirm_duplicate": True}, "application/json")
    assert sure.status_code == 201
    wrong = client.post("/api/v1/payables", {**bill, "pix_key": "11987654321"}, "application/json")
    assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, ["pix_key"])
    number = first.json()["number"]
    changed = client.patch(f"/api/v1/payables/{number}", {"amount": "12.00", "version": 1}, "application/json")
    assert (changed.status_code, changed.json()["amount"]) == (200, "12.00")
    assert Payable.objects.get(number=number).pix_key.value == "a@exemplo.com"
