"""The audit: append-only by the database, chained, verified, searched."""

from __future__ import annotations

import datetime as dt
import io
import json
import random

import openpyxl
import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from farol.core import clock
from farol.platform import audit
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, SYSTEM, principal_of
from farol.platform.audit import chain, triggers
from farol.platform.audit.commands import COMMANDS
from farol.platform.audit.events import events, sentence
from farol.platform.audit.models import Entry, Head


def fill(count: int) -> None:
    for number in range(count):
        audit.record(OPERATOR, "role.deleted", target=f"role{number}", params={"n": number, "text": "ação"})


@pytest.fixture
def manager(db) -> Client:
    user = User.objects.create_user("ana@example.com", None, name="Ana")
    user.roles.add(Role.objects.get(slug="manager"))
    client = Client()
    client.force_login(user)
    return client


STATEMENTS = [
    "UPDATE audit_entry SET code = 'x'",
    "UPDATE audit_entry SET at = '2000-01-01'",
    "UPDATE audit_entry SET person_id = 7",
    "UPDATE audit_entry SET params = '{}'",
    "UPDATE audit_entry SET digest = 'x'",
    "UPDATE audit_entry SET position = NULL, digest = ''",
    "UPDATE audit_entry SET id = id + 1000",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)",
    "INSERT INTO audit_entry (at, actor, code, target, params, request_id, position, digest) "
    "VALUES ('2026-01-01', '', 'x', '', '{}', '', 99, 'x')",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_a_sealed_entry(db, statement):
    fill(3)
    chain.seal()
    before = list(Entry.objects.order_by("id").values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.order_by("id").values()) == before


@pytest.mark.parametrize("statement", [s for s in STATEMENTS if "digest" not in s])
def test_the_database_refuses_to_change_an_entry_that_waits_for_its_seal(db, statement):
    fill(3)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_engine_s_own_way_round_is_closed(db):
    """REPLACE on SQLite deletes without a delete trigger; TRUNCATE on PostgreSQL without a row trigger."""
    fill(2)
    first = Entry.objects.order_by("id").first()
    statement = (
        "TRUNCATE audit_entry"
        if connection.vendor == "postgresql"
        else "INSERT OR REPLACE INTO audit_entry (id, at, actor, code, target, params, request_id, digest) "
        f"VALUES ({first.pk}, '2026-01-01', '', 'forged', '', '{{}}', '', '')"
    )
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_orm_is_refused_too(db):
    fill(3)
    chain.seal()
    entry = Entry.objects.first()
    entry.code = "x"
    for act in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(code="x"),
        lambda: Entry.objects.bulk_update([entry], ["code"]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_without_the_triggers_the_same_statement_goes_through(db):
    """Control: it is the triggers that refuse."""
    fill(1)
    triggers.remove(connection)
    assert Entry.objects.update(code="x") == 1


def test_an_entry_lives_and_dies_with_the_change_it_tells_of(db):
    with transaction.atomic():
        fill(1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_sealing_goes_on_where_it_stopped(db):
    assert (chain.seal(), chain.verify().ok) == (0, True)
    fill(3)
    assert chain.verify() == chain.Verdict(True, 0, 3)
    assert chain.seal() == 3
    fill(2)
    assert (chain.seal(), chain.seal()) == (2, 0)
    assert chain.verify() == chain.Verdict(True, 5, 0)
    assert [e.position for e in Entry.objects.order_by("id")] == [1, 2, 3, 4, 5]


def raw(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def change(at: int) -> None:
    raw("UPDATE audit_entry SET target = 'forged' WHERE position = %s", at)


def delete(at: int) -> None:
    raw("DELETE FROM audit_entry WHERE position = %s", at)


def swap(at: int) -> None:
    """Two neighbours change places, each keeping the digest that belongs to the place."""
    rows = {e.position: e for e in Entry.objects.filter(position__in=(at, at + 1))}
    for position, number in ((None, at), (None, at + 1)):
        raw("UPDATE audit_entry SET position = %s WHERE id = %s", position, rows[number].pk)
    for mine, other in ((at, at + 1), (at + 1, at)):
        digest = rows[other].digest
        raw("UPDATE audit_entry SET position = %s, digest = %s WHERE id = %s", other, digest, rows[mine].pk)


def insert(at: int) -> None:
    """A new entry takes a place, with a digest that fits what is before; the later ones move up."""
    later = Entry.objects.filter(position__gte=at).order_by("-position").values_list("pk", "position")
    for pk, position in later:
        raw("UPDATE audit_entry SET position = %s WHERE id = %s", position + 1, pk)
    before = Entry.objects.filter(position=at - 1).first()
    forged = Entry.objects.create(code="forged", actor="operator")
    digest = chain.digest_of(before.digest if before else "", at, forged)
    raw("UPDATE audit_entry SET position = %s, digest = %s WHERE id = %s", at, digest, forged.pk)


def cut(at: int) -> None:
    raw("DELETE FROM audit_entry WHERE position >= %s", at)


TAMPERINGS = {"change": change, "delete": delete, "swap": swap, "insert": insert, "cut": cut}


def tampered(tamper, at: int) -> chain.Verdict:
    """What verification says after a tampering, which is taken back."""
    with transaction.atomic():
        tamper(at)
        verdict = chain.verify()
        transaction.set_rollback(True)
    return verdict


# an entry put in with a fitting digest breaks the chain where the next one follows
OFFSET = {"insert": 1}


def prove(size: int, each: int) -> None:
    fill(size)
    chain.seal()
    triggers.remove(connection)
    draw, missed = random.Random(7), []
    for name, tamper in TAMPERINGS.items():
        for _ in range(each):
            at = draw.randrange(1, size - 1)
            verdict = tampered(tamper, at)
            if verdict.ok or verdict.position != at + OFFSET.get(name, 0):
                missed.append((name, at, verdict))
    assert missed == []
    assert chain.verify().ok


def test_every_tampering_is_found_with_its_position(db):
    prove(40, 10)


@pytest.mark.slow
def test_250_tamperings_of_400_entries(db):
    prove(400, 50)


def test_verification_that_does_not_look_at_the_head_misses_a_cut_tail(db, monkeypatch):
    """Control: it is the head that shows a cut tail."""
    fill(5)
    chain.seal()
    triggers.remove(connection)
    cut(4)
    assert chain.verify().position == 4
    Head.objects.update(position=3, digest=Entry.objects.get(position=3).digest)
    assert chain.verify().ok


def test_an_anchor_on_paper_shows_a_tail_that_was_cut_together_with_the_head(db):
    fill(5)
    chain.seal()
    anchor = audit.anchor(clock.today())
    assert anchor.startswith("5-")
    assert chain.verify([anchor]).ok
    triggers.remove(connection)
    cut(4)
    Head.objects.update(position=3, digest=Entry.objects.get(position=3).digest)
    assert chain.verify().ok
    assert chain.verify([anchor]).problem == "cut"
    fill(2)
    chain.seal()
    assert chain.verify([anchor]).problem == "contradicts an anchor"


def test_anchor_of_a_day_is_the_last_entry_of_that_local_day(db):
    evening = dt.datetime(2026, 3, 2, 2, 59, tzinfo=dt.UTC)  # 23:59 of the 1st in São Paulo
    with clock.frozen(evening):
        fill(1)
    with clock.frozen(evening + dt.timedelta(minutes=2)):
        fill(1)
    chain.seal()
    assert audit.anchor(dt.date(2026, 2, 28)) is None
    assert audit.anchor(dt.date(2026, 3, 1)).startswith("1-")
    assert audit.anchor(dt.date(2026, 3, 2)).startswith("2-")


def test_entries_hold_ids_and_are_told_in_the_reader_s_language(db):
    user = User.objects.create_user("maria@example.com", None, name="Maria das Dores")
    audit.record(principal_of(user), "person.deactivated", target=f"person:{user.pk}")
    stored = json.dumps(list(Entry.objects.values("person_id", "actor", "code", "target", "params")))
    assert "aria" not in stored
    with translation.override("en"):
        assert sentence("person.deactivated", "Maria", {}) == "Deactivated Maria"


def test_every_declared_sentence_can_be_told(db):
    for event in events().values():
        told = sentence(event.code, "x", {})
        assert told
        assert "%(" not in told
    assert sentence("unknown.code", "x", {"a": 1}) == "unknown.code a=1"


def test_the_page_filters_and_pages_by_key(manager):
    fill(120)
    audit.record(SYSTEM, "login.failed", target="unknown")
    first = manager.get("/auditoria")
    assert len(first.context["rows"]) == 50
    second = manager.get(f"/auditoria?before={first.context['older']}")
    assert not {r.entry.pk for r in first.context["rows"]} & {r.entry.pk for r in second.context["rows"]}
    assert len(manager.get("/auditoria?code=login.failed").context["rows"]) == 1
    assert len(manager.get("/auditoria?target=role11").context["rows"]) == 11
    assert manager.get("/auditoria?person=nobody").context["rows"] == []
    assert manager.get("/auditoria?start=2000-01-01&end=2000-01-02").context["rows"] == []
    assert len(manager.get(f"/auditoria?start={clock.today()}").context["rows"]) == 50
    assert manager.get("/auditoria?start=yesterday").status_code == 422
    for query in ("before=x", "before=99999999999999999999", "start=0001-01-01&end=9999-12-31"):
        assert manager.get(f"/auditoria?{query}").status_code == 200, query


def test_the_export_holds_all_filtered_entries_and_is_recorded(manager):
    fill(1100)
    answer = manager.post("/auditoria/exportar", {"code": "role.deleted"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active
    assert sum(1 for _row in sheet.iter_rows()) == 1101
    assert Entry.objects.filter(code="audit.exported").count() == 1


def test_the_page_verifies(manager):
    fill(3)
    assert manager.post("/auditoria/verificar").context["verdict"].ok
    triggers.remove(connection)
    change(2)
    assert manager.post("/auditoria/verificar").context["verdict"].position == 2


def test_the_command_says_where_and_exits_1(db):
    fill(3)
    (group,) = COMMANDS
    done = CliRunner().invoke(group, ["verify", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"ok": True, "sealed": 3, "unsealed": 0, "position": 0, "problem": ""}
    triggers.remove(connection)
    change(2)
    done = CliRunner().invoke(group, ["verify", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["position"]) == (1, 2)
