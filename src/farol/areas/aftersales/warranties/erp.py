"""The order that a case has in the ERP: its key, what is sent, and where the sending stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from farol.core.errors import Refused
from farol.platform.outbox import enqueue, states
from farol.platform.outbox.services import resend, withhold
from farol.platform.outbox.standing import SHOWN
from farol.registry import customers

if TYPE_CHECKING:
    from farol.areas.aftersales.warranties.models import Warranty

ORDER, WITHDRAWAL = "tiny.order", "tiny.order_cancel"
ON_ITS_WAY = ("queued", "sending", "unknown")
KIND_MARKER = {"warranty": "GARANTIA", "exchange": "TROCA"}
LONGEST_NOTE = 100
LABELS = {
    "queued": _("Waiting to be sent"),
    "sending": _("Being sent"),
    "unknown": _("Uncertain"),
    "failed": _("Refused by the ERP"),
    "done": _("In the ERP"),
}


@dataclass(frozen=True)
class Sending:
    """`state` is empty (nothing was ever sent), queued, sending, unknown, failed or done; `error` says why in words."""

    state: str = ""
    error: str = ""

    @property
    def on_its_way(self) -> bool:
        return self.state in ON_ITS_WAY


def sending(key: str, channel: str = ORDER) -> Sending:
    """Where the message of a key stands."""
    found = states(channel, [key]).get(key) if key else None
    return Sending(found.state, found.error) if found else Sending()


def sending_of(warranty: Warranty, channel: str = ORDER) -> Sending:
    """The same for the present order of a case; from the question that read the case, where that asked (`queries.rows`)
    and nothing was done with it since.
    """
    if not warranty.erp_key:
        return Sending()
    column = {ORDER: "erp_sending", WITHDRAWAL: "erp_withdrawal"}[channel]
    if getattr(warranty, "erp_read_at", 0) == warranty.version:
        state, _space, error = (getattr(warranty, column) or "").partition(" ")
        return Sending(shown(state), error)
    return sending(warranty.erp_key, channel)


def shown(state: str) -> str:
    """The state of a message, as it is stored, in the words of a case."""
    return SHOWN.get(state, state)


def label_of(state: str) -> Any:
    return LABELS[state]


def next_attempt(warranty: Warranty) -> int:
    """The number of the order to be sent now: another one only if the one before came to be. A message that failed
    goes out again under its key, so that the search before it finds whatever there may be.
    """
    again = sending(warranty.erp_key).state == "failed"
    return warranty.erp_attempt if again else warranty.erp_attempt + 1


def key_of(number: str, attempt: int) -> str:
    """`GT-2026-000123`, then `GT-2026-000123-R2`: a second order never reuses the key of a first one."""
    return number if attempt == 1 else f"{number}-R{attempt}"


def send(warranty: Warranty) -> None:
    """Put the order of the case's present key into the outbox, with what the case says now."""
    payload = _payload(warranty)
    if not enqueue(ORDER, warranty.erp_key, payload) and not resend(ORDER, warranty.erp_key, payload):
        raise Refused(f"{warranty.erp_key} is in the outbox already.")


def withdraw(warranty: Warranty) -> None:
    """Have the order of the present key cancelled in the ERP; one that did not leave yet does not leave at all."""
    if warranty.erp_id:
        payload = {"warranty": warranty.pk, "key": warranty.erp_key, "id": warranty.erp_id}
        enqueue(WITHDRAWAL, warranty.erp_key, payload)
    elif warranty.erp_key:
        # one that is on its way, or may have arrived, is withdrawn when its number comes back
        withhold(ORDER, warranty.erp_key)


def _payload(warranty: Warranty) -> dict[str, Any]:
    """JSON values: the message says everything, so that it arrives as it was when the person clicked."""
    return {
        "warranty": warranty.pk,
        "key": warranty.erp_key,
        "customer": customers.party(warranty.customer),
        "delivery": warranty.delivery_address or None,
        "items": [
            {
                "sku": line.sku,
                "description": line.description or line.sku,
                "quantity": line.quantity,
                "unit_value": str(line.unit_value),
            }
            for line in warranty.lines.all()
        ],
        "markers": [warranty.marker, KIND_MARKER[warranty.kind]],
        "original_order": warranty.order,
        "note": f"{warranty.number} {warranty.marker}"[:LONGEST_NOTE],
    }
