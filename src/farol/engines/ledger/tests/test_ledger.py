"""Postings, holds and what a case costs; run on both engines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.engines import ledger
from farol.engines.ledger import Line
from farol.engines.ledger.accounts import move
from farol.engines.ledger.doctor import books
from farol.engines.ledger.models import Account, Entry, Hold, Posting
from farol.engines.ledger.proof import prove
from farol.platform.accounts.principal import SYSTEM
from farol.platform.operation.checks import Level

pytestmark = pytest.mark.django_db
R = Decimal


@pytest.fixture
def credit():
    ledger.open_account("voucher:1", "voucher", bounded=True)
    ledger.open_account("company:vouchers", "company")
    post("voucher_issued", "500.00")
    connection.check_constraints()  # a transaction's end, for what PostgreSQL checks only then
    return "voucher:1"


def post(kind, amount, day=None):
    lines = [Line("voucher:1", R(amount)), Line("company:vouchers", -R(amount))]
    return ledger.post(kind, lines, source="vouchers:1", principal=SYSTEM, day=day)


def state(key="voucher:1"):
    found = ledger.account(key)
    return str(found.balance), str(found.held), str(found.available)


def test_a_posting_moves_the_balance_and_adds_up(credit):
    assert state() == ("500.00", "0.00", "500.00")
    assert ledger.balance("company:vouchers") == R("-500.00")
    assert ledger.balance("nobody's") == 0
    assert prove().ok


def test_lines_that_do_not_add_up_are_a_mistake_of_the_caller(credit):
    with pytest.raises(ValueError, match="add up"):
        ledger.post("x", [Line("voucher:1", R(1))], source="s:1", principal=SYSTEM)
    with pytest.raises(ValueError, match="no such account"):
        ledger.post("x", [Line("voucher:1", R(1)), Line("nowhere", R(-1))], source="s:1", principal=SYSTEM)
    assert Posting.objects.count() == 1


def test_nobody_takes_more_than_there_is(credit):
    with pytest.raises(ledger.NotEnough, match=r"500,00|500\.00"):
        post("voucher_used", "-500.01")
    assert state()[0] == "500.00"
    assert Posting.objects.count() == 1
    post("voucher_used", "-500.00")
    assert state()[0] == "0.00"


def test_holds_together_never_exceed_the_balance(credit):
    first = ledger.hold(credit, R("300.00"), "redemptions:1")
    with pytest.raises(ledger.NotEnough):
        ledger.hold(credit, R("200.01"), "redemptions:2")
    second = ledger.hold(credit, R("200.00"), "redemptions:2")
    assert state() == ("500.00", "500.00", "0.00")
    with pytest.raises(ledger.NotEnough):
        post("voucher_used", "-0.01")
    ledger.release(second)
    assert state() == ("500.00", "300.00", "200.00")
    posting = ledger.use(first, "voucher_used", "company:vouchers", principal=SYSTEM)
    assert posting.source == "redemptions:1"
    assert state() == ("200.00", "0.00", "200.00")
    assert prove().ok


def use(held):
    return ledger.use(held, "voucher_used", "company:vouchers", principal=SYSTEM)


@pytest.mark.parametrize("end_again", [use, ledger.release])
def test_a_hold_ends_once(credit, end_again):
    held = ledger.hold(credit, R("100.00"), "redemptions:1")
    twin = Hold.objects.get(pk=held.pk)
    use(held)
    with pytest.raises(Refused):
        end_again(twin)
    other = ledger.hold(credit, R("100.00"), "redemptions:2")
    with pytest.raises(Refused):
        end_again(Hold.objects.get(pk=twin.pk))
    assert state() == ("400.00", "100.00", "300.00")
    assert other.state == Hold.OPEN
    assert prove().ok


def test_a_hold_must_be_of_something(credit):
    for key, amount in (("voucher:1", "0"), ("voucher:1", "-1"), ("company:vouchers", "1")):
        with pytest.raises(ValueError, match="positive amount of a bounded"):
            ledger.hold(key, R(amount), "redemptions:1")


def test_a_reversal_is_a_posting_of_its_own_and_happens_once(credit):
    used = post("voucher_used", "-100.00")
    back = ledger.reverse(used, SYSTEM, "wrong order")
    assert back.reverses == used
    assert back.memo == "wrong order"
    assert state()[0] == "500.00"
    with pytest.raises(Refused, match=r"reversed already|já foi estornad"):
        ledger.reverse(used, SYSTEM, "again")
    assert state()[0] == "500.00"


def test_a_closed_account_takes_nothing(credit):
    with pytest.raises(Refused):
        close()
    post("voucher_expired", "-500.00")
    close()
    with pytest.raises(Refused, match=r"closed|encerrad"):
        post("voucher_issued", "1.00")
    with pytest.raises(Refused):
        close()


def close():
    from farol.engines.ledger import close_account

    close_account(ledger.account("voucher:1"))


def test_days(credit):
    tomorrow = clock.today() + dt.timedelta(days=1)
    with pytest.raises(BadInput):
        post("voucher_used", "-1.00", day=tomorrow)
    assert post("voucher_used", "-1.00", day=clock.today() - dt.timedelta(days=40)).day < clock.today()


def test_what_a_case_costs():
    at = {"source": "warranties:7", "principal": SYSTEM}
    ledger.charge("warranties:7", "freight", R("35.40"), **at)
    ledger.charge("warranties:7", "freight", R("4.60"), **at)
    ledger.charge("warranties:7", "refund", R("-10.00"), **at)
    ledger.charge("warranties:8", "freight", R("99.00"), **at)
    ledger.scrap("warranties:7", "triage:3", "SKU-1", "v2", 2, R("80.00"), "broken", None, SYSTEM)
    found = ledger.result("warranties:7")
    assert [(name, str(amount)) for name, _label, amount in found.lines] == [
        ("freight", "40.00"),
        ("refund", "-10.00"),
        ("scrap", "80.00"),
    ]
    assert str(found.total) == "110.00"
    assert ledger.result("warranties:99").lines == []
    scrapped = Posting.objects.get(kind="scrap")
    assert (scrapped.sku, scrapped.item_version, scrapped.quantity, scrapped.source) == ("SKU-1", "v2", 2, "triage:3")
    back = ledger.reverse(scrapped, SYSTEM, "found again")
    assert (back.kind, back.sku, back.quantity) == ("scrap", "SKU-1", -2)
    assert str(ledger.result("warranties:7").total) == "30.00"
    with pytest.raises(KeyError):
        ledger.charge("warranties:7", "coffee", R("1.00"), **at)
    assert prove().ok


ATTEMPTS = {
    "sqlite": (
        "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
        "REPLACE INTO ledger_posting SELECT * FROM ledger_posting",
    ),
    "postgresql": (
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry ON CONFLICT (id) DO UPDATE SET amount = 1",
        "TRUNCATE ledger_entry",
        "TRUNCATE ledger_posting CASCADE",
    ),
}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET memo = 'x'",
        "UPDATE ledger_posting SET day = '2020-01-01'",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET amount = amount + 1",
        "UPDATE ledger_entry SET posting_id = posting_id",
        "DELETE FROM ledger_entry",
        *ATTEMPTS[connection.vendor],
    ],
)
def test_the_database_refuses_to_change_what_is_posted(credit, statement):
    before = list(Entry.objects.values_list("pk", "amount"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.values_list("pk", "amount")) == before


def test_the_orm_cannot_change_it_either(credit):
    entry, posting = Entry.objects.first(), Posting.objects.first()
    entry.amount, posting.memo = R("1.00"), "x"
    changes = [
        lambda: Entry.objects.update(amount=R(1)),
        lambda: Posting.objects.bulk_update([posting], ["memo"]),
        entry.save,
        posting.save,
        lambda: Entry.objects.all().delete(),
        lambda: Posting.objects.filter(pk=posting.pk)._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_database_holds_the_bounds_of_an_account(credit):
    for columns in ({"balance": R(-1)}, {"held": R(501)}, {"held": R(-1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Account.objects.filter(key="voucher:1").update(**columns)
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(key="company:vouchers").update(balance=R(1))


def test_one_centavo_is_found_and_named(credit):
    ledger.hold(credit, R("5.00"), "redemptions:1")
    Account.objects.filter(key=credit).update(balance=R("500.01"))
    Account.objects.filter(key=credit).update(held=R("4.99"))
    found = [(d.what, d.name, str(d.stored), str(d.proved)) for d in prove().differences]
    assert found == [("balance", credit, "500.01", "500.00"), ("held", credit, "4.99", "5.00")]
    told = list(books())
    assert [finding.level for finding in told] == [Level.RED, Level.RED]
    assert credit in str(told[0].text)
    assert "books verify" in str(told[0].remedy)


def test_the_doctor_says_when_all_is_well(credit):
    assert [finding.level for finding in books()] == [Level.GREEN]


def test_a_posting_without_its_other_half_is_found(credit):
    account = ledger.account(credit)
    posting = Posting.objects.create(kind="x", day=clock.today(), source="s:1")
    empty = Posting.objects.create(kind="x", day=clock.today(), source="s:1")
    Entry.objects.create(posting=posting, account=account, amount=R("0.01"))
    move(account, R("0.01"))
    found = [(d.what, d.name) for d in prove().differences]
    assert found == [("posting", posting.number), ("empty", empty.number)]
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="add up"):
            connection.check_constraints()
        transaction.set_rollback(True)
