"""The states of store credit and of its uses, and who may lead them on.

What a person sees of a voucher is derived (`standing.py`); stored is only what nobody could work out: open, cancelled,
expired. What was decided where the trade leaves it open:

- A voucher is valid through its last day. From the next day on it counts as expired, whether or not the job has run.
- A voucher with a pending request can't be cancelled: somebody has to decide the request first.
- Expiry ends the pending requests and gives the rest back; an expired voucher is not extended, it is issued anew.
- A use is reversed as long as the voucher is open; afterwards the amount has nowhere to go back to.
- Scrap is recorded where goods are thrown away because the customer gets credit instead; the balance does not know it.
- Whoever requested a use never approves, refuses or reverses it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.areas.aftersales.vouchers import steps
from farol.engines.workflow import Flow, State, Transition, not_by, own_only

MANAGE, REQUEST, DECIDE = "vouchers.manage", "vouchers.request", "redemptions.decide"
FOUR_EYES = not_by("create", _("You requested this use yourself: somebody else has to decide it."))

VOUCHERS = Flow(
    name="vouchers",
    label=_("Store credit"),
    states=(
        State("open", _("Open"), tone="info"),
        State("cancelled", _("Cancelled"), tone="danger", final=True),
        State("expired", pgettext_lazy("voucher", "Expired"), tone="warning", final=True),
    ),
    transitions=(
        Transition(
            "extend",
            _("Extend"),
            ("open",),
            None,
            MANAGE,
            reason=True,
            guard=steps.still_valid,
            accept=steps.accept_extension,
            icon="calendar-event",
        ),
        Transition(
            "cancel",
            _("Cancel voucher"),
            ("open",),
            "cancelled",
            MANAGE,
            reason=True,
            guard=steps.cancellable,
            effect=steps.give_back_cancelled,
            danger=True,
            consequence=_("What is left of the balance is lost for the customer."),
            icon="ban",
        ),
        Transition(
            "expire",
            pgettext_lazy("voucher", "Expire"),
            ("open",),
            "expired",
            MANAGE,
            guard=steps.past_its_day,
            effect=steps.give_back_expired,
            system=True,
            icon="calendar-off",
        ),
        Transition(
            "add_scrap",
            _("Record scrap"),
            ("open",),
            None,
            MANAGE,
            accept=steps.accept_scrap,
            effect=steps.post_scrap,
            icon="trash",
        ),
    ),
)
REDEMPTIONS = Flow(
    name="redemptions",
    label=_("Use of store credit"),
    states=(
        State("requested", _("Requested"), tone="warning"),
        State("approved", _("Approved"), tone="success"),
        State("refused", pgettext_lazy("voucher", "Refused"), tone="danger", final=True),
        State("expired", pgettext_lazy("voucher", "Expired"), final=True),
        State("reversed", _("Reversed"), final=True),
    ),
    transitions=(
        Transition(
            "approve",
            _("Approve"),
            ("requested",),
            "approved",
            DECIDE,
            guard=steps.all_of(FOUR_EYES, steps.voucher_usable),
            effect=steps.take,
            icon="check",
        ),
        Transition(
            "refuse",
            _("Refuse"),
            ("requested",),
            "refused",
            DECIDE,
            reason=True,
            guard=FOUR_EYES,
            effect=steps.let_go,
            danger=True,
            consequence=_("The amount is free again for other uses."),
            icon="x",
        ),
        Transition(
            "reverse",
            pgettext_lazy("voucher", "Reverse"),
            ("approved",),
            "reversed",
            DECIDE,
            reason=True,
            guard=steps.all_of(FOUR_EYES, steps.voucher_usable),
            effect=steps.put_back,
            danger=True,
            consequence=_("A counter-entry brings the amount back to the voucher."),
            icon="arrow-back-up",
        ),
        Transition(
            "expire",
            pgettext_lazy("voucher", "Expire"),
            ("requested",),
            "expired",
            DECIDE,
            effect=steps.let_go,
            system=True,
            icon="calendar-off",
        ),
    ),
    owns=steps.owns,
    sees=own_only("aftersales.view", steps.owns),
)
