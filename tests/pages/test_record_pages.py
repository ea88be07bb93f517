"""The pages of records as people use them, on payables (a plain form) and on warranties (sub-rows, links)."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import re

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from farol.core import clock
from farol.engines.workflow import assign, drafts, jobs, links, run
from farol.engines.workflow.models import Case, Comment, Draft, HistoryEntry
from farol.engines.workflow.module import get_module
from farol.engines.workflow.rest.body import blank
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, principal_of
from farol.platform.audit.events import sentence
from farol.platform.audit.models import Entry
from farol.platform.jobs import JobRun
from farol.platform.notifications.models import Notification

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} #sys.inputs"
PAYABLE = {
    "beneficiary": "Transportes Rápidos",
    "category": "Fretes",
    "method": "pix",
    "pix_key": "contas@rapidos.example",
    "amount": "1.234,56",
    "due_on": "30/11/2026",
}
_turn = itertools.count(1)


def person(role: str) -> User:
    user = User.objects.create(email=f"{role}{next(_turn)}@pages.example", name=f"Pessoa {role}")
    user.roles.add(Role.objects.get(slug=role))
    return user


class Browser:
    """Somebody at the screen."""

    def __init__(self, role: str) -> None:
        self.user = person(role)
        self.client = Client()
        self.client.force_login(self.user)
        self.principal = principal_of(self.user)

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == status, (path, answer.status_code, body[-600:])
        return body.decode(errors="replace")

    def post(self, path: str, data: dict | None = None, status: int = 302) -> str:
        answer = self.client.post(path, data or {})
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:3000])
        return answer["Location"] if status == 302 else answer.content.decode()


@pytest.fixture
def analyst(db) -> Browser:
    return Browser("cs_analyst")


@pytest.fixture
def admin(db) -> Browser:
    return Browser("cs_admin")


def open_payable(browser: Browser, **more: str):
    turn = next(_turn)
    own = {"invoice": f"NF {turn}", "amount": f"{100 + turn},00"}  # the same bill twice would be asked about
    url = browser.post("/contas-a-pagar/novo", {**PAYABLE, **own, **more})
    return get_module("payables").model.objects.get(number=url.rsplit("/", 1)[1])


def test_a_record_is_opened_found_and_read(analyst):
    record = open_payable(analyst)
    page = analyst.get(f"/contas-a-pagar/{record.number}")
    assert "Transportes Rápidos" in page
    assert str(record.amount).replace(".", ",") in page
    assert record.number in analyst.get("/contas-a-pagar?state=open")
    assert record.number in analyst.get("/contas-a-pagar/quadro")
    hits = json.loads(analyst.get(f"/busca?q={record.number}"))["items"]
    assert [hit["url"] for hit in hits] == [f"/contas-a-pagar/{record.number}"]
    digits = str(int(record.number.rsplit("-", 1)[1]))
    assert record.number in analyst.get(f"/busca?q={digits}")


def test_wrong_values_come_back_beside_their_fields_with_everything_typed(analyst):
    page = analyst.post("/contas-a-pagar/novo", PAYABLE | {"due_on": "ontem", "beneficiary": HOSTILE[:100]}, 422)
    assert 'value="ontem"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_due_on_error"' in page
    assert "<script>alert(1)" not in page


def test_an_action_refused_by_the_form_keeps_what_was_typed(admin):
    record = open_payable(admin)
    url = f"/contas-a-pagar/{record.number}"
    page = admin.post(f"{url}/acao/cancel", {"version": record.version, "reason": "  "}, 422)
    assert 'role="alert"' in page
    page = admin.post(f"{url}/acao/verify", {"version": record.version, "reason": "Texto digitado"}, 409)
    assert 'role="alert"' in page
    record.refresh_from_db()
    assert record.status == "pending"


def test_the_second_of_two_people_is_told_and_keeps_the_reason(admin):
    record = open_payable(admin)
    seen = record.version
    assign(record, admin.principal, None)
    page = admin.post(
        f"/contas-a-pagar/{record.number}/acao/cancel", {"version": seen, "reason": "Motivo que eu digitei"}, 409
    )
    assert "Motivo que eu digitei" in page
    assert 'role="alert"' in page
    record.refresh_from_db()
    assert record.status == "pending"
    admin.post(f"/contas-a-pagar/{record.number}/acao/cancel", {"version": record.version, "reason": "Agora sim"})
    record.refresh_from_db()
    assert record.status == "cancelled"


def test_an_edit_over_anothers_is_told_first_and_possible_afterwards(analyst, admin):
    record = open_payable(analyst)
    url = f"/contas-a-pagar/{record.number}/editar"
    theirs = {**PAYABLE, "pix_key": "", "notes": "da Ana", "version": record.version}
    mine = {**theirs, "notes": "do Rui"}
    admin.post(url, theirs)
    page = analyst.post(url, mine, 409)
    assert "do Rui" in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    record.refresh_from_db()
    assert (record.notes, int(version)) == ("da Ana", record.version)
    analyst.post(url, {**mine, "version": version})
    record.refresh_from_db()
    assert record.notes == "do Rui"


def test_a_page_without_its_version_changes_nothing(admin):
    record = open_payable(admin)
    admin.post(f"/contas-a-pagar/{record.number}/acao/cancel", {"reason": "x"}, 422)
    admin.post(f"/contas-a-pagar/{record.number}/acao/unknown", {"version": record.version}, 409)
    record.refresh_from_db()
    assert record.status == "pending"


def test_what_was_typed_survives_until_it_is_saved(analyst, admin):
    place = {"place": "payables/new"}
    analyst.post("/contas-a-pagar/rascunho", {**PAYABLE, **place, "beneficiary": "Meio digit"}, 200)
    assert b"Meio digit" not in bytes(Draft.objects.get().body)
    assert "Meio digit" in analyst.get("/contas-a-pagar/novo")
    assert "Meio digit" not in admin.get("/contas-a-pagar/novo")
    open_payable(analyst, **place)
    assert not Draft.objects.exists()
    assert "Meio digit" not in analyst.get("/contas-a-pagar/novo")


def test_a_draft_can_be_thrown_away_and_leads_nowhere_else(analyst):
    analyst.post("/contas-a-pagar/rascunho", {"place": "payables/new", "beneficiary": "Meio digit"}, 200)
    away = analyst.post("/contas-a-pagar/rascunho", {"place": "payables/new", "discard": "https://evil.example"})
    assert away == "/contas-a-pagar"
    assert not Draft.objects.exists()
    analyst.post("/contas-a-pagar/rascunho", {"place": "warranties/new"}, 422)


def test_old_drafts_are_forgotten(analyst):
    for n in range(drafts.MOST + 3):
        analyst.post("/contas-a-pagar/rascunho", {"place": f"payables/{n}", "notes": "x"}, 200)
    assert Draft.objects.count() == drafts.MOST
    assert not Draft.objects.filter(place="payables/0").exists()
    with clock.frozen(clock.now() + dt.timedelta(days=drafts.KEPT_DAYS + 1)):
        assert drafts.prune() == drafts.MOST
    too_much = {"place": "payables/new", "notes": "x" * (drafts.LARGEST + 1)}
    assert '"kept": false' in analyst.post("/contas-a-pagar/rascunho", too_much, 200)


def test_a_draft_of_an_edit_keeps_the_version_it_was_typed_over(analyst, admin):
    record = open_payable(analyst)
    typed = {**PAYABLE, "pix_key": "", "notes": "rascunho", "version": record.version}
    analyst.post("/contas-a-pagar/rascunho", {**typed, "place": f"payables/{record.number}"}, 200)
    assign(record, admin.principal, admin.user.pk)
    page = analyst.get(f"/contas-a-pagar/{record.number}/editar")
    assert "rascunho" in page
    assert f'name="version" value="{typed["version"]}"' in page


def test_hostile_text_is_text_on_every_page(admin):
    record = open_payable(admin, beneficiary=HOSTILE[:110], notes=HOSTILE)
    url = f"/contas-a-pagar/{record.number}"
    admin.post(f"{url}/comentario", {"text": HOSTILE})
    for path in ("/contas-a-pagar", "/contas-a-pagar/quadro", url, f"{url}/editar", f"{url}/imprimir", "/meu-dia", "/"):
        page = admin.get(path)
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path
        assert ">49<" not in page, path
    body = admin.client.get(f"{url}/imprimir?formato=pdf").content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    assert "sys.inputs" in re.sub(r"\s", "", text)


def test_a_comment_is_kept_and_an_empty_one_refused(admin):
    record = open_payable(admin)
    url = f"/contas-a-pagar/{record.number}"
    assert admin.post(f"{url}/comentario", {"text": "Já falei com eles."}) == f"{url}#timeline"
    admin.post(f"{url}/comentario", {"text": "   "}, 422)
    page = admin.post(f"{url}/comentario", {"text": "x" * 4001}, 422)
    assert "x" * 4001 in page
    assert Comment.objects.count() == 1
    assert "Já falei com eles." in admin.get(url)


def test_owner_is_somebody_who_may_see_the_record(admin):
    record = assign(open_payable(admin), admin.principal, None)
    url = f"/contas-a-pagar/{record.number}/responsavel"
    admin.post(url, {"owner": person("marketplace").pk, "version": record.version}, 422)
    admin.post(url, {"owner": "1e9", "version": record.version}, 422)
    admin.post(url, {"owner": admin.user.pk, "version": record.version})
    record.refresh_from_db()
    assert record.owner_id == admin.user.pk
    assert HistoryEntry.objects.filter(record=record.reference, action="assign").count() == 2
    admin.post(url, {"owner": "", "version": record.version - 1}, 409)
    record.refresh_from_db()
    assert record.owner_id == admin.user.pk


def test_files_open_under_the_records_own_rights_only(admin):
    record, other = open_payable(admin), open_payable(admin)
    url = f"/contas-a-pagar/{record.number}"
    admin.post(f"{url}/anexos", {"file": SimpleUploadedFile("recibo.pdf", b"%PDF-1.4\n%%EOF\n")})
    link = re.search(rf'href="({url}/anexos/(\d+))"', admin.get(url))
    answer = admin.client.get(link[1])
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    b"".join(answer.streaming_content)
    admin.get(f"/contas-a-pagar/{other.number}/anexos/{link[2]}", 404)
    Browser("marketplace").get(link[1], 403)
    admin.post(f"{url}/anexos", {}, 422)
    admin.post(f"{link[1]}/remover")
    admin.get(link[1], 404)


def test_many_at_once_each_with_its_own_outcome(admin):
    records = [open_payable(admin) for _ in range(3)]
    admin.post(f"/contas-a-pagar/{records[1].number}/acao/cancel", {"version": records[1].version, "reason": "Antes"})
    data = {"selected": [r.pk for r in records], "reason": "Todos de uma vez"}
    page = admin.post("/contas-a-pagar/lote/cancel", data, 200)
    assert all(r.number in page for r in records)
    states = [type(r).objects.get(pk=r.pk).status for r in records]
    assert states == ["cancelled"] * 3
    assert HistoryEntry.objects.filter(action="cancel", reason="Todos de uma vez").count() == 2
    admin.post("/contas-a-pagar/lote/cancel", {"selected": [records[0].pk], "reason": ""}, 422)
    admin.post("/contas-a-pagar/lote/arrived", {"selected": [records[0].pk]}, 404)
    Browser("cs_analyst").post("/contas-a-pagar/lote/cancel", data, 403)


def verified(admin, author) -> Case:
    """A payable that waits to be paid."""
    record = open_payable(author)
    run(record, "generate", author.principal)
    run(record, "arrived", SYSTEM, data={"id": record.number, "digest": ""})
    return run(record, "verify", admin.principal)


def test_what_an_action_asks_is_asked_once_for_many(admin, analyst):
    records = [verified(admin, analyst) for _ in range(2)]
    early = open_payable(analyst)
    url, chosen = "/contas-a-pagar/lote/pay", {"selected": [r.pk for r in (*records, early)]}
    finance = Browser("finance")
    page = finance.post(url, chosen, 200)
    assert 'name="paid_on"' in page
    assert all(f'name="selected" value="{pk}"' in page for pk in chosen["selected"])
    labels = ("Valor pago", "Comprovante de pagamento")
    assert all(label in page for label in labels), "says what differs from record to record"
    assert 'name="paid_amount"' not in page
    page = finance.post(url, {**chosen, "answered": "1", "paid_on": "31/02/2026"}, 422)
    assert 'value="31/02/2026"' in page
    day = clock.today() - dt.timedelta(days=1)
    answer = {"answered": "1", "paid_on": f"{day:%d/%m/%Y}", "paid_amount": "1,00", "status": "cancelled"}
    page = finance.post(url, {**chosen, **answer}, 200)
    assert early.number in page
    now = {r.pk: r for r in type(early).objects.filter(pk__in=chosen["selected"])}
    assert [(now[r.pk].status, now[r.pk].paid_on, now[r.pk].paid_amount) for r in records] == [
        ("paid", day, r.amount) for r in records
    ]
    assert now[early.pk].status == "pending"


def test_a_thousand_rows_are_as_many_as_a_question_carries(admin):
    record = open_payable(admin)
    chosen = {"selected": [str(record.pk), *(str(10**6 + n) for n in range(998))], "owner": "", "address": ""}
    admin.post("/contas-a-pagar/lote/responsavel", chosen, 200)


def test_all_results_of_a_filter_are_given_to_somebody(admin):
    mine = [open_payable(admin, beneficiary="Peças Sul") for _ in range(2)]
    other = open_payable(admin)
    for record in (*mine, other):
        assign(record, admin.principal, None)
    sent = {"all": "1", "address": "q=Sul"}
    page = admin.post("/contas-a-pagar/lote/responsavel", sent, 200)
    assert 'name="owner"' in page
    admin.post("/contas-a-pagar/lote/responsavel", {**sent, "owner": admin.user.pk}, 200)
    owners = [type(other).objects.get(pk=r.pk).owner_id for r in (*mine, other)]
    assert owners == [admin.user.pk, admin.user.pk, None]


def test_pages_cost_the_same_however_many_records_there_are(admin, django_assert_max_num_queries):
    record = open_payable(admin)
    for _ in range(3):
        assign(open_payable(admin), admin.principal, admin.user.pk)
    for path in ("/contas-a-pagar", "/contas-a-pagar/quadro", f"/contas-a-pagar/{record.number}"):
        with django_assert_max_num_queries(15):
            admin.get(path)


def test_the_guide_names_every_action_and_the_people_who_may(admin):
    page = admin.get("/contas-a-pagar/ajuda")
    flow = get_module("payables").flow
    assert all(str(step.label) in page or step.system for step in flow.transitions)
    assert page.count("<rect") == len(flow.states)


# ---- sub-rows and links, on warranties


@pytest.fixture
def customer(admin):
    declared = get_module("customers")
    data = {"name": "Ana Lima", "document": "529.982.247-25"}
    form = declared.form({**blank(declared.form(principal=admin.principal)), **data}, principal=admin.principal)
    assert form.is_valid(), form.problems()
    return declared.create(admin.principal, form.values)


def warranty(customer, rows: list[dict], **more: str) -> dict:
    data = {"kind": "warranty", "customer": customer.number, "order": "MLB-1", "channel": "Loja", "return_needed": "on"}
    data |= {"items-TOTAL_FORMS": str(len(rows)), "items-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"items-{place}-{name}": value for name, value in row.items()}
    return data | more


ROWS = [
    {"sku": "ABC-1", "quantity": "1", "unit_value": "10,00", "defect": "Não liga"},
    {"sku": "ABC-2", "quantity": "2", "unit_value": "0,00", "defect": "Risco"},
]


def test_rows_are_added_and_taken_away_without_script(analyst, customer):
    page = analyst.post("/garantias/novo", warranty(customer, ROWS, add_row="1"), 200)
    assert 'name="items-TOTAL_FORMS" value="3"' in page
    assert 'value="ABC-2"' in page
    assert "is-invalid" not in page
    page = analyst.post("/garantias/novo", warranty(customer, ROWS, remove_row="0"), 200)
    assert 'name="items-TOTAL_FORMS" value="1"' in page
    assert 'value="ABC-1"' not in page
    assert 'name="items-0-sku" value="ABC-2"' in page
    assert not get_module("warranties").model.objects.exists()


def test_a_wrong_row_is_marked_and_nothing_is_lost(analyst, customer):
    page = analyst.post("/garantias/novo", warranty(customer, [ROWS[0], {**ROWS[1], "quantity": "0"}]), 422)
    assert 'id="id_items-1-quantity_error"' in page
    assert 'value="ABC-1"' in page


def open_warranty(browser: Browser, customer, **more: str):
    url = browser.post("/garantias/novo", warranty(customer, ROWS, **more))
    return get_module("warranties").model.objects.get(number=url.rsplit("/", 1)[1])


def test_what_has_to_be_said_of_each_record_is_not_asked_of_many(analyst, customer):
    case = open_warranty(analyst, customer)
    analyst.post("/garantias/lote/add_cost", {"selected": [case.pk]}, 404)
    page = analyst.get("/garantias")
    assert "/garantias/lote/request_return" in page
    assert "/garantias/lote/add_cost" not in page
    assert "é para um registro de cada vez" in page


def test_a_record_opened_out_of_another_is_linked_both_ways(analyst, customer):
    case = open_warranty(analyst, customer)
    page = analyst.get(f"/garantias/{case.number}")
    assert f"/contas-a-pagar/novo?de={case.reference}" in page
    form = analyst.get(f"/contas-a-pagar/novo?de={case.reference}")
    assert case.number in form
    bill = open_payable(analyst, de=case.reference, case=case.number)
    assert [one.record for one in links.of(bill)] == [case.reference]
    assert bill.number in analyst.get(f"/garantias/{case.number}")
    assert case.number in analyst.get(f"/contas-a-pagar/{bill.number}")
    analyst.get("/contas-a-pagar/novo?de=warranties:999999", 404)
    analyst.get("/contas-a-pagar/novo?de=customers:1", 404)


def test_a_seller_sees_own_records_and_none_of_the_others(analyst, customer):
    case = open_warranty(analyst, customer)
    seller = Browser("seller")
    assert case.number not in seller.get("/garantias")
    unknown = seller.get("/garantias/GT-1999-000001", 404)
    assert re.sub(r"nonce=\S+|[0-9a-f]{16}", "", seller.get(f"/garantias/{case.number}", 404)).count(
        "<h1"
    ) == unknown.count("<h1")
    for path in ("imprimir", "imprimir?formato=pdf"):
        seller.get(f"/garantias/{case.number}/{path}", 404)
    seller.post(f"/garantias/{case.number}/comentario", {"text": "oi"}, 404)


def test_the_day_tells_what_is_due_and_what_waits(analyst, admin):
    record = open_payable(analyst, due_on=clock.today().strftime("%d/%m/%Y"))
    assign(record, admin.principal, admin.user.pk)
    page = admin.get("/meu-dia")
    assert record.number in page
    assert "/contas-a-pagar?state=pending" in page
    analyst.get("/")  # has told that it was opened
    assert record.number not in analyst.get("/meu-dia")
    assert record.number in admin.get("/")


def test_owners_are_told_each_morning_what_is_due_and_once_a_day_only(analyst, admin):
    due = open_payable(admin, due_on=clock.today().strftime("%d/%m/%Y"))
    later = open_payable(admin, due_on=(clock.today() + dt.timedelta(days=40)).strftime("%d/%m/%Y"))
    for record in (due, later):
        assign(record, admin.principal, analyst.user.pk)
    job = next(one for one in jobs.JOBS if one.name == "workflow.deadlines")
    for _turn_of_the_job in range(2):
        job.run(JobRun(job, 1, "schedule", clock.now()))
    told = Notification.objects.filter(code=jobs.DUE)
    assert [(one.person_id, one.record) for one in told] == [(analyst.user.pk, due.reference)]
    assert due.number in str(told.get())


def test_the_audit_says_each_step_in_words(admin):
    record = open_payable(admin)
    assign(record, admin.principal, None)
    admin.post(f"/contas-a-pagar/{record.number}/acao/cancel", {"version": record.version, "reason": "x"})
    written = Entry.objects.filter(target=record.reference)
    assert {e.code for e in written} >= {"payables.create", "payables.assign", "payables.cancel"}
    for entry in written:
        said = sentence(entry.code, entry.target, entry.params)
        assert entry.code not in said, said
        assert "%" not in said, said


def test_a_file_of_records_goes_through_the_same_form(admin):
    head = "Favorecido;Categoria;Forma de pagamento;Chave PIX;Valor;Vencimento"
    columns = [str(f.label) for f in get_module("payables").form.base_fields.values()]
    assert "Favorecido" in columns or "Beneficiary" in columns
    page = admin.get("/contas-a-pagar/importar")
    assert 'type="file"' in page
    names = ["beneficiary", "category", "method", "pix_key", "amount", "due_on"]
    rows = ["Correios;Fretes;pix;a@b.example;10,00;30/11/2026", "Correios;Nenhuma;pix;a@b.example;10,00;30/11/2026"]
    assert len(head.split(";")) == len(names)

    def send(lines: list[str]) -> str:
        body = "\n".join([";".join(names), *lines]).encode()
        return admin.post("/contas-a-pagar/importar", {"acao": "enviar", "file": SimpleUploadedFile("c.csv", body)})

    model = get_module("payables").model
    bad = send(rows)
    assert "importacao=" in bad
    admin.get(bad)
    assert not model.objects.exists()
    good = send(rows[:1])
    token = re.search(r"importacao=(\w+)", good)[1]
    admin.post("/contas-a-pagar/importar", {"acao": "confirmar", "importacao": token})
    assert model.objects.count() == 1


def test_rows_of_a_file_with_the_same_name_are_one_record(admin, customer):
    names = ["record", "kind", "customer", "order", "items__sku", "items__quantity", "items__defect"]
    rows = [
        f"A;warranty;{customer.number};MLB-1;ABC-1;1;Não liga",
        f"B;warranty;{customer.number};MLB-2;ABC-3;1;Não liga",
        "A;;;;ABC-2;2;Risco",
    ]
    body = "\n".join([";".join(names), *rows]).encode()
    sent = {"acao": "enviar", "file": SimpleUploadedFile("g.csv", body)}
    token = re.search(r"importacao=(\w+)", admin.post("/garantias/importar", sent))[1]
    admin.post("/garantias/importar", {"acao": "confirmar", "importacao": token})
    cases = get_module("warranties").model.objects.order_by("pk")
    assert [sorted(line.sku for line in case.lines.all()) for case in cases] == [["ABC-1", "ABC-2"], ["ABC-3"]]
