"""Effects between the modules: links, scrap, disputes, and what waits for a module to come."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

from farol.areas.aftersales.conftest import fill_in, item, make_case, make_customer, make_person, make_triage
from farol.areas.aftersales.triage.models import DisputeRule, ReturnReason, Triage
from farol.core import clock
from farol.core.errors import BadInput, NotAllowed, Refused
from farol.engines import ledger
from farol.engines.ledger.models import Posting
from farol.engines.ledger.proof import prove
from farol.engines.workflow import links, run
from farol.engines.workflow.models import PendingHandoff
from farol.engines.workflow.module import get_module
from farol.handoffs import commands, matching, receivers, sections, services, spawns
from farol.handoffs.receivers import Receiver, carry_out


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["tracking_code", "order", "order_and_marker", "marker", "customer", "erp_order"])
def test_goods_find_their_case_by_any_sign(analyst, customer, sign):
    case = make_case(analyst, customer, order="PED-9", tracking_code="BR55")
    make_case(analyst, make_customer("Bia Costa"), order="PED-8", kind="exchange", tracking_code="BR56")
    signs = {
        "tracking_code": {"tracking_code": "br55"},
        "order": {"order": "ped-9"},
        "order_and_marker": {"order": "PED-9", "marker": "gr1"},
        "marker": {"marker": "GR1"},
        "customer": {"customer": customer.number},
        "erp_order": {"order": "8801"},
    }
    type(case).objects.filter(pk=case.pk).update(erp_number="8801")
    triage = make_triage(analyst, **signs[sign])
    assert matching.warranty_of(triage) == case
    assert [linked.record for linked in links.of(case)] == [triage.reference]


@pytest.mark.django_db
def test_of_several_a_person_chooses(analyst, customer):
    first, second = make_case(analyst, customer), make_case(analyst, customer)
    triage = make_triage(analyst, order="1001")
    assert matching.warranty_of(triage) is None
    offered = sections.choice(triage, analyst)
    assert [case for case, _url, _state in offered["cases"]] == [second, first]
    services.link_warranty(triage, first.number, analyst)
    assert matching.warranty_of(triage) == first
    assert sections.choice(triage, analyst) is None
    with pytest.raises(Refused):
        services.link_warranty(triage, second.number, analyst)


@pytest.mark.django_db
def test_a_sign_that_contradicts_is_no_match(analyst, customer):
    make_case(analyst, customer, order="PED-9")
    other = make_customer("Bia Costa")
    for signs in ({"marker": "GR1", "customer": other.number}, {"customer": customer.number, "order": "PED-8"}):
        triage = make_triage(analyst, **signs)
        assert matching.warranty_of(triage) is None
        assert matching.candidates(triage) == []


@pytest.mark.django_db
def test_cancelled_and_finished_returns_do_not_catch_goods(analyst, admin, customer):
    cancelled = make_case(analyst, customer)
    run(cancelled, "cancel", admin, reason="twice")
    received = make_case(analyst, customer)
    run(received, "register_return", analyst)
    triage = make_triage(analyst, order="1001")
    assert matching.warranty_of(triage) is None
    assert matching.candidates(triage) == [received]
    with pytest.raises(Refused):
        services.link_warranty(triage, cancelled.number, analyst)


@pytest.mark.django_db
def test_the_case_learns_that_its_goods_are_here(analyst, customer):
    case = make_case(analyst, customer)
    run(case, "request_return", analyst)
    make_triage(analyst, order="1001", received_on=(clock.today() - dt.timedelta(days=1)).isoformat())
    case.refresh_from_db()
    assert case.received_on == clock.today() - dt.timedelta(days=1)


@pytest.mark.django_db
def test_a_sign_written_later_still_connects(analyst, customer):
    case = make_case(analyst, customer)
    triage = make_triage(analyst)
    assert matching.warranty_of(triage) is None
    fill_in("triage", analyst, {**get_module("triage").initial(triage), "order": "1001"}, triage)
    assert matching.warranty_of(triage) == case


@pytest.mark.django_db
def test_linking_by_hand_asks_for_right_and_sight(analyst, verifier, customer):
    case, triage = make_case(analyst, customer, order="A"), make_triage(analyst)
    with pytest.raises(NotAllowed):
        services.link_warranty(triage, case.number, verifier)
    with pytest.raises(BadInput):
        services.link_warranty(triage, "GT-2026-999999", analyst)


@pytest.mark.django_db
def test_linking_by_hand_over_http(analyst, customer, client):
    case, triage = make_case(analyst, customer, order="A"), make_triage(analyst)
    client.force_login(analyst.user)
    answer = client.post(f"/vinculos/triagem/{triage.number}/garantia", {"warranty": case.number.lower()})
    assert answer.status_code == 302
    assert matching.warranty_of(triage) == case


@pytest.mark.django_db
def test_scrap_enters_the_books_of_the_case(analyst, customer):
    case = make_case(analyst, customer)
    triage = make_triage(analyst, order="1001", items=[{"sku": "A"}, {"sku": "B", "quantity": 2}])
    run(triage, "start", analyst)
    run(triage, "dispose", analyst, data={"item": 2, "disposition": "scrap", "cost": "44.10", "cause": "broken"})
    assert ledger.result(case.reference).lines[0][0::2] == ("scrap", Decimal("44.10"))
    posting = Posting.objects.get(kind="scrap")
    assert (posting.source, posting.sku, posting.quantity, posting.cause) == (triage.reference, "B", 2, "broken")
    assert posting.responsible_id == analyst.user_id


@pytest.mark.django_db
def test_scrap_without_a_case_stays_with_the_triage_until_one_is_found(analyst, customer):
    triage = make_triage(analyst)
    run(triage, "start", analyst)
    run(triage, "dispose", analyst, data={"disposition": "scrap", "cost": "10.00", "cause": "broken"})
    assert ledger.result(triage.reference).total == Decimal("10.00")
    case = make_case(analyst, customer, order="7")
    services.link_warranty(triage, case.number, analyst)
    assert ledger.result(triage.reference).total == 0
    assert ledger.result(case.reference).total == Decimal("10.00")


def decided(analyst, disposition: str, **more) -> Triage:
    """A triage whose first item has its destination."""
    triage = make_triage(analyst, items=[{"sku": "A", "quantity": 2}, {"sku": "B"}], **more)
    run(triage, "start", analyst)
    data = {"item": 1, "disposition": disposition, "cost": "10.00", "cause": "broken"}
    return run(triage, "dispose", analyst, data=data)


def take_back(triage, analyst, item: int = 1):
    return run(triage, "take_back", analyst, reason="wrong item", data={"item": item})


@pytest.mark.django_db
def test_scrap_that_was_a_mistake_leaves_the_books_by_a_counter_entry(analyst):
    triage = take_back(decided(analyst, "scrap"), analyst)
    assert ledger.result(triage.reference).total == 0
    first, second = Posting.objects.filter(kind="scrap").order_by("pk")
    assert (second.reverses, second.quantity, second.memo) == (first, -2, "wrong item")
    assert [(line.disposition, line.cost, line.cause) for line in triage.lines.all()] == [("", 0, ""), ("", 0, "")]
    run(triage, "dispose", analyst, data={"item": 1, "disposition": "scrap", "cost": "4.00", "cause": "burnt"})
    assert ledger.result(triage.reference).total == Decimal("4.00")
    with pytest.raises(BadInput):
        take_back(triage, analyst, item=2)
    with pytest.raises(BadInput):
        run(triage, "take_back", analyst, data={"item": 1})
    take_back(triage, analyst)
    assert ledger.result(triage.reference).total == 0
    with pytest.raises(Refused):
        take_back(triage, analyst)
    assert prove().ok


@pytest.mark.django_db
def test_of_two_alike_items_one_is_taken_back(analyst):
    triage = make_triage(analyst, items=[{"sku": "A"}, {"sku": "A"}])
    run(triage, "start", analyst)
    run(triage, "dispose", analyst, data={"disposition": "scrap", "cost": "10.00", "cause": "broken"})
    take_back(triage, analyst, item=2)
    assert ledger.result(triage.reference).total == Decimal("5.00")


@pytest.mark.django_db
def test_scrap_is_taken_back_from_the_case_that_bears_it_now(analyst, customer):
    triage = decided(analyst, "scrap")
    case = make_case(analyst, customer, order="7")
    services.link_warranty(triage, case.number, analyst)
    take_back(triage, analyst)
    assert [ledger.result(one.reference).total for one in (case, triage)] == [0, 0]
    linked = decided(analyst, "scrap", marker=case.marker, order="7")
    assert ledger.result(case.reference).total == Decimal("10.00")
    take_back(linked, analyst)
    assert ledger.result(case.reference).total == 0
    assert prove().ok


@pytest.mark.django_db
def test_what_was_concluded_is_due_again_when_a_destination_is_taken_back(analyst):
    triage = decided(analyst, "in_transit")
    run(triage, "dispose", analyst, data={"item": 2, "disposition": "stock"})
    run(triage, "conclude", analyst)
    assert (triage.status, triage.deadline) == ("done", None)
    take_back(triage, analyst, item=2)
    assert (triage.status, triage.deadline is not None) == ("in_analysis", True)
    assert links.pending(triage.reference) == [], "nothing enters the stock any more"
    run(triage, "dispose", analyst, data={"item": 2, "disposition": "stock"})
    assert len(links.pending(triage.reference)) == 1


@pytest.mark.django_db
def test_what_is_in_the_stock_already_keeps_its_destination(analyst):
    triage = decided(analyst, "stock")
    assert carry_out({"stock_receipt": Receiver("stock_receipt", lambda _pending: "stock:1")}).done == 1
    with pytest.raises(Refused):
        take_back(triage, analyst)
    triage.refresh_from_db()
    assert triage.status == "in_analysis"
    assert triage.lines.get(position=1).disposition == "stock"


@pytest.mark.django_db
def test_stock_waits_for_its_module_and_is_shown(analyst):
    triage = make_triage(analyst, items=[{"sku": "A", "item_version": "v2", "quantity": 3}])
    run(triage, "start", analyst)
    run(triage, "dispose", analyst, data={"disposition": "stock"})
    [pending] = links.pending(triage.reference)
    assert (pending.kind, pending.data) == ("stock_receipt", {"sku": "A", "version": "v2", "quantity": 3, "line": [1]})


@pytest.mark.django_db
def test_a_disputable_return_waits_once_with_its_deadline(analyst):
    reason = ReturnReason.objects.create(name="Regret")
    ReturnReason.objects.create(name="Broken")
    DisputeRule.objects.create(channel="Amazon", reason=reason, days=2)
    with clock.frozen(dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)):  # a Wednesday; Friday is a holiday
        triage = make_triage(analyst, channel="amazon", reason="Regret", order="7")
        data = {**get_module("triage").initial(triage), "notes": "seen"}
        fill_in("triage", analyst, data, triage)
    [pending] = links.pending(triage.reference)
    assert (pending.kind, pending.data["deadline"]) == ("dispute", "2026-11-23")
    assert links.pending(make_triage(analyst, channel="amazon", reason="Broken").reference) == []
    fill_in("triage", analyst, {**data, "reason": "Broken"}, triage)
    assert links.pending(triage.reference) == [], "it follows what is written as long as it waits"


@pytest.mark.django_db
def test_a_rule_for_its_reason_beats_the_one_for_any(analyst):
    reason = ReturnReason.objects.create(name="Regret")
    DisputeRule.objects.create(channel="Amazon", days=9)
    DisputeRule.objects.create(channel="Amazon", reason=reason, days=1)
    with clock.frozen(dt.datetime(2026, 11, 16, 15, tzinfo=dt.UTC)):
        triage = make_triage(analyst, channel="Amazon", reason="Regret")
    assert links.pending(triage.reference)[0].data["deadline"] == "2026-11-17"


@pytest.mark.django_db
def test_what_waited_is_carried_out_once_its_module_is_there(analyst):
    triage = make_triage(analyst)
    links.pend(triage.reference, "dispute", {"order": "7"})
    links.pend(triage.reference, "stock_receipt", {"sku": "A"})
    assert carry_out({}).done == 0
    made = []

    def take(pending: PendingHandoff) -> str:
        made.append(pending.data)
        return "disputes:4"

    known = {"dispute": Receiver("dispute", take)}
    assert carry_out(known).done == 1
    assert carry_out(known).done == 0
    assert made == [{"order": "7"}]
    assert [row.kind for row in links.pending(triage.reference)] == ["stock_receipt"]
    assert [linked.record for linked in links.of(triage)] == ["disputes:4"]


@pytest.mark.django_db
def test_what_is_refused_keeps_waiting_with_its_sentence(analyst, monkeypatch):
    triage = make_triage(analyst)
    links.pend(triage.reference, "dispute", {"order": "7"})

    def refuse(_pending: PendingHandoff) -> str:
        raise Refused("the month is closed")

    known = {"dispute": Receiver("dispute", refuse)}
    found = carry_out(known)
    assert (found.done, [text for _row, text in found.refused]) == (0, ["the month is closed"])
    assert len(links.pending(triage.reference)) == 1
    monkeypatch.setattr(receivers, "receivers", lambda: known)
    answer = CliRunner().invoke(commands.handoffs, ["carry-out"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"done": 0, "refused": 1}
    listed = CliRunner().invoke(commands.handoffs, ["list"])
    assert json.loads(listed.stdout) == {"dispute": 1}


@pytest.mark.django_db
def test_records_opened_out_of_a_case_know_it(analyst, customer):
    case = make_case(analyst, customer, order="", items=[item("A-1", quantity=2)], tracking_code="BR1")
    assert spawns.payable_of(case) == {"case": case.number}
    assert spawns.voucher_of(case)["origin"] == case.number
    triage = fill_in("triage", analyst, spawns.triage_of(case))
    assert (triage.summary, triage.customer, triage.marker) == ("2 × A-1", customer, "GR1")
    assert matching.warranty_of(triage) == case
    back = fill_in("warranties", analyst, {"kind": "exchange", **spawns.warranty_of(triage)})
    assert back.summary == "2 × A-1"


@pytest.mark.django_db
def test_every_spawn_names_a_form_that_takes_it(analyst, customer):
    case = make_case(analyst, customer)
    triage = make_triage(analyst, customer=customer.number)
    for spawn in spawns.SPAWNS:
        source = case if spawn.source == "warranties" else triage
        form = get_module(spawn.target).form
        lines = {form.lines.name} if form.lines else set()
        assert set(spawn.initial(source)) <= set(form.base_fields) | lines, spawn


@pytest.mark.django_db
def test_each_side_shows_the_other(analyst, customer, client):
    case, seller = make_case(analyst, customer), make_person("cs_analyst")
    triage = make_triage(analyst, order="1001")
    client.force_login(seller.user)
    assert triage.number in client.get(f"/garantias/{case.number}").content.decode()
    assert case.number in client.get(f"/triagem/{triage.number}").content.decode()
