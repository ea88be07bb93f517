"""The states of a payable, and who may lead it from one to the next.

*Generated* means that the payable exists in the ERP: `generate` only puts it on its way, `arrived` (the ERP's answer)
moves the state. What was decided where the trade leaves it open:

- `send_back` leads to *pending* and leaves the ERP as it is. If nothing that the ERP knows has changed since, the next
  `generate` finds its payable there and sends nothing; if something has, another one is made, and a person is asked to
  cancel the first, because the ERP's interface cannot.
- Four eyes: whoever created or changed the payable neither verifies, sends back nor pays it.
- The cost counts for the case, or the scrap for the books, when it is paid, on the day of the payment. A
  payment that came back from the bank, or was marked by mistake, is undone by a counter-entry as of that day.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables import steps
from farol.engines.workflow import Edit, Flow, State, Transition, mine, own_only

WORK, VERIFY, PAY, CANCEL = "payables.work", "payables.verify", "payables.pay", "cases.cancel"
PENDING, GENERATED, VERIFIED, PAID, CANCELLED = "pending", "generated", "verified", "paid", "cancelled"

STATES = (
    State(PENDING, _("Pending")),
    State(GENERATED, _("Generated"), tone="info"),
    State(VERIFIED, _("Verified"), tone="warning"),
    State(PAID, _("Paid"), tone="success", final=True),
    State(CANCELLED, _("Cancelled"), tone="danger", final=True),
)
TRANSITIONS = (
    Transition(
        "generate",
        _("Generate in the ERP"),
        (PENDING,),
        None,
        WORK,
        guard=steps.may_generate,
        accept=steps.accept_generation,
        effect=steps.send,
        icon="outbound",
    ),
    Transition(
        "arrived",
        _("Created in the ERP"),
        (PENDING,),
        GENERATED,
        WORK,
        accept=steps.accept_document,
        effect=steps.ask_for_verification,
        system=True,
        icon="check",
    ),
    Transition(
        "arrived_late",
        _("Created in the ERP after the cancellation"),
        (CANCELLED,),
        None,
        WORK,
        accept=steps.accept_late_document,
        effect=steps.ask_to_cancel_there,
        system=True,
        icon="alert-triangle",
    ),
    Transition(
        "verify",
        _("Approve"),
        (GENERATED,),
        VERIFIED,
        VERIFY,
        guard=steps.four_eyes,
        effect=steps.tell_finance,
        icon="checks",
    ),
    Transition(
        "send_back",
        _("Send back"),
        (GENERATED,),
        PENDING,
        VERIFY,
        reason=True,
        guard=steps.four_eyes,
        effect=steps.tell_sent_back,
        danger=True,
        consequence=_("The payable returns to Pending, to be corrected and generated again."),
        icon="arrow-back-up",
    ),
    Transition(
        "pay",
        _("Mark as paid"),
        (VERIFIED,),
        PAID,
        PAY,
        guard=steps.four_eyes,
        accept=steps.accept_payment,
        effect=steps.paid,
        icon="coin",
    ),
    Transition(
        "undo_payment",
        _("Undo payment"),
        (PAID,),
        VERIFIED,
        PAY,
        reason=True,
        guard=steps.four_eyes,
        accept=steps.accept_undoing,
        effect=steps.unpaid,
        danger=True,
        consequence=_("A counter-entry takes the payment off the books, and the payable waits to be paid again."),
        icon="arrow-back-up",
    ),
    Transition(
        "cancel",
        _("Cancel payable"),
        (PENDING, GENERATED, VERIFIED),
        CANCELLED,
        CANCEL,
        reason=True,
        accept=steps.accept_cancelling,
        effect=steps.cancelled,
        danger=True,
        consequence=_("The payable ends here. What exists in the ERP has to be cancelled there by a person."),
        icon="ban",
    ),
)
FLOW = Flow(
    name="payables",
    label=_("Payable"),
    states=STATES,
    transitions=TRANSITIONS,
    owns=mine,
    sees=own_only("aftersales.view", mine),
    edit=Edit(WORK, (PENDING,)),
)
