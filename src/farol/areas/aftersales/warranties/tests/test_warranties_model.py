"""Any sequence of steps, by anybody, with any answer of the ERP: what must always hold, holds."""

from __future__ import annotations

import dataclasses
from collections import Counter
from contextlib import nullcontext, suppress

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from farol.areas.aftersales.conftest import fill_in, item, make_case, make_customer, make_person
from farol.areas.aftersales.warranties import deliveries, erp
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors.tiny import Document
from farol.core.errors import FarolError
from farol.engines.workflow import run
from farol.engines.workflow.models import HistoryEntry
from farol.engines.workflow.module import get_module
from farol.platform.outbox.models import OutboxMessage, State

LEGAL = {
    ("", "pending"), ("pending", "awaiting_return"), ("pending", "generated"), ("awaiting_return", "generated"),
    ("generated", "verified"), ("generated", "pending"), ("pending", "cancelled"), ("awaiting_return", "cancelled"),
    ("generated", "cancelled"),
}  # fmt: skip
ACTIONS = ("request_return", "register_return", "generate", "verify", "send_back", "cancel", "add_cost")
DATA = {"add_cost": {"category": "part", "amount": "1.00"}}
AUTHORS = ("create", "edit", "generate")


class Cases(RuleBasedStateMachine):
    """The ERP is a set of orders that count; the outbox is worked off by hand, with any outcome."""

    @initialize()
    def open_the_house(self) -> None:
        cache.clear()
        self.house = transaction.atomic()
        self.house.__enter__()
        self.people = [make_person(role) for role in ("cs_analyst", "cs_admin", "super_admin", "verifier")]
        self.customer = make_customer()
        self.live: dict[str, str] = {}
        self.made = self.made_orders = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.house.__exit__(None, None, None)

    @precondition(lambda self: self.made < 4)
    @rule(kind=st.sampled_from(["warranty", "exchange"]), order=st.sampled_from(["A", "B", ""]), back=st.booleans())
    def open_case(self, kind, order, back):
        make_case(self.people[self.made % 3], self.customer, kind=kind, order=order, return_needed=back)
        self.made += 1

    @precondition(lambda self: self.made)
    @rule(at=st.integers(0, 3), action=st.sampled_from(ACTIONS), who=st.integers(0, 3))
    def act(self, at, action, who):
        self._try(lambda: run(self._case(at), action, self.people[who], reason="because", data=DATA.get(action)))

    @precondition(lambda self: self.made)
    @rule(at=st.integers(0, 3), quantity=st.integers(1, 9), who=st.integers(0, 2))
    def edit(self, at, quantity, who):
        case = self._case(at)
        data = {**get_module("warranties").initial(case), "items": [item(quantity=quantity)]}
        self._try(lambda: fill_in("warranties", self.people[who], data, case))

    @rule(outcome=st.sampled_from(["done", "done", "failed", "unknown", "sending"]), turn=st.integers(0, 3))
    def deliver(self, outcome, turn):
        waiting = list(OutboxMessage.objects.filter(state__in=["queued", "sending", "unknown"]).order_by("pk"))
        if not waiting:
            return
        message = waiting[turn % len(waiting)]
        if outcome == "done":
            self._arrive(message)
        OutboxMessage.objects.filter(pk=message.pk).update(state=outcome, attempts=1)

    def _arrive(self, message: OutboxMessage) -> None:
        payload = message.opened()
        if message.channel == erp.WITHDRAWAL:
            self.live.pop(payload["id"], None)
            return
        self.made_orders += 1
        self.live[str(self.made_orders)] = payload["key"]
        deliveries.arrived(payload, Document(id=str(self.made_orders), number=str(self.made_orders)))

    def _case(self, at: int) -> Warranty:
        cases = list(Warranty.objects.order_by("pk"))
        return cases[at % len(cases)]

    def _try(self, step) -> None:
        with suppress(FarolError):
            step()

    @invariant()
    def every_step_was_legal(self):
        steps = HistoryEntry.objects.filter(record__startswith="warranties:").values_list("from_state", "to_state")
        assert {(a, b) for a, b in steps if a != b} <= LEGAL

    @invariant()
    def markers_have_no_hole_and_no_twin(self):
        keys: dict[str, list[int]] = {}
        for key, number in Warranty.objects.values_list("marker_key", "marker_number"):
            keys.setdefault(key, []).append(number)
        assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in keys.values())

    @invariant()
    def no_case_has_two_orders_that_count(self):
        owners = Counter(key.partition("-R")[0] for key in self.live.values())
        assert all(count == 1 for count in owners.values()), self.live

    @invariant()
    def a_generated_case_has_its_order(self):
        for case in Warranty.objects.filter(status__in=["generated", "verified"]):
            assert self.live.get(case.erp_id) == case.erp_key

    @invariant()
    def a_cancelled_case_keeps_no_order_in_the_end(self):
        withdrawing = set(
            OutboxMessage.objects.filter(channel=erp.WITHDRAWAL).exclude(state=State.DONE).values_list("key", flat=True)
        )
        cancelled = set(Warranty.objects.filter(status="cancelled").values_list("erp_key", flat=True))
        assert {key for key in self.live.values() if key in cancelled} <= withdrawing

    @invariant()
    def nobody_verified_own_work(self):
        for entry in HistoryEntry.objects.filter(action__in=["verify", "send_back"]):
            authors = HistoryEntry.objects.filter(record=entry.record, action__in=AUTHORS, pk__lt=entry.pk)
            assert entry.person_id not in set(authors.values_list("person_id", flat=True))


def explore(examples: int, steps: int) -> None:
    limits = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Cases, settings=limits)


@pytest.mark.django_db
def test_whatever_people_do_the_rules_hold():
    explore(8, 25)


@pytest.mark.night
@pytest.mark.django_db
@pytest.mark.timeout(1800)
def test_whatever_people_do_for_long_the_rules_hold():
    explore(200, 50)


@pytest.mark.django_db
@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "planted"])
def test_own_work_verified_would_be_noticed(planted, monkeypatch):
    if planted:
        for name in ("verify", "send_back"):
            step = Warranty.flow.actions[name]
            monkeypatch.setitem(Warranty.flow.actions, name, dataclasses.replace(step, guard=None))
    machine = Cases()
    machine.open_the_house()
    machine.made = 1  # the second of the people may verify, too
    machine.open_case("warranty", "A", back=False)
    machine.act(0, "generate", 1)
    machine.deliver("done", 0)
    machine.act(0, "verify", 1)
    with pytest.raises(AssertionError) if planted else nullcontext():
        machine.nobody_verified_own_work()
    machine.teardown()


@pytest.mark.django_db
@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "planted"])
def test_two_orders_of_a_case_would_be_noticed(planted, monkeypatch):
    if planted:
        monkeypatch.setattr(erp, "withdraw", lambda case: None)
    machine = Cases()
    machine.open_the_house()
    machine.open_case("warranty", "A", back=False)
    machine.act(0, "generate", 0)
    machine.deliver("done", 0)
    machine.act(0, "send_back", 3)
    machine.act(0, "generate", 0)
    machine.deliver("done", 0)
    with pytest.raises(AssertionError) if planted else nullcontext():
        machine.no_case_has_two_orders_that_count()
    machine.teardown()
