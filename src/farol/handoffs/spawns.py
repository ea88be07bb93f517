"""Records that are opened out of a case, filled in as far as the case knows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import Triage
from farol.areas.aftersales.warranties.models import Warranty
from farol.engines.workflow.module import Spawn
from farol.handoffs import matching
from farol.platform.accounts.principal import Principal


def triage_of(case: Warranty) -> dict[str, Any]:
    return {
        "order": case.order,
        "tracking_code": case.tracking_code,
        "marker": case.marker,
        "customer": case.customer.number,
        "channel": case.channel,
        "items": [
            {
                "sku": line.sku,
                "description": line.description,
                "item_version": line.item_version,
                "quantity": line.quantity,
                "note": line.defect,
            }
            for line in case.lines.all()
        ],
    }


def payable_of(case: Any) -> dict[str, Any]:
    return {"case": case.number}


def voucher_of(case: Any) -> dict[str, Any]:
    customer = {"customer": case.customer.number} if case.customer else {}
    return {**customer, "origin": case.number, "reason": getattr(case, "marker", "") or case.number}


def warranty_of(triage: Triage) -> dict[str, Any]:
    customer = {"customer": triage.customer.number} if triage.customer else {}
    return {
        **customer,
        "order": triage.order,
        "channel": triage.channel,
        "tracking_code": triage.tracking_code,
        "items": [
            {
                "sku": line.sku,
                "description": line.description,
                "item_version": line.item_version,
                "quantity": line.quantity,
                "defect": triage.reason.name if triage.reason else line.note,
            }
            for line in triage.lines.all()
        ],
    }


def goods_arrived(case: Warranty, triage: Triage, principal: Principal) -> None:
    """The triage of exactly this case."""
    matching.connect(case, triage, principal)


def goods_are_here(triage: Triage, case: Warranty, principal: Principal) -> None:
    """A case opened for goods that arrived without one."""
    matching.connect(case, triage, principal)


SPAWNS = [
    Spawn("warranties", "triage", _("Triage of the returned goods"), triage_of, goods_arrived),
    Spawn("warranties", "payables", _("Payable for this case"), payable_of),
    Spawn("warranties", "vouchers", _("Store credit for the customer"), voucher_of),
    Spawn("triage", "warranties", _("Warranty or exchange for these goods"), warranty_of, goods_are_here),
    Spawn("triage", "payables", _("Payable for this triage"), payable_of),
    Spawn("triage", "vouchers", _("Store credit for the customer"), voucher_of),
]
