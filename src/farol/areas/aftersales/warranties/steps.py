"""What the transitions ask, take and do; `flow.py` is the table that names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.aftersales.warranties import erp, people
from farol.core import clock, given
from farol.core.errors import BadInput
from farol.engines import ledger
from farol.engines.ledger import scrapping
from farol.platform import calendar
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.areas.aftersales.warranties.models import Warranty
    from farol.engines.workflow import Act

COSTS = ("freight", "part", "refund")
LONGEST = 60
Data = Mapping[str, Any]
Columns = dict[str, Any]
OLD_ORDER_STUCK = gettext_lazy(
    "The previous order could not be cancelled in the ERP (%(error)s). Cancel it there, then have the message discarded"
    " under Administration, Outbox."
)


def due_in(days: int) -> dt.date:
    """The last day of a term of so many business days."""
    return calendar.default().add_business_days(clock.today(), days)


def no_order_on_its_way(warranty: Warranty, principal: Principal) -> str | None:
    """Nothing about a case changes while an order with what it said is on its way."""
    sending = erp.sending_of(warranty)
    if sending.state == "unknown":
        return _("It is not certain whether the order arrived in the ERP: Farol is looking for it.")
    if sending.on_its_way:
        return _("The order is already on its way to the ERP.")
    return None


def return_open(warranty: Warranty, principal: Principal) -> str | None:
    if not warranty.return_needed:
        return _("No return is needed here.")
    return _("The goods have arrived already.") if warranty.received_on else None


def may_generate(warranty: Warranty, principal: Principal) -> str | None:
    if refusal := no_order_on_its_way(warranty, principal):
        return refusal
    if warranty.return_needed and not warranty.return_requested_on:
        return _("The customer has to send the goods back: request the return first, or say that none is needed.")
    if not warranty.items:
        return _("There are no items to send: add at least one.")
    return _old_order_still_there(warranty)


def _old_order_still_there(warranty: Warranty) -> str | None:
    withdrawal = erp.sending_of(warranty, erp.WITHDRAWAL)
    if withdrawal.on_its_way:
        return _("The previous order is still being cancelled in the ERP. Try again in a moment.")
    if withdrawal.state == "failed":
        return str(OLD_ORDER_STUCK % {"error": withdrawal.error})
    return None


def four_eyes(warranty: Warranty, principal: Principal) -> str | None:
    """Binds every role: what one person wrote, another one looks at."""
    if principal.user_id is not None and principal.user_id in people.authors(warranty):
        return _("Who opened, changed or generated a case does not verify it: somebody else has to.")
    return None


def accept_return(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    """Requesting the return says that one is needed. Without a day the goods have the usual term to be posted."""
    until = given.day(data, "posting_deadline") or warranty.posting_deadline or due_in(settings.FAROL_RETURN_DAYS)
    if until < clock.today():
        raise BadInput("posting_deadline", _("This day is over."))
    return {
        **_logistics(warranty, data),
        "return_needed": True,
        "return_requested_on": clock.today(),
        "posting_deadline": until,
        "deadline": until,
    }


def accept_arrival(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    received = given.day(data, "received_on") or clock.today()
    if received > clock.today():
        raise BadInput("received_on", _("This day has not come yet."))
    due = due_in(settings.FAROL_WARRANTY_DAYS)
    requested = warranty.return_requested_on or received
    return {**_logistics(warranty, data), "received_on": received, "return_requested_on": requested, "deadline": due}


def accept_generation(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    attempt = erp.next_attempt(warranty)
    return {"erp_attempt": attempt, "erp_key": erp.key_of(warranty.number, attempt), "erp_id": "", "erp_number": ""}


def accept_order(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    due = None if warranty.state.final else due_in(settings.FAROL_VERIFICATION_DAYS)
    return {"erp_id": str(data["id"]), "erp_number": str(data["number"]), "deadline": due}


def nothing_due(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    return {"deadline": None}


def accept_sending_back(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    return {"deadline": due_in(settings.FAROL_WARRANTY_DAYS)}


def accept_cost(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    """Checked here, posted by the effect: the books are written after the case's own row."""
    cost_of(data)
    return {}


def cost_of(data: Data) -> tuple[str, Decimal, str]:
    """Category, amount (negative: it came back) and text of a cost."""
    category = str(data.get("category", ""))
    if category not in COSTS:
        raise BadInput("category", _("Choose freight, part or refund."))
    amount = given.amount(data, "amount")
    if not amount:
        raise BadInput("amount", _("An amount of zero changes nothing."))
    return category, amount, str(data.get("memo", "")).strip()[:200]


def send_order(warranty: Warranty, act: Act) -> None:
    erp.send(warranty)


def ask_for_verification(warranty: Warranty, act: Act) -> None:
    people.tell_verifiers(warranty)


def withdraw_order(warranty: Warranty, act: Act) -> None:
    erp.withdraw(warranty)


def tell_verified(warranty: Warranty, act: Act) -> None:
    people.tell_concerned(warranty, "warranties.verified", act.principal)


def sent_back(warranty: Warranty, act: Act) -> None:
    erp.withdraw(warranty)
    people.tell_concerned(warranty, "warranties.sent_back", act.principal)


def cancelled(warranty: Warranty, act: Act) -> None:
    erp.withdraw(warranty)


def post_cost(warranty: Warranty, act: Act) -> None:
    category, amount, memo = cost_of(act.data)
    ledger.charge(warranty.reference, category, amount, source=warranty.reference, principal=act.principal, memo=memo)


def accept_scrap(warranty: Warranty, principal: Principal, data: Data) -> Columns:
    """Checked here, posted by the effect, as a cost is."""
    scrapping.check(warranty.reference, data)
    return {}


def post_scrap(warranty: Warranty, act: Act) -> None:
    scrapping.record(warranty.reference, warranty.reference, act.data, act.principal)


def _logistics(warranty: Warranty, data: Data) -> Columns:
    """Carrier and tracking code; what is left empty stays as it is."""
    texts = {name: given.text(data, name, LONGEST) for name in ("carrier", "tracking_code")}
    return {name: text for name, text in texts.items() if text}
