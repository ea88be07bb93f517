"""The payable that a payable has in the ERP: its key, what is sent, and where the sending stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from farol.core.errors import Refused
from farol.platform.outbox import enqueue, services
from farol.platform.outbox.models import OutboxMessage, State

if TYPE_CHECKING:
    from farol.areas.aftersales.payables.models import Payable

CHANNEL = "tiny.payable"
ON_ITS_WAY = ("queued", "sending", "unknown")
SHOWN = {State.HELD.value: "unknown", State.DISCARDED.value: ""}


@dataclass(frozen=True)
class Sending:
    """`state` is empty (nothing is being sent), queued, sending, unknown, failed or done; `error` says why in words."""

    state: str = ""
    error: str = ""

    @property
    def on_its_way(self) -> bool:
        return self.state in ON_ITS_WAY


def annotated(rows: QuerySet) -> QuerySet:
    """With where the sending of each stands, in the question that reads the payables."""
    messages = OutboxMessage.objects.filter(channel=CHANNEL, key=OuterRef("erp_key"))
    return rows.annotate(
        erp_read_at=F("version"),
        erp_sending=Subquery(messages.values("state")[:1]),
        erp_sending_error=Subquery(messages.values("error")[:1]),
    )


def sending_of(payable: Payable) -> Sending:
    """Where the present message of a payable stands; as the question that read it said, if nothing was done since."""
    if getattr(payable, "erp_read_at", 0) != payable.version:
        return sending(payable.erp_key)
    state = getattr(payable, "erp_sending", None) or ""
    return Sending(SHOWN.get(state, state), getattr(payable, "erp_sending_error", None) or "")


def in_sending(rows: QuerySet, state: str) -> QuerySet:
    """Payables whose message stands so."""
    stored = [state, *(name for name, shown in SHOWN.items() if shown == state)]
    return rows.filter(erp_key__in=OutboxMessage.objects.filter(channel=CHANNEL, state__in=stored).values("key"))


def sending(key: str) -> Sending:
    """Where the message of a key stands; empty for one that was never put."""
    row = key and OutboxMessage.objects.filter(channel=CHANNEL, key=key).values_list("state", "error").first()
    return Sending(SHOWN.get(row[0], row[0]), row[1]) if row else Sending()


def next_attempt(payable: Payable) -> int:
    """The number of the payable to be sent now: the same again after a failure, which found or created nothing."""
    again = sending(payable.erp_key).state == "failed"
    return payable.erp_attempt if again else payable.erp_attempt + 1


def key_of(number: str, attempt: int) -> str:
    """`CP-2026-000123`, then `CP-2026-000123-R2`: a second one never reuses the key of a first one."""
    return number if attempt == 1 else f"{number}-R{attempt}"


def send(payable: Payable) -> None:
    """Put the payable of the present key into the outbox, with what it says now."""
    payload = {"payable": payable.pk, "key": payable.erp_key, "digest": digest(payable), **content(payable)}
    if not enqueue(CHANNEL, payable.erp_key, payload) and not services.resend(CHANNEL, payable.erp_key, payload):
        raise Refused(f"{payable.erp_key} is in the outbox already.")


def withhold(payable: Payable) -> bool:
    """Take back a message that certainly never left; False if there is none."""
    return services.withhold(CHANNEL, payable.erp_key)


def content(payable: Payable) -> dict[str, Any]:
    """Everything about the payable that the ERP gets to know, as JSON values."""
    key = payable.pix_key
    how = f"PIX {key.value}" if key else f"Boleto {payable.line}"
    return {
        "supplier": {"name": payable.beneficiary, "document": payable.document},
        "amount": str(payable.amount),
        "due_on": payable.due_on.isoformat(),
        "category": payable.category.name,
        "document": payable.invoice,
        "history": f"{payable.number} {how}",
    }


def digest(payable: Payable) -> str:
    """Equal for equal contents."""
    return hashlib.sha256(json.dumps(content(payable), sort_keys=True).encode()).hexdigest()
