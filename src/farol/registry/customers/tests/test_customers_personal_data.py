"""P1 to P4 in small: nothing in clear at rest, masked, handed over and forgotten, and all of it in the audit."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from django.db import connection

from farol.core import clock
from farol.core.keys import Keyring
from farol.engines import workflow
from farol.engines.ledger.proof import prove
from farol.engines.workflow.models import Comment, HistoryEntry
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import OPERATOR
from farol.platform.audit.models import Entry
from farol.registry import customers
from farol.registry.customers import privacy, rotation, tombstones
from farol.registry.customers.commands import person as person_command
from farol.registry.customers.models import Customer, Tombstone

pytestmark = pytest.mark.django_db
REVEALERS = {"super_admin", "cs_admin", "cs_analyst", "finance"}
VIEWERS = REVEALERS | {"verifier", "seller", "manager", "aftermarket_sales"}
OTHERS = ("marketplace", "electronics_technician", "support_analyst", "viewer")


def at_rest(*folders) -> str:
    """Every cell of every table, and every file, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    found += [path.read_bytes().decode("latin-1") for folder in folders for path in folder.rglob("*") if path.is_file()]
    return "\n".join(found)


def leaks(people, text: str) -> list[str]:
    return [secret for one in people for secret in one.secrets if secret in text]


def shown(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace")


def test_nothing_in_clear_at_rest(seeded, pages, rest, settings, tmp_path, caplog):
    settings.FAROL_HOME = tmp_path
    people = seeded(25)
    admin, call = pages("super_admin"), rest("super_admin")
    with caplog.at_level("DEBUG"):
        one = people[0]
        for text in (one.document, one.email, f"11{one.mobile}"):
            assert one.name in shown(admin.get("/clientes", {"q": text}))
            assert one.record.number in shown(admin.get("/busca/clientes", {"q": text}))
        admin.post(f"/clientes/{one.record.number}/revelar")
        assert call("post", "customers", {"name": "Outra", "document": one.document}).status_code == 422
        assert call("post", f"customers/{one.record.number}/reveal", {}).json()["document"] == one.document
        shown(admin.get("/clientes", {"export": "csv", "q": one.document}))
        admin.post("/clientes/rascunho", {"place": "new", "document": one.document})
        changed = {"version": one.record.version, "email": "novo-" + one.email}
        assert call("patch", f"customers/{one.record.number}", changed).status_code == 200
    assert one.name in at_rest(tmp_path), "the search itself finds what is in clear"
    assert leaks(people, at_rest(tmp_path)) == []
    assert leaks(people, caplog.text) == []


def test_masked_unless_the_role_may_see(seeded, pages, rest):
    people = seeded(3)
    number = people[0].record.number
    for role in sorted(VIEWERS):
        page, call = pages(role), rest(role)
        answers = [
            page.get("/clientes"),
            page.get(f"/clientes/{number}"),
            page.get(f"/clientes/{number}/imprimir"),
            page.get(f"/clientes/{number}/editar"),
            page.get("/busca/clientes", {"q": people[0].document}),
            call("get", "customers"),
            call("get", f"customers/{number}"),
            call("get", f"lookup/customers?q={people[1].document}"),
        ]
        told = "\n".join(shown(answer) for answer in answers)
        assert people[0].name in told
        assert leaks(people, told) == [], role
        revealed = [page.post(f"/clientes/{number}/revelar"), call("post", f"customers/{number}/reveal", {})]
        assert [answer.status_code for answer in revealed] == [200 if role in REVEALERS else 403] * 2
        assert all((people[0].email in shown(answer)) == (role in REVEALERS) for answer in revealed)
    for role in OTHERS:
        page, call = pages(role), rest(role)
        for answer in (page.get(f"/clientes/{number}"), page.get("/busca/clientes?q=Pessoa"), call("get", "customers")):
            assert answer.status_code == 403
            assert people[0].name not in shown(answer)


@pytest.mark.parametrize(("role", "clear"), [("cs_analyst", True), ("manager", False)])
def test_exports_are_masked_unless_the_role_may_see(seeded, pages, person, role, clear):
    people = seeded(2)
    text = shown(pages(role).get("/clientes", {"export": "csv", "cols": "number,name,document,phones,email"}))
    assert people[0].name in text
    assert (people[0].document in text.replace(".", "").replace("-", "")) == clear
    assert bool(leaks(people, text)) == clear
    entry = Entry.objects.get(code="list.exported")
    assert entry.person_id == person(role).pk
    assert (entry.params["rows"], bool(entry.params["clear"])) == (2, clear)


def test_who_saw_what(seeded, pages, rest, person):
    people = seeded(5)
    page, call = pages("finance"), rest("finance")
    for one in people:
        assert page.post(f"/clientes/{one.record.number}/revelar").status_code == 200
        assert call("post", f"customers/{one.record.number}/reveal", {}).status_code == 200
    entries = Entry.objects.filter(code="customers.revealed")
    assert entries.count() == 10
    for entry in entries:
        assert entry.person_id == person("finance").pk
        assert entry.at <= clock.now()
        assert set(entry.params["fields"]) == {"document", "email", "phones", "addresses"}
        assert entry.params["count"] == 1
    assert {entry.target for entry in entries} == {one.record.reference for one in people}


def test_everything_about_a_person_then_nothing(seeded, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.FAROL_HOME = tmp_path
    people = seeded(3)
    one = people[0]
    vouchers = get_module("vouchers")
    day = clock.today() + dt.timedelta(days=60)
    form = {"customer": one.record.number, "amount": "120,00", "expires_on": day.isoformat(), "reason": "atraso"}
    filled = vouchers.form(form, principal=OPERATOR)
    assert filled.is_valid(), filled.problems()
    voucher = vouchers.create(OPERATOR, filled.values)
    workflow.comment(one.record, OPERATOR, f"{one.name} ligou de {one.mobile}")

    typed = f"{one.name.upper()}, CPF {one.document}, pediu por {one.mobile}; outra Ana também"
    workflow.comment(voucher, OPERATOR, typed)
    workflow.run(voucher, "extend", OPERATOR, reason=typed, data={"expires_on": day + dt.timedelta(days=5)})

    answer = CliRunner().invoke(person_command, ["export", one.document], catch_exceptions=False)
    told = json.loads(answer.stdout)
    assert told["registration"]["records"][0]["document"] == one.document
    assert told["records"]["records"][0]["number"] == voucher.number
    assert one.mobile in told["comments"]["records"][0]["text"]
    assert Entry.objects.get(code="customers.exported").params["count"] >= 4

    with django_capture_on_commit_callbacks(execute=True):
        arguments = ["anonymise", one.document, "--reason", "pedido da pessoa", "--yes"]
        assert CliRunner().invoke(person_command, arguments, catch_exceptions=False).exit_code == 0
    rest_of_it = at_rest(tmp_path)
    assert one.name not in rest_of_it
    assert one.name.upper() not in rest_of_it
    assert leaks([one], rest_of_it) == []
    said = [*HistoryEntry.objects.filter(record=voucher.reference), *Comment.objects.filter(record=voucher.reference)]
    texts = [getattr(one, "text", "") or getattr(one, "reason", "") for one in said]
    assert texts.count("•••, CPF •••, pediu por •••; outra Ana também") == 2
    one.record.refresh_from_db()
    left = privacy.everything(one.record, OPERATOR)
    assert all(part["kept_because"] for part in left.values())
    assert left["records"]["records"][0]["number"] == voucher.number
    assert customers.by_document(one.document) is None
    assert prove().ok


def test_a_restored_backup_is_anonymised_again(seeded, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.FAROL_HOME = tmp_path
    one, other = seeded(2)
    before = Customer.objects.filter(pk=one.record.pk).values().get()
    with django_capture_on_commit_callbacks(execute=True):
        privacy.anonymise(one.record, OPERATOR, "pedido")
    columns = {name: value for name, value in before.items() if name != "id"}
    Customer.objects.filter(pk=one.record.pk).update(**columns)  # as in a backup from before
    Tombstone.objects.all().delete()
    assert customers.by_document(one.document) == one.record
    with django_capture_on_commit_callbacks(execute=True):
        assert tombstones.apply() == 1
    assert customers.by_document(one.document) is None
    assert customers.by_document(other.document) == other.record
    assert Tombstone.objects.count() == 1
    assert tombstones.apply() == 0


def test_whoever_was_merged_is_forgotten_too(seeded):
    one, two = seeded(2)
    workflow.run(one.record, "merge", OPERATOR, data={"into": two.record.number})
    two.record.refresh_from_db()
    privacy.anonymise(two.record, OPERATOR, "pedido")
    assert set(Customer.objects.values_list("status", flat=True)) == {"anonymised"}
    assert leaks([one, two], at_rest()) == []
    assert one.name not in at_rest()
    assert customers.by_number(one.record.number).pk == two.record.pk


def test_keys_rotate_while_everything_stays_readable(seeded, settings):
    people = seeded(3)
    old = django_settings.KEYRING
    newer = {**old.encryption, "k-new": Keyring.generate().encryption["k1"]}
    settings.KEYRING = replace(old, encryption=newer)
    assert rotation.renew_all() == 3
    assert rotation.renew_all() == 0
    settings.KEYRING = replace(old, encryption={"k-new": newer["k-new"]})
    assert [Customer.objects.get(pk=one.record.pk).document for one in people] == [one.document for one in people]
