"""The table of triage, role by role, and what each item may become."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from farol.areas.aftersales.conftest import fill_in, make_customer, make_person, make_triage
from farol.areas.aftersales.triage.models import ChannelTerm, ReturnReason, Triage
from farol.core import clock
from farol.core.errors import BadInput, FarolError, NotAllowed
from farol.engines.workflow import TransitionRefused, run
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.accounts.rights import ROLES

STATES = ("waiting", "in_analysis", "done")
# the reviewed table: action -> the state it may start from -> the state it leads to
TABLE = {
    "start": {"waiting": "in_analysis"},
    "dispose": {"in_analysis": "in_analysis"},
    "conclude": {"in_analysis": "done"},
}
WORKERS = {"super_admin", "cs_admin", "cs_analyst"}
TO_STOCK = {"disposition": "stock"}
TO_SCRAP = {"disposition": "scrap", "cost": "10.00", "cause": "broken"}


def bring_to(triage: Triage, state: str) -> Triage:
    if state != "waiting":
        run(triage, "start", SYSTEM)
    if state == "done":
        run(triage, "dispose", SYSTEM, data=TO_STOCK)
        run(triage, "conclude", SYSTEM)
    return triage


@pytest.mark.django_db
def test_every_state_of_triage_by_every_action_by_every_role():
    author, wrong = make_person("cs_analyst"), []
    people = {role: make_person(role) for role in ROLES} | {"nobody": Principal(frozenset(), label="anonymous")}
    for state in STATES:
        triage = bring_to(make_triage(author, items=[{"sku": "A"}, {"sku": "B"}]), state)
        for action in (*TABLE, "no_such_action"):
            for role, principal in people.items():
                expected = TABLE.get(action, {}).get(state) if role in WORKERS and action != "conclude" else None
                if (found := _tried(triage, action, principal)) != expected:
                    wrong.append((role, state, action, found))
    assert wrong == []


def _tried(triage: Triage, action: str, principal: Principal) -> str | None:
    try:
        with transaction.atomic():
            found = run(Triage.objects.get(pk=triage.pk), action, principal, data={"item": 1, **TO_STOCK}).status
            transaction.set_rollback(True)
            return found
    except FarolError:
        return None


@pytest.mark.django_db
def test_concluding_needs_a_destination_for_every_item(analyst):
    triage = bring_to(make_triage(analyst, items=[{"sku": "A"}, {"sku": "B"}]), "in_analysis")
    run(triage, "dispose", analyst, data={"item": 1, **TO_STOCK})
    with pytest.raises(TransitionRefused, match="B"):
        run(triage, "conclude", analyst)
    run(triage, "dispose", analyst, data={"item": 2, "disposition": "technician"})
    with pytest.raises(TransitionRefused, match="B"):
        run(triage, "conclude", analyst)
    run(triage, "dispose", analyst, data={"item": 2, "disposition": "in_transit"})
    run(triage, "conclude", analyst)
    assert (triage.status, triage.deadline) == ("done", None)


@pytest.mark.django_db
def test_one_decision_for_all_shares_the_cost_to_the_centavo(analyst):
    items = [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}]
    triage = bring_to(make_triage(analyst, items=items), "in_analysis")
    run(triage, "dispose", analyst, data=TO_SCRAP)
    costs = [line.cost for line in triage.lines.all()]
    assert costs == [Decimal("3.33"), Decimal("6.67")]
    assert {line.responsible_id for line in triage.lines.all()} == {analyst.user_id}


@pytest.mark.django_db
def test_pieces_of_one_item_go_to_different_places(analyst):
    triage = bring_to(make_triage(analyst, items=[{"sku": "A", "quantity": 5}, {"sku": "B"}]), "in_analysis")
    run(triage, "dispose", analyst, data={"item": 1, "quantity": 2, **TO_SCRAP})
    run(triage, "dispose", analyst, data={"item": 1, "quantity": "3", **TO_STOCK})
    lines = [(line.sku, line.quantity, line.disposition, line.cost) for line in triage.lines.all()]
    zero = Decimal("0.00")
    assert lines == [("A", 3, "stock", zero), ("B", 1, "", zero), ("A", 2, "scrap", Decimal("10.00"))]
    assert triage.summary == "3 × A, 1 × B, 2 × A"
    before = triage.version
    fill_in("triage", analyst, get_module("triage").initial(triage), triage)
    assert triage.version == before  # nothing was changed in the form


@pytest.mark.django_db
def test_what_went_to_the_books_is_not_decided_again(analyst):
    triage = bring_to(make_triage(analyst, items=[{"sku": "A"}, {"sku": "B"}]), "in_analysis")
    run(triage, "dispose", analyst, data={"item": 1, **TO_SCRAP})
    with pytest.raises(BadInput):
        run(triage, "dispose", analyst, data={"item": 1, **TO_STOCK})
    data = get_module("triage").initial(triage)
    data["items"][0]["quantity"] = 5
    with pytest.raises(BadInput) as refusal:
        fill_in("triage", analyst, data, triage)
    assert refusal.value.field == "items.0.quantity"
    data["items"] = data["items"][1:]
    with pytest.raises(BadInput):
        fill_in("triage", analyst, data, triage)
    data = get_module("triage").initial(triage)
    data["items"].append({"sku": "C", "quantity": 1})
    fill_in("triage", analyst, data, triage)
    assert [line.disposition for line in triage.lines.all()] == ["scrap", "", ""]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "disposition"),
        ({"disposition": "bin"}, "disposition"),
        ({"disposition": "scrap", "cost": "1.00"}, "cause"),
        ({"disposition": "scrap", "cause": "broken"}, "cost"),
        ({"disposition": "scrap", "cause": "broken", "cost": "-1.00"}, "cost"),
        ({"disposition": "scrap", "cause": "x" * 121, "cost": "1.00"}, "cause"),
        ({"disposition": "stock", "item": 9}, "item"),
        ({"disposition": "stock", "item": "one"}, "item"),
        ({"disposition": "stock", "quantity": 1}, "item"),
        ({"disposition": "stock", "item": 1, "quantity": 99}, "quantity"),
        ({"disposition": "stock", "item": 1, "quantity": "0"}, "quantity"),
        ({"disposition": "stock", "responsible": "999999"}, "responsible"),
    ],
)
def test_wrong_decisions_name_their_field(analyst, data, field):
    triage = bring_to(make_triage(analyst), "in_analysis")
    with pytest.raises(BadInput) as refusal:
        run(triage, "dispose", analyst, data=data)
    assert refusal.value.field == field


@pytest.mark.django_db
def test_the_channel_may_have_a_term_of_its_own(analyst):
    ChannelTerm.objects.create(channel="Amazon", days=1)
    with clock.frozen(dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)):  # a Wednesday; Friday is a holiday
        assert make_triage(analyst).deadline == dt.date(2026, 11, 24)
        quick = make_triage(analyst, channel="amazon", received_on="2026-11-17")
        assert quick.deadline == dt.date(2026, 11, 18)


@pytest.mark.django_db
def test_reasons_out_of_use_are_not_offered(analyst):
    ReturnReason.objects.create(name="Regret")
    ReturnReason.objects.create(name="Old", active=False)
    assert make_triage(analyst, reason="Regret").reason.name == "Regret"
    assert [name for name, _sentence in make_triage(analyst, reason="Old")] == ["reason"]


@pytest.mark.django_db
def test_goods_from_the_future_are_not_received(analyst):
    assert [name for name, _sentence in make_triage(analyst, received_on="2999-01-01")] == ["received_on"]


@pytest.mark.django_db
def test_without_the_right_nothing_is_received(verifier):
    with pytest.raises(NotAllowed):
        make_triage(verifier)


@pytest.mark.django_db
def test_triage_is_found_by_what_people_have_at_hand(analyst):
    customer = make_customer("Caio Reis")
    triage = make_triage(analyst, order="PED-1", tracking_code="BR7", marker="gr 1", customer=customer.number)
    make_triage(analyst, order="PED-2")
    module = get_module("triage")
    for text in (triage.number, "ped-1", "BR7", "GR1", "Caio Reis"):
        assert triage in module.search(module.rows(SYSTEM), text), text
    assert not module.search(module.rows(SYSTEM), "BR8").exists()


@pytest.mark.django_db
def test_the_page_of_rules_saves_each_list_by_itself(admin, client):
    client.force_login(admin.user)
    form = {"list": "reasons", "reasons-TOTAL_FORMS": "1", "reasons-INITIAL_FORMS": "0"}
    answer = client.post("/regras-da-triagem", {**form, "reasons-0-name": "Regret", "reasons-0-active": "on"})
    assert answer.status_code == 302
    assert ReturnReason.objects.get().name == "Regret"
    rule = {"list": "disputes", "disputes-TOTAL_FORMS": "1", "disputes-INITIAL_FORMS": "0", "disputes-0-days": "3"}
    wrong = client.post("/regras-da-triagem", rule)
    assert wrong.status_code == 422
    assert client.get("/regras-da-triagem").status_code == 200
