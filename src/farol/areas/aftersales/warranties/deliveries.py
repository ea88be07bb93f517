"""The order of a case leaves for the ERP, and is cancelled there; the answers move the case."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties import erp, people
from farol.areas.aftersales.warranties.flow import CANCELLED, OPEN
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors import tiny
from farol.engines import workflow
from farol.platform.accounts.principal import SYSTEM
from farol.platform.outbox import Channel, Message, Permanent, Shut

REST = 300.0


def build(payload: dict[str, Any]) -> tiny.Order:
    return tiny.Order.from_json(payload)


def arrived(payload: dict[str, Any], document: tiny.Document) -> None:
    """The order exists: its number comes back. A case that was cancelled meanwhile has it withdrawn again."""
    case = Warranty.objects.get(pk=payload["warranty"])
    action = {CANCELLED: "order_arrived_late", **dict.fromkeys(OPEN, "order_arrived")}.get(case.status)
    if action and case.erp_key == payload["key"]:
        workflow.run(case, action, SYSTEM, data={"id": document.id, "number": document.number})


def told(payload: dict[str, Any], state: str, sentence: str) -> None:
    case = Warranty.objects.get(pk=payload["warranty"])
    people.tell_concerned(case, "warranties.order_failed", SYSTEM)


def record(payload: dict[str, Any]) -> str:
    return f"warranties:{payload['warranty']}"


def cancel(message: Message) -> None:
    """Cancelled twice is cancelled once, and what is gone need not be."""
    try:
        tiny.gateway().cancel_order(message.payload["id"])
    except tiny.ErpMissing:
        return
    except tiny.ErpBusy as error:
        raise Shut(str(error), after=error.after) from error
    except tiny.ErpShut as error:
        raise Shut(str(error), after=REST) from error
    except tiny.ErpRefused as error:
        raise Permanent(str(error)) from error


CHANNELS = [
    tiny.erp_channel(erp.ORDER, _("Order in the ERP"), build, arrived, told=told, record=record),
    Channel(
        erp.WITHDRAWAL, cancel, _("Cancellation of an order in the ERP"), repeat_safe=True, record=record, parallel=1
    ),
]
