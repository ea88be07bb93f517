"""The table of warranties and exchanges, role by role, and what each step does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from farol.areas.aftersales.conftest import fill_in, item, make_case, make_customer, make_person
from farol.areas.aftersales.warranties import deliveries, erp
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors.tiny import Document
from farol.core import clock
from farol.core.errors import BadInput, FarolError, NotAllowed, NotFound, Refused
from farol.engines import ledger
from farol.engines.workflow import TransitionRefused, allowed, run
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.accounts.rights import ROLES
from farol.platform.notifications.models import Notification
from farol.platform.outbox.models import OutboxMessage, State

STATES = ("pending", "awaiting_return", "generated", "verified", "cancelled")
# the reviewed table: action -> the state it may start from -> the state it leads to
TABLE = {
    "request_return": {"pending": "awaiting_return"},
    "register_return": {"pending": "pending", "awaiting_return": "awaiting_return"},
    "generate": {"pending": "pending", "awaiting_return": "awaiting_return"},
    "verify": {"generated": "verified"},
    "send_back": {"generated": "pending"},
    "cancel": {"pending": "cancelled", "awaiting_return": "cancelled", "generated": "cancelled"},
    "add_cost": dict(zip(STATES, STATES, strict=True)),
    "add_scrap": dict(zip(STATES, STATES, strict=True)),
}
WORKERS = {"super_admin", "cs_admin", "cs_analyst"}
VERIFIERS = {"super_admin", "cs_admin", "verifier"}
CANCELLERS = {"super_admin", "cs_admin"}
MAY = dict.fromkeys(TABLE, WORKERS) | {"verify": VERIFIERS, "send_back": VERIFIERS, "cancel": CANCELLERS}
SCRAP = {"sku": "FAR-020", "quantity": 2, "cost": "80,00", "cause": "Burnt"}
DATA = {"add_cost": {"category": "freight", "amount": "12.50"}, "add_scrap": SCRAP}


def order_of(case: Warranty) -> OutboxMessage:
    return OutboxMessage.objects.get(channel=erp.ORDER, key=case.erp_key)


def answer(case: Warranty, number: str = "901") -> Warranty:
    """What the worker does when the ERP has taken the order."""
    message = order_of(case)
    deliveries.arrived(message.opened(), Document(id=f"7{number}", number=number))
    OutboxMessage.objects.filter(pk=message.pk).update(state=State.DONE, payload=b"")
    case.refresh_from_db()
    return case


def bring_to(case: Warranty, state: str, author: Principal) -> Warranty:
    if state in ("awaiting_return", "generated", "verified"):
        run(case, "request_return", author)
    if state in ("generated", "verified"):
        run(case, "generate", author)
        answer(case)
    if state == "verified":
        run(case, "verify", make_person("verifier"))
    if state == "cancelled":
        run(case, "cancel", make_person("cs_admin"), reason="gave up")
    return case


def expected(role: str, state: str, action: str) -> str | None:
    """The state afterwards; None where it is refused."""
    if role not in MAY.get(action, ()):
        return None
    if state == "pending" and action == "generate":
        return None  # the return has to be requested first
    return TABLE[action].get(state)


@pytest.mark.django_db
def test_every_state_by_every_action_by_every_role():
    author, customer, wrong = make_person("cs_analyst"), make_customer(), []
    people = {role: make_person(role) for role in ROLES} | {"nobody": Principal(frozenset(), label="anonymous")}
    for state in STATES:
        for action in (*TABLE, "order_arrived", "no_such_action"):
            case = bring_to(make_case(author, customer), state, author)
            for role, principal in people.items():
                outcome = _tried(case, action, principal)
                if outcome != expected(role, state, action):
                    wrong.append((role, state, action, outcome))
    assert wrong == []


def _tried(case: Warranty, action: str, principal: Principal) -> str | None:
    """The state that the action led to, undone again; None where it was refused."""
    before = (case.status, case.version)
    try:
        with transaction.atomic():
            fresh = run(Warranty.objects.get(pk=case.pk), action, principal, reason="because", data=DATA.get(action))
            found = fresh.status
            transaction.set_rollback(True)
    except (FarolError, KeyError):
        found = None
    case.refresh_from_db()
    assert (case.status, case.version) == before
    return found


@pytest.mark.django_db
def test_the_database_refuses_a_state_that_the_table_does_not_know(analyst, customer):
    case = make_case(analyst, customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Warranty.objects.filter(pk=case.pk).update(status="lost")


@pytest.mark.django_db
def test_a_new_case_has_number_marker_owner_and_deadline(analyst, customer):
    case = make_case(analyst, customer, items=[item("A-1", quantity=2), item("B-2")], cost="35.90")
    assert case.number.startswith(f"GT-{clock.today().year}-")
    assert (case.marker, case.status, case.owner_id) == ("GR1", "pending", analyst.user_id)
    assert case.deadline > clock.today()
    assert case.summary == "2 × A-1, 1 × B-2"
    assert [line.position for line in case.lines.all()] == [1, 2]
    assert ledger.result(case.reference).total == Decimal("35.90")


@pytest.mark.django_db
def test_markers_count_per_kind_and_order_else_per_customer_and_product(analyst, customer):
    other = make_customer("Bia Costa")
    made = [
        make_case(analyst, customer).marker,
        make_case(analyst, other).marker,
        make_case(analyst, customer, kind="exchange").marker,
        make_case(analyst, customer, order="1002").marker,
        make_case(analyst, customer, order="").marker,
        make_case(analyst, customer, order="", items=[item("XYZ")]).marker,
        make_case(analyst, customer, order="").marker,
        make_case(analyst, other, order="").marker,
    ]
    assert made == ["GR1", "GR2", "TR1", "GR1", "GR1", "GR1", "GR2", "GR1"]


@pytest.mark.django_db
def test_a_cancelled_case_keeps_its_marker(analyst, admin, customer):
    case = make_case(analyst, customer)
    run(case, "cancel", admin, reason="twice")
    assert make_case(analyst, customer).marker == "GR2"
    case.refresh_from_db()
    assert case.marker == "GR1"


@pytest.mark.django_db
def test_what_the_marker_was_counted_with_does_not_change(analyst, customer):
    case = make_case(analyst, customer)
    base = {"kind": "warranty", "order": "1001", "customer": customer.number, "items": [item()]}
    for change, field in (
        ({"order": "1002"}, "order"),
        ({"kind": "exchange"}, "kind"),
    ):
        with pytest.raises(BadInput) as refusal:
            fill_in("warranties", analyst, {**base, **change}, case)
        assert refusal.value.field == field
    free = make_case(analyst, customer, order="")
    with pytest.raises(BadInput) as refusal:
        fill_in("warranties", analyst, {**base, "order": "", "items": [item("OTHER")]}, free)
    assert refusal.value.field == "items.0.sku"


@pytest.mark.django_db
def test_items_are_replaced_and_the_history_says_so(analyst, customer):
    case = make_case(analyst, customer)
    data = {**get_module("warranties").initial(case), "items": [item(), item("B-2", unit_value="1,50")]}
    fill_in("warranties", analyst, data, case)
    assert [str(line) for line in case.lines.all()] == ["1 × ABC-1", "1 × B-2"]
    assert case.version == 2
    fill_in("warranties", analyst, data, case)
    assert case.version == 2, "nothing changed, nothing happened"


@pytest.mark.django_db
def test_generating_writes_the_order_with_everything_the_erp_needs(analyst, customer):
    address = {
        "delivery_recipient": "Loja Sul", "delivery_street": "Rua A", "delivery_postcode": "01000-000",
        "delivery_city": "São Paulo", "delivery_state": "SP",
    }  # fmt: skip
    case = make_case(analyst, customer, return_needed=False, items=[item(unit_value="0,01")], **address)
    run(case, "generate", analyst)
    assert case.status == "pending", "the reply moves it"
    order = deliveries.build(order_of(case).opened())
    assert order.key == case.number
    assert order.customer.name == customer.name
    assert order.markers == ("GR1", "GARANTIA")
    assert (order.delivery.recipient, order.delivery.city) == ("Loja Sul", "São Paulo")
    assert [(i.sku, i.quantity, i.unit_value) for i in order.items] == [("ABC-1", 1, Decimal("0.01"))]
    assert order.original_order == "1001"


@pytest.mark.django_db
def test_the_delivery_address_is_not_stored_in_clear(analyst, customer):
    case = make_case(
        analyst, customer, delivery_street="Rua das Acácias", delivery_postcode="01000-000",
        delivery_city="Santos", delivery_state="SP",
    )  # fmt: skip
    assert b"Santos" not in bytes(Warranty.objects.get(pk=case.pk).delivery)
    assert case.delivery_address["street"] == "Rua das Acácias"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["queued", "sending", "unknown", "held"])
def test_a_second_click_is_refused_while_the_order_is_on_its_way(analyst, customer, state):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    OutboxMessage.objects.filter(key=case.erp_key).update(state=state)
    for action in ("generate", "request_return"):
        with pytest.raises(TransitionRefused):
            run(case, action, analyst)
    with pytest.raises(Refused):
        fill_in("warranties", analyst, {**get_module("warranties").initial(case), "notes": "x"}, case)
    assert OutboxMessage.objects.filter(channel=erp.ORDER).count() == 1


@pytest.mark.django_db
def test_a_refused_order_goes_out_corrected_under_the_same_key(analyst, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    OutboxMessage.objects.filter(key=case.erp_key).update(state=State.FAILED, error="city unknown", attempts=1)
    fill_in("warranties", analyst, {**get_module("warranties").initial(case), "items": [item(quantity=3)]}, case)
    run(case, "generate", analyst)
    message = order_of(case)
    assert (case.erp_key, message.state) == (case.number, "queued")
    assert message.attempts == 1, "so that it is searched before it is sent again"
    assert message.opened()["items"][0]["quantity"] == 3


@pytest.mark.django_db
def test_the_number_comes_back_and_verifiers_are_told(analyst, verifier, customer):
    case = make_case(analyst, customer, return_needed=False)
    both = make_person("cs_admin")
    run(case, "generate", analyst)
    answer(case, "4711")
    assert (case.status, case.erp_number, case.erp_id) == ("generated", "4711", "74711")
    told = set(Notification.objects.filter(code="warranties.to_verify").values_list("person_id", flat=True))
    assert {verifier.user_id, both.user_id} <= told
    assert analyst.user_id not in told


@pytest.mark.django_db
def test_an_answer_that_comes_twice_changes_nothing(analyst, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    payload = order_of(case).opened()
    deliveries.arrived(payload, Document(id="1", number="10"))
    deliveries.arrived(payload, Document(id="1", number="10"))
    case.refresh_from_db()
    assert (case.status, case.version) == ("generated", 3)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["super_admin", "cs_admin"])
@pytest.mark.parametrize("part", ["create", "edit", "generate"])
def test_who_wrote_the_case_does_not_verify_it(analyst, customer, role, part):
    insider = make_person(role)
    case = make_case(insider if part == "create" else analyst, customer, return_needed=False)
    if part == "edit":
        fill_in("warranties", insider, {**get_module("warranties").initial(case), "notes": "x"}, case)
    run(case, "generate", insider if part == "generate" else analyst)
    answer(case)
    for action in ("verify", "send_back"):
        with pytest.raises(TransitionRefused):
            run(case, action, insider, reason="because")
    assert all(offer.refusal for offer in allowed(case, insider) if offer.transition.name in ("verify", "send_back"))
    run(case, "verify", make_person("verifier"))
    assert case.status == "verified"


@pytest.mark.django_db
def test_sent_back_the_old_order_is_cancelled_before_another_is_made(analyst, verifier, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    answer(case)
    run(case, "send_back", verifier, reason="wrong item")
    assert case.status == "pending"
    withdrawal = OutboxMessage.objects.get(channel=erp.WITHDRAWAL)
    assert withdrawal.opened()["id"] == "7901"
    assert Notification.objects.get(code="warranties.sent_back").person_id == analyst.user_id
    with pytest.raises(TransitionRefused):
        run(case, "generate", analyst)
    OutboxMessage.objects.filter(pk=withdrawal.pk).update(state=State.DONE)
    run(case, "generate", analyst)
    assert case.erp_key == f"{case.number}-R2"


@pytest.mark.django_db
def test_cancelled_before_it_left_the_order_does_not_leave(analyst, admin, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    run(case, "cancel", admin, reason="customer gave up")
    assert order_of(case).state == State.DISCARDED
    assert not OutboxMessage.objects.filter(channel=erp.WITHDRAWAL).exists()


@pytest.mark.django_db
def test_cancelled_while_it_is_on_its_way_it_is_withdrawn_on_arrival(analyst, admin, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    OutboxMessage.objects.filter(key=case.erp_key).update(state=State.SENDING, attempts=1)
    run(case, "cancel", admin, reason="customer gave up")
    answer(case)
    assert (case.status, case.erp_id) == ("cancelled", "7901")
    assert OutboxMessage.objects.get(channel=erp.WITHDRAWAL).opened()["id"] == "7901"


@pytest.mark.django_db
def test_cancelled_once_generated_the_order_is_cancelled_too(analyst, admin, customer):
    case = bring_to(make_case(analyst, customer), "generated", analyst)
    run(case, "cancel", admin, reason="customer gave up")
    assert OutboxMessage.objects.get(channel=erp.WITHDRAWAL).key == case.number


@pytest.mark.django_db
def test_deadlines_follow_the_state(analyst, customer):
    now = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)  # a Wednesday; Friday is a holiday
    with clock.frozen(now):
        case = make_case(analyst, customer)
        assert case.deadline == dt.date(2026, 11, 23)
        run(case, "request_return", analyst, data={"posting_deadline": "2026-12-01", "tracking_code": "BR1"})
        assert (case.deadline, case.posting_deadline, case.tracking_code) == (
            dt.date(2026, 12, 1), dt.date(2026, 12, 1), "BR1",
        )  # fmt: skip
        run(case, "register_return", analyst)
        assert (case.received_on, case.deadline) == (dt.date(2026, 11, 18), dt.date(2026, 11, 23))
        run(case, "generate", analyst)
        answer(case)
        assert case.deadline == dt.date(2026, 11, 19)
        run(case, "verify", make_person("verifier"))
        assert case.deadline is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("request_return", {"posting_deadline": "2020-01-01"}, "posting_deadline"),
        ("request_return", {"posting_deadline": "soon"}, "posting_deadline"),
        ("request_return", {"carrier": "x" * 61}, "carrier"),
        ("register_return", {"received_on": "2999-01-01"}, "received_on"),
        ("add_cost", {"category": "tea", "amount": "1.00"}, "category"),
        ("add_cost", {"category": "part", "amount": "0"}, "amount"),
        ("add_cost", {"category": "part", "amount": "1.0001"}, "amount"),
        ("add_cost", {"category": "part"}, "amount"),
        ("add_scrap", {**SCRAP, "sku": ""}, "sku"),
        ("add_scrap", {**SCRAP, "quantity": "0"}, "quantity"),
        ("add_scrap", {**SCRAP, "cost": "-1"}, "cost"),
        ("add_scrap", {**SCRAP, "cost": None}, "cost"),
        ("add_scrap", {**SCRAP, "cause": " "}, "cause"),
        ("add_scrap", {**SCRAP, "responsible": 10**6}, "responsible"),
        ("add_scrap", {"takes_back": "LC-000001", "cause": "typo"}, "takes_back"),
    ],
)
def test_wrong_data_name_their_field(analyst, customer, action, data, field):
    case = make_case(analyst, customer)
    with pytest.raises(BadInput) as refusal:
        run(case, action, analyst, data=data)
    assert refusal.value.field == field
    case.refresh_from_db()
    assert case.version == 1


@pytest.mark.django_db
def test_costs_add_up_in_the_books(analyst, customer):
    case = make_case(analyst, customer, cost="20.00")
    run(case, "add_cost", analyst, data={"category": "part", "amount": Decimal("80.00")})
    run(case, "add_cost", analyst, data={"category": "freight", "amount": "-5,00"})
    found = {name: amount for name, _label, amount in ledger.result(case.reference).lines}
    assert found == {"freight": Decimal("15.00"), "part": Decimal("80.00")}
    row = get_module("warranties").rows(SYSTEM).get(pk=case.pk)
    assert get_module("warranties").item(row, SYSTEM)["cost"] == "95.00"


@pytest.mark.django_db
def test_scrap_of_a_case_counts_until_it_is_taken_back(analyst, customer):
    case, other = make_case(analyst, customer), make_case(analyst, customer)
    run(case, "add_scrap", analyst, data={**SCRAP, "quantity": 20, "cost": "800,00"})
    run(case, "add_scrap", analyst, data=SCRAP)
    [(wrong, counted, _cost), _right] = ledger.scrapped(case.reference)
    assert (counted, wrong.responsible_id) == (case.reference, analyst.user_id)
    back = {"takes_back": wrong.number, "cause": "counted wrong"}
    with pytest.raises(BadInput):
        run(other, "add_scrap", analyst, data=back)
    run(case, "add_scrap", analyst, data=back)
    with pytest.raises(BadInput):
        run(case, "add_scrap", analyst, data=back)
    assert [(row.quantity, cost) for row, _case, cost in ledger.scrapped(case.reference)] == [(2, Decimal("80.00"))]
    assert ledger.result(case.reference).total == Decimal("80.00")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"items": []}, ""),
        ({"items": [item(quantity=0)]}, "items.0.quantity"),
        ({"items": [item(unit_value="-1,00")]}, "items.0.unit_value"),
        ({"items": [item(sku="")]}, "items.0.sku"),
        ({"delivery_city": "Santos"}, "delivery_street"),
        ({"cost": "-1,00"}, "cost"),
        ({"customer": "CL-2026-999999"}, "customer"),
    ],
)
def test_a_wrong_form_names_the_field(analyst, customer, data, field):
    rest = {"kind": "warranty", "customer": customer.number, "items": [item()]}
    problems = fill_in("warranties", analyst, {**rest, **data})
    assert field in [name for name, _sentence in problems]
    assert not Warranty.objects.exists()


@pytest.mark.django_db
def test_only_the_fields_of_the_form_count(analyst, customer):
    case = make_case(analyst, customer, status="verified", marker="GR9", number="X", erp_number="1", version=7)
    assert (case.status, case.marker, case.erp_number, case.version) == ("pending", "GR1", "", 1)


@pytest.mark.django_db
def test_without_the_right_nothing_is_opened(verifier, customer):
    with pytest.raises(NotAllowed):
        make_case(verifier, customer)


@pytest.mark.django_db
def test_a_seller_sees_own_cases_only(analyst, customer):
    case, seller = make_case(analyst, customer), make_person("seller")
    module = get_module("warranties")
    with pytest.raises(NotFound):
        module.get(case.number, seller)
    Warranty.objects.filter(pk=case.pk).update(owner=seller.user_id)
    assert module.get(case.number, seller) == case


@pytest.mark.django_db
def test_search_finds_by_what_people_have_at_hand(analyst, customer):
    case = make_case(analyst, customer, order="PED-77", tracking_code="BR999")
    make_case(analyst, make_customer("Bia Costa"), order="OTHER")
    module = get_module("warranties")
    for text in (case.number, case.number[:9].lower() + case.number[9:], "ped-77", "BR999", "Ana Lima"):
        found = list(module.search(module.rows(SYSTEM), text))
        assert case in found, text
    assert list(module.search(module.rows(SYSTEM), "BR998")) == []
