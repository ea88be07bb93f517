"""Opening and changing a warranty or exchange; what happens to it afterwards are the steps of its flow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.aftersales.warranties import markers, steps
from farol.areas.aftersales.warranties.models import Warranty, WarrantyItem
from farol.core.errors import BadInput, Refused
from farol.engines import ledger, workflow
from farol.platform.accounts.principal import Principal

LONGEST_SUMMARY = 160
PLAIN = ("channel", "return_needed", "carrier", "tracking_code", "posting_deadline", "notes")
Values = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def open_case(principal: Principal, values: dict[str, Any]) -> Warranty:
    """A new case with its number, marker and items; a cost that is known already goes to the books.

    `NotAllowed` without the right.
    """
    principal.require("warranties.work")
    rows = _clean_rows(values["items"])
    case = Warranty(
        kind=values["kind"],
        order=_order(values),
        customer=values["customer"],
        owner_id=principal.user_id,
        deadline=steps.due_in(settings.FAROL_WARRANTY_DAYS),
        **_columns(values, rows),
    )
    with transaction.atomic():
        case.number = workflow.next_number(case)
        case.marker_key = markers.key_of(case.kind, case.order, case.customer_id, rows[0]["sku"])
        case.marker, case.marker_number = markers.take(case.kind, case.marker_key)
        workflow.start(case, principal)
        _store(case, rows)
        if cost := values.get("cost"):
            ledger.charge(case.reference, "freight", cost, source=case.reference, principal=principal)
    return case


def change(case: Warranty, principal: Principal, values: dict[str, Any], version: int) -> Warranty:
    """Refuses like `workflow.edit`; besides, while an order is on its way, and what would move the marker elsewhere."""
    principal.require("warranties.work")
    rows = _clean_rows(values["items"])
    _same_marker(case, values, rows)
    columns = {"customer_id": values["customer"].pk, **_columns(values, rows, before=case)}
    with transaction.atomic():
        # a click on “generate” in between changes the version, which the edit then notices
        if refusal := steps.no_order_on_its_way(case, principal):
            raise Refused(refusal)
        items = case.items
        workflow.edit(case, principal, columns, version=version)
        if case.items != items:
            case.lines.all().delete()
            _store(case, rows)
    return case


def _columns(values: Values, rows: Rows, before: Warranty | None = None) -> dict[str, Any]:
    address = values.get("delivery") or {}
    kept = before is not None and before.delivery_address == address
    return {
        **{name: values[name] for name in PLAIN},
        "delivery": before.delivery if kept and before else _sealed(address),
        "items": _digest(rows),
        "summary": _summary(rows),
    }


def _order(values: Values) -> str:
    return values["order"].strip()


def _clean_rows(rows: Rows) -> list[dict[str, Any]]:
    if not rows:
        raise BadInput("items", _("Add at least one item."), code="required")
    return [
        {
            "sku": row["sku"].strip(),
            "description": row.get("description") or "",
            "item_version": row.get("item_version") or "",
            "quantity": row["quantity"],
            "unit_value": row.get("unit_value") or Decimal("0.00"),
            "defect": row.get("defect") or "",
        }
        for row in rows
    ]


def _same_marker(case: Warranty, values: Values, rows: Rows) -> None:
    """A marker is given once and stays where it was counted."""
    kind, order, customer = values["kind"], _order(values), values["customer"]
    if markers.key_of(kind, order, customer.pk, rows[0]["sku"]) == case.marker_key:
        return
    wrong = "kind" if kind != case.kind else "order" if order.upper() != case.order.upper() else "customer"
    if wrong == "customer" and customer.pk == case.customer_id:
        wrong = "items.0.sku"
    sentence = _("The marker %(marker)s was counted with what stood here before. Cancel this case and open another.")
    raise BadInput(wrong, sentence % {"marker": case.marker}, code="marker_given")


def _store(case: Warranty, rows: Rows) -> None:
    lines = [WarrantyItem(warranty=case, position=place, **row) for place, row in enumerate(rows, 1)]
    WarrantyItem.objects.bulk_create(lines)


def _digest(rows: Rows) -> str:
    text = json.dumps([{name: str(value) for name, value in row.items()} for row in rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _summary(rows: Rows) -> str:
    text = ", ".join(f"{row['quantity']} × {row['sku']}" for row in rows)
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1] + "…"


def _sealed(address: Values) -> bytes:
    return settings.KEYRING.encrypt(json.dumps(address).encode()) if address else b""
