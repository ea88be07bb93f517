"""Closed months: nobody posts into them, and to reopen one takes two people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from farol.core import clock
from farol.core.errors import BadInput, NotAllowed, Refused
from farol.engines import ledger
from farol.engines.ledger import Line, MonthClosed, closings
from farol.engines.ledger.commands import books
from farol.engines.ledger.models import Account, Entry, Month, Posting, Reopening
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, SYSTEM, principal_of
from farol.platform.accounts.rights import ROLES
from farol.platform.audit.models import Entry as AuditEntry
from farol.platform.notifications.models import Notification

pytestmark = pytest.mark.django_db
OCTOBER, IN_OCTOBER = dt.date(2026, 10, 1), dt.date(2026, 10, 17)
NOVEMBER_10 = dt.datetime(2026, 11, 10, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(NOVEMBER_10):
        yield


def person(role: str, email: str = "") -> User:
    user = User.objects.create(email=email or f"{role}@closing.example", name=role)
    user.roles.add(Role.objects.get(slug=role))
    return user


def who(role: str, email: str = ""):
    return principal_of(person(role, email))


def post(amount="10.00", day=None, principal=SYSTEM):
    ledger.open_account("voucher:1", "voucher", bounded=True)
    ledger.open_account("company:x", "company")
    lines = [Line("voucher:1", Decimal(amount)), Line("company:x", -Decimal(amount))]
    return ledger.post("voucher_issued", lines, source="vouchers:1", principal=principal, day=day)


def test_a_month_is_closed_once_and_after_its_end():
    finance = who("finance")
    post(day=IN_OCTOBER)
    assert closings.close(OCTOBER, finance).closed
    with pytest.raises(Refused, match=r"closed already|já está fechado"):
        closings.close(OCTOBER, finance)
    with pytest.raises(Refused, match=r"not over|não terminou"):
        closings.close(dt.date(2026, 11, 1), finance)
    with pytest.raises(BadInput):
        closings.close(IN_OCTOBER, finance)
    assert AuditEntry.objects.filter(code="ledger.month_closed", target="2026-10").count() == 1


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("super_admin", "finance")])
def test_only_finance_closes(role):
    with pytest.raises(NotAllowed):
        closings.close(OCTOBER, who(role))


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_nobody_posts_into_a_closed_month(role):
    """Create, back-date, charge, scrap and counter-entry: as every role, and as the system."""
    principal = who(role, "poster@closing.example") if role else SYSTEM
    old = post(day=IN_OCTOBER)
    closings.close(OCTOBER, who("finance", "closer@closing.example"))
    before = list(Entry.objects.values_list("pk", "amount"))
    at = {"source": "warranties:1", "principal": principal, "day": IN_OCTOBER}
    for step in (
        lambda: post(day=IN_OCTOBER, principal=principal),
        lambda: post("-1.00", day=dt.date(2026, 10, 31), principal=principal),
        lambda: ledger.charge("warranties:1", "freight", Decimal("5.00"), **at),
        lambda: ledger.scrap("w:1", "t:1", "S", "", 1, Decimal("5.00"), "broken", None, principal, day=IN_OCTOBER),
    ):
        with pytest.raises(MonthClosed):
            step()
    assert list(Entry.objects.values_list("pk", "amount")) == before
    # a counter-entry counts for today; when today itself lies in the closed month, it is refused as well
    with clock.frozen(dt.datetime(2026, 10, 31, 15, tzinfo=dt.UTC)), pytest.raises(MonthClosed):
        ledger.reverse(old, principal, "wrong")
    assert ledger.reverse(old, principal, "wrong").day == dt.date(2026, 11, 10)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_posting (kind, day, source, actor, memo, at, data, sku, item_version, cause) "
        "VALUES ('x', '2026-10-31', 's:1', '', '', '2026-11-10', '{}', '', '', '')",
        'INSERT INTO ledger_entry (posting_id, account_id, amount, "case", category) '
        "SELECT posting_id, account_id, 0, '', '' FROM ledger_entry",
        "UPDATE ledger_posting SET day = '2026-10-01'",
    ],
)
def test_the_database_keeps_a_closed_month_closed(statement):
    post(day=IN_OCTOBER)
    connection.check_constraints()
    closings.close(OCTOBER, who("finance"))
    with pytest.raises(DatabaseError, match=r"closed|append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_reopening_takes_two_people_whatever_their_roles():
    first, second = who("super_admin"), who("finance")
    closings.close(OCTOBER, second)
    with pytest.raises(BadInput):
        closings.request_reopen(OCTOBER, first, " ")
    wanted = closings.request_reopen(OCTOBER, first, "an invoice was forgotten")
    told = Notification.objects.filter(code="ledger.reopen_requested")
    assert [note.person_id for note in told] == [second.user_id]
    assert "2026-10" in str(told[0])
    with pytest.raises(Refused):
        closings.request_reopen(OCTOBER, second, "me too")
    with pytest.raises(Refused, match=r"somebody else|outra pessoa"):
        closings.approve_reopen(wanted.pk, first)
    with pytest.raises(Refused):
        closings.approve_reopen(wanted.pk, OPERATOR)
    with pytest.raises(MonthClosed):
        post(day=IN_OCTOBER)
    assert not closings.approve_reopen(wanted.pk, second).closed
    post(day=IN_OCTOBER)
    with pytest.raises(Refused):
        closings.approve_reopen(wanted.pk, second)
    codes = list(AuditEntry.objects.order_by("pk").values_list("code", flat=True))
    assert [c for c in codes if c.startswith("ledger")] == [
        "ledger.month_closed",
        "ledger.reopen_requested",
        "ledger.reopened",
    ]
    closings.close(OCTOBER, first)
    with pytest.raises(MonthClosed):
        post(day=IN_OCTOBER)


def test_the_database_knows_that_two_people_are_two(db):
    finance = who("finance")
    closings.close(OCTOBER, finance)
    wanted = closings.request_reopen(OCTOBER, finance, "x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reopening.objects.filter(pk=wanted.pk).update(approved=True, decided_by=finance.user_id)


def test_a_reopening_may_be_declined_or_taken_back():
    finance = who("finance")
    closings.close(OCTOBER, finance)
    wanted = closings.request_reopen(OCTOBER, finance, "x")
    assert closings.decline_reopen(wanted.pk, finance).closed
    assert closings.request_reopen(OCTOBER, finance, "y").pk != wanted.pk
    with pytest.raises(Refused):
        closings.request_reopen(dt.date(2026, 9, 1), finance, "open anyway")


@pytest.mark.django_db(transaction=True)
def test_closing_and_posting_exclude_each_other():
    """Whoever comes first wins and the other is told; never both. Without the lock, PostgreSQL lets both through."""
    from threading import Thread

    finance, told = who("finance"), []
    post(day=IN_OCTOBER)

    def closing():
        try:
            with clock_of_the_test():
                closings.close(OCTOBER, finance)
            told.append("closed")
        except (Refused, DatabaseError) as error:
            told.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        post(day=IN_OCTOBER)
        if connection.vendor == "postgresql":  # SQLite's one writer makes the other wait until we are through
            other = Thread(target=closing)
            other.start()
            other.join(20)
            assert told
            assert "posting into" in told[0] or "lançando" in told[0]
    assert not Month.objects.filter(closed=True).exists()
    assert Posting.objects.count() == 2


def clock_of_the_test():
    return clock.frozen(NOVEMBER_10)


def test_the_page_closes_and_reopens(client):
    finance, other = person("finance"), person("super_admin")
    post(day=IN_OCTOBER)
    client.force_login(finance)
    page = client.get(reverse("ledger:months")).content.decode()
    assert "2026-10" in page
    assert client.post(reverse("ledger:close"), {"month": "2026-11"}).status_code == 409
    assert client.post(reverse("ledger:close"), {"month": "outubro"}).status_code == 422
    assert client.post(reverse("ledger:close"), {"month": "2026-10"}).status_code == 302
    assert client.post(reverse("ledger:request"), {"month": "2026-10", "reason": ""}).status_code == 422
    assert client.post(reverse("ledger:request"), {"month": "2026-10", "reason": "esquecida"}).status_code == 302
    wanted = Reopening.objects.get()
    decide = reverse("ledger:decide", args=[wanted.pk])
    assert "esquecida" in client.get(reverse("ledger:months")).content.decode()
    assert client.post(decide, {"answer": "approve"}).status_code == 409
    assert Month.objects.get().closed
    client = Client()
    client.force_login(other)
    assert client.post(decide, {"answer": "approve"}).status_code == 302
    assert not Month.objects.get().closed


def test_the_command_line_closes_and_reopens():
    person("finance", "f@closing.example")
    person("super_admin", "s@closing.example")

    def run(*arguments):
        return CliRunner().invoke(books, arguments)

    assert run("close", "2026-10").exit_code == 0
    assert isinstance(run("reopen", "2026-10", "--reason", "x").exception, Refused)
    assert run("reopen", "2026-10", "--reason", "x", "--as", "f@closing.example").exit_code == 0
    assert isinstance(run("reopen", "2026-10", "--approve", "--as", "f@closing.example").exception, Refused)
    assert run("reopen", "2026-10", "--approve", "--as", "s@closing.example").exit_code == 0
    assert not Month.objects.get().closed
    assert run("verify").exit_code == 0
    assert '"closed": false' in run("months").stdout
    assert isinstance(run("close", "10/2026").exception, BadInput)


def test_verify_names_what_differs():
    post()
    Account.objects.filter(key="voucher:1").update(balance=Decimal("10.01"))
    done = CliRunner().invoke(books, ["verify", "--json"])
    assert done.exit_code == 1
    assert '"name": "voucher:1", "stored": "10.01", "proved": "10.00"' in done.stdout
