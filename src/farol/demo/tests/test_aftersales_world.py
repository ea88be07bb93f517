"""The world of after-sales: everything in it happened through the services, in order, and adds up."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from farol.areas.aftersales.payables.models import Payable
from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors.tiny.simulator.journal import entries
from farol.core import clock
from farol.demo import aftersales
from farol.demo.aftersales import company, waiting
from farol.demo.people import PEOPLE
from farol.engines.ledger.models import Entry
from farol.engines.workflow import work
from farol.engines.workflow.models import HistoryEntry
from farol.engines.workflow.module import modules
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import principal_of
from farol.platform.outbox.models import OutboxMessage

AS_OF = dt.date(2026, 11, 19)  # a Thursday
MORNING = dt.datetime(2026, 11, 19, 11, tzinfo=dt.UTC)


@pytest.fixture
def world(db, monkeypatch, settings, tmp_path):
    """A smaller one, for time's sake."""
    settings.FAROL_HOME = tmp_path
    for name, count in {"DAYS": 40, "CASES": 24, "BILLS": 8, "CREDITS": 8, "PARCELS": 3}.items():
        monkeypatch.setattr(aftersales, name, count)
    for name, count in {"CASES": 8, "BILLS": 10, "CREDITS": 5}.items():
        monkeypatch.setattr(waiting, name, count)
    monkeypatch.setattr(company, "CUSTOMERS", 40)
    aftersales.build(7, AS_OF, tmp_path)
    with clock.frozen(MORNING):
        yield tmp_path


def test_the_world_happened_in_order_and_adds_up(world):
    _happened_in_order()
    _four_eyes()
    _the_erp_has_what_the_records_say(world)
    _the_books_add_up()
    _everybody_has_work()
    _a_second_time_changes_nothing(world)


def _a_second_time_changes_nothing(world) -> None:
    before = HistoryEntry.objects.count(), User.objects.count()
    aftersales.build(7, AS_OF + dt.timedelta(days=1), world)
    assert (HistoryEntry.objects.count(), User.objects.count()) == before


def _happened_in_order() -> None:
    instants = list(HistoryEntry.objects.order_by("pk").values_list("at", flat=True))
    assert instants == sorted(instants)
    assert instants[-1] < dt.datetime.combine(AS_OF, dt.time(6), clock.zone())
    for module in modules().values():
        numbers = list(module.model._default_manager.order_by("pk").values_list("number", flat=True))
        assert numbers == sorted(numbers)


def _four_eyes() -> None:
    by = {(e.record, e.action): e.person_id for e in HistoryEntry.objects.all()}
    for record, action in by:
        if action in ("verify", "pay", "approve") and record.split(":")[0] != "vouchers":
            assert by[record, action] != by[record, "create"]


def _the_erp_has_what_the_records_say(world) -> None:
    kept = Counter(entry["kind"] for entry in entries(world / "simulators" / "tiny.jsonl"))
    done = Counter(OutboxMessage.objects.filter(state="done").values_list("channel", flat=True))
    assert (kept["order"], kept["payable"]) == (done["tiny.order"], done["tiny.payable"])
    assert Payable.objects.filter(status__in=["generated", "verified", "paid"], erp_id="").count() == 0
    assert Warranty.objects.filter(status__in=["generated", "verified"], erp_id="").count() == 0
    assert OutboxMessage.objects.exclude(channel="email").filter(state="failed").count() == 1


def _the_books_add_up() -> None:
    entered = Entry.objects.all()
    assert entered.exists()
    assert sum(entry.amount for entry in entered) == 0
    for payable in Payable.objects.filter(status="paid"):
        sign = Entry.objects.filter(posting__source=payable.reference).exclude(case="").get()
        assert sign.amount == payable.paid_amount
    for voucher in Voucher.objects.select_related("account"):
        assert 0 <= voucher.account.held <= voucher.account.balance <= voucher.amount
    assert Redemption.objects.count()


def _everybody_has_work() -> None:
    users = {role: principal_of(User.objects.get(email=email)) for role, (email, _name) in PEOPLE.items()}
    waits = {role: {(w.module.name, w.state.name) for w in work.waiting(who)} for role, who in users.items()}
    assert {("payables", "generated"), ("warranties", "generated")} & waits["verifier"]
    assert ("payables", "verified") in waits["finance"]
    assert {("warranties", "pending"), ("payables", "pending")} & waits["cs_analyst"]
    due = [one.record.deadline for one in work.due(users["cs_analyst"], 50)]
    assert AS_OF in due
    assert any(day < AS_OF for day in due)
