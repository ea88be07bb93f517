"""Opening and changing a payable, and what the ERP answers about it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.aftersales.payables import cases, steps, twins
from farol.areas.aftersales.payables.flow import CANCELLED, PENDING
from farol.areas.aftersales.payables.models import Payable, name_key, sealed
from farol.areas.aftersales.payables.people import tell_concerned
from farol.core.errors import Refused
from farol.engines import workflow
from farol.platform import audit
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.registry import customers

PLAIN = (
    *("beneficiary", "invoice", "amount", "due_on", "category", "method", "barcode", "notes"),
    *("scrap", "scrap_sku", "scrap_version", "scrap_quantity", "scrap_cause", "scrap_responsible"),
)
SCRAP = {"scrap_sku": "", "scrap_version": "", "scrap_quantity": None, "scrap_cause": "", "scrap_responsible": None}


class PossibleDuplicate(Refused):
    """There is a bill like it; whoever has checked it says so and comes again."""

    code = "possible_duplicate"


def create(principal: Principal, values: dict[str, Any]) -> Payable:
    """`values` as `PayableForm` gives them. `PossibleDuplicate` unless `confirm_duplicate`."""
    principal.require("payables.work")
    with transaction.atomic():
        payable = workflow.start(Payable(**columns(values), owner_id=principal.user_id), principal)
        # the number's counter is locked until the end, so that of two twins the second one sees the first
        _refuse_twins(values, payable)
        cases.connect(payable.case_ref, payable.reference)
    return payable


def change(payable: Payable, principal: Principal, values: dict[str, Any], version: int) -> Payable:
    """Refuses like `create`, and while the payable is on its way to the ERP."""
    principal.require("payables.work")
    if refusal := steps.on_its_way(payable):
        raise workflow.TransitionRefused(refusal, code="not_editable")
    before = payable.case_ref
    with transaction.atomic():
        workflow.edit(payable, principal, columns(values, payable), version=version)
        _refuse_twins(values, payable)
        cases.connect(payable.case_ref, payable.reference, before)
    return payable


def _refuse_twins(values: dict[str, Any], payable: Payable) -> None:
    if values.get("confirm_duplicate"):
        return
    if found := twins.find(twins.Bill.of(values), payable):
        sentence = _(
            "It looks like %(numbers)s: same beneficiary, amount and due date, or same slip. Confirm it if not."
        )
        raise PossibleDuplicate(sentence % {"numbers": ", ".join(twin.number for twin in found)})


def columns(values: dict[str, Any], payable: Payable | None = None) -> dict[str, Any]:
    """The columns of the form's values; without scrap its columns are emptied."""
    found = {name: values[name] for name in PLAIN}
    key, document = values["key"], values["document"]
    customer = customers.by_document(document) if document else None
    details = {"document": document, "pix_key": key.value if key else ""}
    same = payable is not None and payable.opened == details
    return {
        **found,
        **({} if values["scrap"] else SCRAP),
        "name_key": name_key(values["beneficiary"]),
        "customer_id": customer.pk if customer else None,
        "document_hash": twins.hashed(document),
        "details": payable.details if payable is not None and same else sealed(**details),
        "pix_kind": key.kind.value if key else "",
        "case_ref": values["case"],
        "deadline": values["due_on"],
    }


def arrived(payload: dict[str, Any], document_id: str) -> None:
    """The ERP has the payable that `payload` describes; runs in the transaction that marks the message."""
    payable = Payable.objects.filter(pk=payload["payable"]).first()
    data = {"id": document_id, "digest": payload["digest"]}
    if payable is not None and payable.status == PENDING:
        workflow.run(payable, "arrived", SYSTEM, data=data)
    elif payable is not None and payable.status == CANCELLED and document_id not in payable.erp_left:
        workflow.run(payable, "arrived_late", SYSTEM, data=data)


def told(payload: dict[str, Any], state: str, sentence: str) -> None:
    """The ERP does not take it; the payable's page says why."""
    if state == "failed" and (payable := Payable.objects.filter(pk=payload["payable"]).first()):
        tell_concerned(payable, "payables.failed", SYSTEM)


def reveal(payable: Payable, principal: Principal) -> Payable:
    """Leave to see document and key in clear, which the audit keeps."""
    principal.require("customers.reveal")
    audit.record(principal, "payables.revealed", target=payable.reference)
    return payable
