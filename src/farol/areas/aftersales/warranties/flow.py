"""The states of a warranty or exchange, and who may lead it from one to the next.

*Generated* means that the order exists in the ERP: `generate` only puts it on its way, `order_arrived` (the ERP's
answer) moves the state. What was decided where the trade leaves it open:

- `generate` needs no return on record if the case says that none is needed; else the return must have been requested.
  It does not wait for the goods: many companies send the new part ahead. The page says that they are still missing.
- `send_back` leads to *pending*: the order is cancelled in the ERP, and the next `generate` makes another under a new
  key. Nothing is generated while the old order is still being cancelled, so that never two parts leave.
- Four eyes: whoever created, changed or generated the case neither verifies it nor sends it back.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties import steps
from farol.engines.workflow import Edit, Flow, State, Transition, mine, own_only

WORK, VERIFY, CANCEL = "warranties.work", "warranties.verify", "cases.cancel"
PENDING, AWAITING, GENERATED, VERIFIED, CANCELLED = "pending", "awaiting_return", "generated", "verified", "cancelled"
OPEN = (PENDING, AWAITING)
ALL = (PENDING, AWAITING, GENERATED, VERIFIED, CANCELLED)

STATES = (
    State(PENDING, _("Pending")),
    State(AWAITING, _("Awaiting reverse logistics"), tone="warning"),
    State(GENERATED, _("Generated"), tone="info"),
    State(VERIFIED, _("Verified"), tone="success", final=True),
    State(CANCELLED, _("Cancelled"), tone="danger", final=True),
)
TRANSITIONS = (
    Transition(
        "request_return",
        _("Request return"),
        (PENDING,),
        AWAITING,
        WORK,
        guard=steps.no_order_on_its_way,
        accept=steps.accept_return,
        icon="truck",
    ),
    Transition(
        "register_return",
        _("Register arrival"),
        OPEN,
        None,
        WORK,
        guard=steps.return_open,
        accept=steps.accept_arrival,
        icon="package-import",
    ),
    Transition(
        "generate",
        _("Generate order"),
        OPEN,
        None,
        WORK,
        guard=steps.may_generate,
        accept=steps.accept_generation,
        effect=steps.send_order,
        icon="outbound",
    ),
    Transition(
        "order_arrived",
        _("Order created in the ERP"),
        OPEN,
        GENERATED,
        WORK,
        accept=steps.accept_order,
        effect=steps.ask_for_verification,
        system=True,
        icon="check",
    ),
    Transition(
        "order_arrived_late",
        _("Order created in the ERP after the cancellation"),
        (CANCELLED,),
        None,
        WORK,
        accept=steps.accept_order,
        effect=steps.withdraw_order,
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
        accept=steps.nothing_due,
        effect=steps.tell_verified,
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
        accept=steps.accept_sending_back,
        effect=steps.sent_back,
        danger=True,
        consequence=_("The order is cancelled in the ERP and the case returns to Pending."),
        icon="arrow-back-up",
    ),
    Transition(
        "cancel",
        _("Cancel case"),
        (PENDING, AWAITING, GENERATED),
        CANCELLED,
        CANCEL,
        reason=True,
        accept=steps.nothing_due,
        effect=steps.cancelled,
        danger=True,
        consequence=_("The case ends here and its order is cancelled in the ERP. The marker stays used."),
        icon="ban",
    ),
    Transition(
        "add_cost",
        _("Record cost"),
        ALL,
        None,
        WORK,
        accept=steps.accept_cost,
        effect=steps.post_cost,
        icon="coin",
    ),
    Transition(
        "add_scrap",
        _("Record scrap"),
        ALL,
        None,
        WORK,
        accept=steps.accept_scrap,
        effect=steps.post_scrap,
        icon="trash",
    ),
)
FLOW = Flow(
    name="warranties",
    label=_("Warranty or exchange"),
    states=STATES,
    transitions=TRANSITIONS,
    owns=mine,
    sees=own_only("aftersales.view", mine),
    edit=Edit(WORK, OPEN),
)
