"""From the bill to its payment: states, four eyes, the ERP's answer, the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from farol.areas.aftersales.payables import erp, sending, services
from farol.areas.aftersales.payables.forms import PayableForm
from farol.areas.aftersales.payables.models import Payable
from farol.core import boleto, clock
from farol.core.errors import BadInput, NotAllowed, Refused
from farol.engines import ledger, workflow
from farol.engines.ledger.proof import prove
from farol.engines.workflow import TransitionRefused
from farol.engines.workflow.models import HistoryEntry
from farol.engines.workflow.module import get_module
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, principal_of
from farol.platform.notifications.models import Notification
from farol.platform.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 1, 15, tzinfo=dt.UTC)
BILL = {
    "beneficiary": "Transportes Aurora Ltda",
    "document": "11.222.333/0001-81",
    "category": "Fretes",
    "method": "pix",
    "pix_key": "financeiro@exemplo.com.br",
    "amount": "350,00",
    "due_on": "2026-07-10",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON), override("en"):
        yield


@pytest.fixture
def person():
    def make(role: str, name: str = ""):
        user = User.objects.create_user(f"{name or role}@exemplo.com", "long enough to be one", name=name or role)
        user.roles.add(Role.objects.get(slug=role))
        return principal_of(user)

    return make


@pytest.fixture
def analyst(person):
    return person("cs_analyst")


@pytest.fixture
def verifier(person):
    return person("verifier")


@pytest.fixture
def finance(person):
    return person("finance")


def values(principal, record=None, **changes):
    form = PayableForm({**BILL, **changes}, principal=principal, record=record)
    assert form.is_valid(), form.problems()
    return form.values


def make(principal, **changes) -> Payable:
    return services.create(principal, values(principal, **changes))


def answer(payable: Payable, number: str = "77001") -> Payable:
    """What the worker does once the ERP has answered."""
    message = OutboxMessage.objects.get(channel="tiny.payable", key=payable.erp_key)
    payload = message.opened()
    OutboxMessage.objects.filter(pk=message.pk).update(state="done")
    services.arrived(payload, number)
    payable.refresh_from_db()
    return payable


def generated(principal, **changes) -> Payable:
    payable = make(principal, **changes)
    workflow.run(payable, "generate", principal)
    return answer(payable)


def test_a_bill_from_opening_to_payment(analyst, verifier, finance):
    payable = make(analyst)
    assert (payable.number, payable.status, payable.deadline) == ("CP-2026-000001", "pending", dt.date(2026, 7, 10))
    workflow.run(payable, "generate", analyst)
    assert (payable.status, payable.erp_key) == ("pending", payable.number)
    assert answer(payable).status == "generated"
    assert [n.person_id for n in Notification.objects.filter(code="payables.to_verify")] == [verifier.user_id]
    workflow.run(payable, "verify", verifier)
    assert finance.user_id in [n.person_id for n in Notification.objects.filter(code="payables.to_pay")]
    workflow.run(payable, "pay", finance, data={"paid_on": "2026-06-30"})
    assert (payable.status, payable.paid_on, payable.paid_amount) == ("paid", dt.date(2026, 6, 30), Decimal("350.00"))
    assert ledger.result(payable.reference).total == Decimal("350.00")
    assert [n.person_id for n in Notification.objects.filter(code="payables.paid")] == [analyst.user_id]
    steps = HistoryEntry.objects.filter(record=payable.reference).values_list("action", flat=True)
    assert list(steps) == ["create", "generate", "arrived", "verify", "pay"]


@pytest.mark.parametrize("scrap", [False, True])
def test_a_payment_that_came_back_leaves_the_books_and_may_be_made_again(analyst, verifier, finance, scrap):
    goods = {"scrap": True, "scrap_sku": "FAR-1", "scrap_quantity": 2, "scrap_cause": "broken"} if scrap else {}
    payable = generated(analyst, **goods)
    workflow.run(payable, "verify", verifier)
    workflow.run(payable, "pay", finance, data={"paid_amount": "351.20"})
    with pytest.raises(BadInput):
        workflow.run(payable, "undo_payment", finance)
    workflow.run(payable, "undo_payment", finance, reason="returned by the bank")
    assert (payable.status, payable.paid_on, payable.paid_amount) == ("verified", None, None)
    assert ledger.result(payable.reference).total == 0
    assert ledger.scrapped(payable.reference) == []
    assert analyst.user_id in [n.person_id for n in Notification.objects.filter(code="payables.unpaid")]
    workflow.run(payable, "pay", finance)
    assert ledger.result(payable.reference).total == Decimal("350.00")
    assert prove().ok


def test_what_the_erp_gets_to_know(analyst):
    payable = make(analyst, invoice="NF 4412")
    workflow.run(payable, "generate", analyst)
    payload = OutboxMessage.objects.get(channel="tiny.payable").opened()
    assert payload["supplier"] == {"name": "Transportes Aurora Ltda", "document": "11222333000181"}
    assert (payload["amount"], payload["due_on"], payload["category"], payload["document"]) == (
        "350.00",
        "2026-07-10",
        "Fretes",
        "NF 4412",
    )
    assert payload["history"] == f"{payable.number} PIX financeiro@exemplo.com.br"


def test_document_and_key_are_encrypted_at_rest(analyst):
    payable = make(analyst, document="111.444.777-35", pix_key="11144477735")
    row = Payable.objects.filter(pk=payable.pk).values().get()
    assert b"11144477735" not in bytes(row.pop("details"))
    assert "11144477735" not in repr(row)
    assert (payable.document, payable.pix_key.value) == ("11144477735", "11144477735")


@pytest.mark.parametrize("role", ["cs_admin", "super_admin"])
def test_nobody_verifies_what_they_created_or_changed(person, analyst, role):
    own = person(role)
    payable = generated(own)
    with pytest.raises(TransitionRefused, match="neither verifies"):
        workflow.run(payable, "verify", own)
    with pytest.raises(TransitionRefused):
        workflow.run(payable, "send_back", own, reason="wrong")
    changed = make(analyst, amount="99,00")
    services.change(changed, own, values(own, changed, amount="98,00"), changed.version)
    workflow.run(changed, "generate", analyst)
    with pytest.raises(TransitionRefused):
        workflow.run(answer(changed, "77002"), "verify", own)


def test_nobody_pays_what_they_created(person, verifier):
    boss = person("super_admin")
    payable = generated(boss)
    workflow.run(payable, "verify", verifier)
    with pytest.raises(TransitionRefused):
        workflow.run(payable, "pay", boss)
    workflow.run(payable, "pay", person("super_admin", "other"))


def test_the_rights(analyst, verifier, finance):
    payable = generated(analyst)
    for who, action in [(analyst, "verify"), (finance, "verify"), (verifier, "cancel"), (finance, "generate")]:
        with pytest.raises(NotAllowed):
            workflow.run(payable, action, who, reason="because")
    with pytest.raises(NotAllowed):
        services.create(verifier, values(verifier))
    with pytest.raises(NotAllowed):
        workflow.run(payable, "arrived", analyst, data={"id": "1", "digest": ""})


def test_a_second_generate_while_the_first_is_on_its_way(analyst):
    payable = make(analyst)
    workflow.run(payable, "generate", analyst)
    with pytest.raises(TransitionRefused, match="on its way"):
        workflow.run(payable, "generate", analyst)
    with pytest.raises(TransitionRefused, match="on its way"):
        services.change(payable, analyst, values(analyst, payable, amount="1,00"), payable.version)
    assert OutboxMessage.objects.filter(channel="tiny.payable").count() == 1


def test_what_the_erp_refused_is_corrected_and_sent_under_the_same_key(analyst):
    payable = make(analyst)
    workflow.run(payable, "generate", analyst)
    OutboxMessage.objects.update(state="failed", attempts=1, error="No such category")
    services.change(payable, analyst, values(analyst, payable, category="Outras despesas"), payable.version)
    workflow.run(payable, "generate", analyst)
    message = OutboxMessage.objects.get()
    assert (payable.erp_key, message.state, message.opened()["category"]) == (
        payable.number,
        "queued",
        "Outras despesas",
    )


def test_sent_back_without_a_change_the_erp_is_left_alone(analyst, verifier):
    payable = generated(analyst)
    workflow.run(payable, "send_back", verifier, reason="the invoice is missing")
    assert (payable.status, payable.erp_id) == ("pending", "77001")
    services.change(payable, analyst, values(analyst, payable, notes="attached now"), payable.version)
    workflow.run(payable, "generate", analyst)
    assert (payable.status, payable.erp_left) == ("generated", [])
    assert OutboxMessage.objects.filter(channel="tiny.payable").count() == 1


def test_sent_back_and_corrected_the_first_one_is_left_for_a_person_to_cancel(analyst, verifier, finance):
    payable = generated(analyst)
    workflow.run(payable, "send_back", verifier, reason="wrong amount")
    services.change(payable, analyst, values(analyst, payable, amount="300,00"), payable.version)
    workflow.run(payable, "generate", analyst)
    assert (payable.erp_key, payable.erp_left) == (f"{payable.number}-R2", ["77001"])
    assert finance.user_id in [n.person_id for n in Notification.objects.filter(code="payables.cancel_there")]
    assert answer(payable, "77002").erp_id == "77002"


def test_cancelled_before_it_left_it_never_leaves(person, analyst):
    payable = make(analyst)
    workflow.run(payable, "generate", analyst)
    workflow.run(payable, "cancel", person("cs_admin"), reason="not ours")
    assert OutboxMessage.objects.get(channel="tiny.payable").state == "discarded"
    assert not Notification.objects.filter(code="payables.cancel_there").exists()


def test_an_answer_after_the_cancellation_is_kept_for_a_person(person, analyst, finance):
    payable = make(analyst)
    workflow.run(payable, "generate", analyst)
    OutboxMessage.objects.update(state="sending", attempts=1)
    workflow.run(payable, "cancel", person("cs_admin"), reason="not ours")
    answer(payable)
    assert (payable.status, payable.erp_id, payable.erp_left) == ("cancelled", "", ["77001"])
    assert Notification.objects.filter(code="payables.cancel_there", person_id=finance.user_id).exists()
    services.arrived({"payable": payable.pk, "digest": ""}, "77001")
    payable.refresh_from_db()
    assert payable.erp_left == ["77001"]


def test_cancelled_after_generation_somebody_cancels_it_there(person, analyst, finance):
    payable = generated(analyst)
    with pytest.raises(BadInput):
        workflow.run(payable, "cancel", person("cs_admin"), reason=" ")
    workflow.run(payable, "cancel", person("super_admin"), reason="twice")
    assert (payable.erp_id, payable.erp_left) == ("", ["77001"])
    assert Notification.objects.filter(code="payables.cancel_there", person_id=finance.user_id).exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"paid_on": "2026-07-02"}, "paid_on"),
        ({"paid_on": "yesterday"}, "paid_on"),
        ({"paid_amount": "0,00"}, "paid_amount"),
        ({"paid_amount": "a lot"}, "paid_amount"),
    ],
)
def test_wrong_data_of_a_payment(analyst, verifier, finance, data, field):
    payable = generated(analyst)
    workflow.run(payable, "verify", verifier)
    with pytest.raises(BadInput) as caught:
        workflow.run(payable, "pay", finance, data=data)
    assert caught.value.field == field
    payable.refresh_from_db()
    assert payable.status == "verified"


def test_no_payment_in_a_closed_month(analyst, verifier, finance):
    from farol.engines.ledger import closings

    payable = generated(analyst)
    workflow.run(payable, "verify", verifier)
    closings.close(dt.date(2026, 6, 1), finance)
    with pytest.raises(Refused):
        workflow.run(payable, "pay", finance, data={"paid_on": "2026-06-30"})
    payable.refresh_from_db()
    assert (payable.status, ledger.result(payable.reference).total) == ("verified", 0)
    workflow.run(payable, "pay", finance, data={"paid_on": "2026-07-01", "paid_amount": "351,20"})
    assert ledger.result(payable.reference).total == Decimal("351.20")


def test_a_scrap_bill_goes_into_the_books_as_scrap(analyst, verifier, finance):
    payable = generated(
        analyst, scrap=True, scrap_sku="NB-01", scrap_quantity="2", scrap_cause="broken", scrap_responsible=""
    )
    workflow.run(payable, "verify", verifier)
    workflow.run(payable, "pay", finance)
    assert [line[0] for line in ledger.result(payable.reference).lines] == ["scrap"]
    from farol.engines.ledger.models import Posting

    posting = Posting.objects.get(source=payable.reference)
    assert (posting.sku, posting.quantity, posting.cause) == ("NB-01", 2, "broken")


def test_twins_are_refused_until_somebody_confirms(analyst):
    first = make(analyst)
    with pytest.raises(Refused) as caught:
        make(analyst)
    assert (caught.value.code, caught.value.status) == ("possible_duplicate", 409)
    assert first.number in str(caught.value.detail)
    with pytest.raises(Refused):
        make(analyst, beneficiary="AURORA  transportes", pix_key="outra@exemplo.com")  # the same document
    with pytest.raises(Refused):
        make(analyst, beneficiary="Transportes  AURORA ltda", document="")  # the same name, no document
    make(analyst, document="12.ABC.345/01DE-35", beneficiary="Aurora Transportes")
    make(analyst, amount="350,01")
    make(analyst, due_on="2026-07-11")
    second = make(analyst, confirm_duplicate=True)
    assert second.number != first.number
    assert Payable.objects.count() == 5


def test_a_cancelled_bill_has_no_twins(analyst, person):
    first = make(analyst)
    workflow.run(first, "cancel", person("cs_admin"), reason="typed wrong")
    make(analyst)


def test_a_slip_is_never_entered_twice_unnoticed(analyst):
    line = boleto.line_of(boleto.bank_barcode("341", dt.date(2026, 7, 20), Decimal("80.00"), "3" * 25))
    slip = {"method": "boleto", "pix_key": "", "amount": "", "due_on": "", "boleto_line": line}
    payable = make(analyst, **slip)
    assert (payable.amount, payable.due_on, payable.deadline) == (
        Decimal("80.00"),
        dt.date(2026, 7, 20),
        dt.date(2026, 7, 20),
    )
    with pytest.raises(Refused):
        make(analyst, **slip, beneficiary="Somebody else", document="")


def test_an_old_version_changes_nothing(analyst):
    payable = make(analyst)
    services.change(payable, analyst, values(analyst, payable, amount="10,00"), payable.version)
    with pytest.raises(TransitionRefused) as caught:
        services.change(payable, analyst, values(analyst, payable, amount="20,00"), 1)
    assert caught.value.code == "changed_meanwhile"
    payable.refresh_from_db()
    assert payable.amount == Decimal("10.00")


def test_the_answer_of_the_erp_is_taken_once(analyst):
    payable = generated(analyst)
    services.arrived({"payable": payable.pk, "digest": "x"}, "77001")
    services.arrived({"payable": 10**9, "digest": "x"}, "77001")
    payable.refresh_from_db()
    assert (payable.status, payable.erp_left) == ("generated", [])


def test_the_system_sees_what_the_erp_refuses(analyst):
    payable = make(analyst)
    services.told({"payable": payable.pk}, "unknown", "")
    services.told({"payable": payable.pk}, "failed", "No such category")
    assert [n.person_id for n in Notification.objects.filter(code="payables.failed")] == [analyst.user_id]
    assert SYSTEM.user_id is None


def test_a_refund_is_part_of_what_is_held_about_a_customer_and_forgotten_with_it(person, analyst, verifier, finance):
    from farol.areas.aftersales.conftest import make_customer
    from farol.registry.customers import privacy

    boss = person("super_admin")
    customer = make_customer("Ana Lima", "111.444.777-35")
    refund = {"beneficiary": "Ana Lima", "document": "111.444.777-35", "pix_key": "111.444.777-35"}
    paid, open_one = generated(analyst, **refund, notes="to Ana"), make(analyst, **refund, amount="20,00")
    other = make(analyst)
    workflow.run(paid, "verify", verifier)
    workflow.run(paid, "pay", finance)
    assert [row["pix_key"] for row in privacy.everything(customer, boss)["payables"]["records"]] == ["11144477735"] * 2
    privacy.anonymise(customer, boss, "asked for")
    for payable in (paid, open_one, other):
        payable.refresh_from_db()
    assert (paid.beneficiary, paid.opened, paid.notes, paid.document_hash) == (
        "Anonimizado",
        {"document": "", "pix_key": ""},
        "",
        "",
    )
    assert (open_one.document, other.beneficiary) == ("11144477735", BILL["beneficiary"])
    workflow.run(open_one, "cancel", boss, reason="not owed")
    open_one.refresh_from_db()
    assert (open_one.beneficiary, open_one.document, open_one.amount) == ("Anonimizado", "", Decimal("20.00"))


def test_bills_of_a_merged_customer_belong_to_the_one_that_stays(person, analyst):
    from farol.areas.aftersales.conftest import make_customer

    gone, stays = make_customer("Ana Lima", "111.444.777-35"), make_customer("Ana Lima")
    payable = make(analyst, beneficiary="Ana Lima", document="111.444.777-35")
    workflow.run(gone, "merge", person("cs_admin"), data={"into": stays.number})
    payable.refresh_from_db()
    assert payable.customer_id == stays.pk


def test_what_the_erp_says_stands_on_the_payable(analyst):
    """Asked for, refused with its sentence, corrected and taken: page, REST and filter say the same."""
    module, payable = get_module("payables"), make(analyst)

    def told():
        row = module.rows(SYSTEM).get(pk=payable.pk)
        shown = sending.section(row, analyst) or {}
        return module.item(row, SYSTEM)["erp"], module.item(row, SYSTEM)["erp_error"], str(shown.get("remedy", ""))

    assert told() == ("", "", "")
    workflow.run(payable, "generate", analyst)
    assert told()[0] == "queued"
    message = OutboxMessage.objects.filter(channel="tiny.payable", key=payable.erp_key)
    message.update(state="failed", error="Tiny does not know the category.")
    assert told() == ("failed", "Tiny does not know the category.", str(sending.REMEDIES["failed"]))
    assert list(erp.in_sending(module.rows(SYSTEM), "failed")) == [payable]
    workflow.run(payable, "generate", analyst)
    answer(payable)
    assert told() == ("done", "", "")
