"""What the transitions ask, take and do; `flow.py` is the table that names them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.areas.aftersales.payables import erp, people
from farol.core import clock, given
from farol.core.errors import BadInput
from farol.engines import ledger, workflow
from farol.engines.ledger.models import Posting
from farol.platform import attachments
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.notifications import people_with

if TYPE_CHECKING:
    from farol.areas.aftersales.payables.models import Payable
    from farol.engines.workflow import Act

Data = Mapping[str, Any]
Columns = dict[str, Any]


def may_generate(payable: Payable, principal: Principal) -> str | None:
    """Nothing is sent while something is on its way, nor to a category that was taken out of use."""
    if refusal := on_its_way(payable):
        return refusal
    if not payable.category.active:
        return _("The category “%(name)s” is not in use any more: choose another.") % {"name": payable.category.name}
    return None


def on_its_way(payable: Payable) -> str | None:
    sending = erp.sending(payable.erp_key)
    if sending.state == "unknown":
        return _("It is not certain whether the payable arrived in the ERP: Farol is looking for it.")
    return _("The payable is already on its way to the ERP.") if sending.on_its_way else None


def four_eyes(payable: Payable, principal: Principal) -> str | None:
    """Binds every role: what one person wrote, another one looks at."""
    if principal.user_id is not None and principal.user_id in people.authors(payable):
        return _("Who created or changed a payable neither verifies nor pays it: somebody else has to.")
    return None


def accept_generation(payable: Payable, principal: Principal, data: Data) -> Columns:
    """A payable that the ERP has as it now reads is kept there; an outdated one is left for a person to cancel."""
    if _is_there(payable):
        return {}
    attempt = erp.next_attempt(payable)
    columns: Columns = {"erp_attempt": attempt, "erp_key": erp.key_of(payable.number, attempt)}
    return {**columns, **_leave(payable)}


def _is_there(payable: Payable) -> bool:
    return bool(payable.erp_id) and payable.erp_digest == erp.digest(payable)


def _leave(payable: Payable) -> Columns:
    """The ERP's present payable does not count any more."""
    if not payable.erp_id:
        return {}
    return {"erp_left": [*payable.erp_left, payable.erp_id], "erp_id": "", "erp_digest": ""}


def accept_document(payable: Payable, principal: Principal, data: Data) -> Columns:
    return {"erp_id": str(data["id"]), "erp_digest": str(data["digest"])}


def accept_late_document(payable: Payable, principal: Principal, data: Data) -> Columns:
    return {"erp_left": [*payable.erp_left, str(data["id"])]}


def accept_cancelling(payable: Payable, principal: Principal, data: Data) -> Columns:
    return _leave(payable)


def accept_payment(payable: Payable, principal: Principal, data: Data) -> Columns:
    """Paid today and in full, unless the data say otherwise: a slip may have had interest or a discount."""
    day = given.day(data, "paid_on") or clock.today()
    if day > clock.today():
        raise BadInput("paid_on", _("This day has not come yet."))
    amount = given.amount(data, "paid_amount")
    amount = payable.amount if amount is None else amount
    if amount <= 0:
        raise BadInput("paid_amount", _("The amount has to be above zero."))
    return {"paid_on": day, "paid_amount": amount}


def send(payable: Payable, act: Act) -> None:
    if _is_there(payable):
        document = {"id": payable.erp_id, "digest": payable.erp_digest}
        workflow.run(payable, "arrived", SYSTEM, data=document)
        return
    if payable.erp_left:
        ask_to_cancel_there(payable, act)
    erp.send(payable)


def ask_for_verification(payable: Payable, act: Act) -> None:
    people.tell_verifiers(payable)


def tell_finance(payable: Payable, act: Act) -> None:
    people.tell_payers(payable)


def tell_sent_back(payable: Payable, act: Act) -> None:
    people.tell_concerned(payable, "payables.sent_back", act.principal)


def ask_to_cancel_there(payable: Payable, act: Act) -> None:
    """The ERP's interface cannot delete a payable: people are told, and the page of this one says so, too."""
    people.tell(payable, "payables.cancel_there", people_with("payables.pay"))


def cancelled(payable: Payable, act: Act) -> None:
    if not erp.withhold(payable) and payable.erp_left:
        ask_to_cancel_there(payable, act)
    _forget_the_forgotten(payable)


def paid(payable: Payable, act: Act) -> None:
    """Into the books, on the day of the payment; `MonthClosed` undoes the step where finance closed that month."""
    case = payable.case_ref or payable.reference
    amount = payable.payment
    if payable.scrap:
        _post_scrap(payable, case, amount, act.principal)
    else:
        data = {"category": payable.category.name, "method": payable.method}
        ledger.charge(
            case,
            "payable",
            amount,
            source=payable.reference,
            principal=act.principal,
            day=payable.paid_on,
            memo=payable.number,
            data=data,
        )
    if proof := act.data.get("proof"):
        _keep_proof(payable, proof, act.principal)
    people.tell_concerned(payable, "payables.paid", act.principal)
    _forget_the_forgotten(payable)


def accept_undoing(payable: Payable, principal: Principal, data: Data) -> Columns:
    return {"paid_on": None, "paid_amount": None}


def unpaid(payable: Payable, act: Act) -> None:
    """What the payment posted is turned round, as of today; proof and history stay."""
    posted = Posting.objects.filter(source=payable.reference, reverses=None, reversed_by=None)
    for posting in posted.order_by("pk"):
        ledger.reverse(posting, act.principal, act.reason[:500])
    people.tell_concerned(payable, "payables.unpaid", act.principal)
    people.tell_payers(payable)


def _forget_the_forgotten(payable: Payable) -> None:
    """Somebody who was anonymised while a bill was open had to stay known until its end."""
    from farol.areas.aftersales.payables import personal

    if payable.customer_id and payable.customer.status == "anonymised":
        personal.forget(payable.customer)


def _keep_proof(payable: Payable, proof: Any, principal: Principal) -> None:
    try:
        attachments.attach(payable.reference, proof, principal, kind="proof")
    except BadInput as error:
        raise BadInput("proof", error.detail, code=error.code) from error


def _post_scrap(payable: Payable, case: str, amount: Decimal, principal: Principal) -> None:
    ledger.scrap(
        case,
        payable.reference,
        payable.scrap_sku,
        payable.scrap_version,
        payable.scrap_quantity or 1,
        amount,
        payable.scrap_cause,
        payable.scrap_responsible,
        principal,
        day=payable.paid_on,
        memo=payable.number,
    )
