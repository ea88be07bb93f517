"""The order as the ERP has it, beside what the case says: what a verifier looks at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from farol.areas.aftersales.warranties.flow import GENERATED
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors import tiny
from farol.core import formats
from farol.platform.accounts.principal import Principal

KEPT, KEPT_SILENCE = 60, 20  # seconds


@dataclass(frozen=True)
class Row:
    """One thing compared; `same` is False where the two differ."""

    label: str
    ours: str
    theirs: str

    @property
    def same(self) -> bool:
        return self.ours == self.theirs


def section(warranty: Warranty, principal: Principal) -> dict[str, Any] | None:
    """For those who may verify, while there is something to verify."""
    if warranty.status != GENERATED or not principal.may("warranties.verify"):
        return None
    order, silence = ask(warranty.erp_id)
    if order is None:
        return {"silence": silence}
    rows = compare(warranty, order)
    return {"order": order, "rows": rows, "differences": sum(not row.same for row in rows)}


def ask(order_id: str) -> tuple[tiny.OrderState | None, str]:
    """The order, or why it can't be shown. Kept for a minute; silence for a shorter time."""
    key = f"warranties.order.{order_id}"
    found = cache.get(key)
    if found is None:
        try:
            found = (tiny.gateway().get_order(order_id), "")
        except tiny.ErpError as error:
            found = (None, str(error.detail))
        cache.set(key, found, KEPT if found[0] else KEPT_SILENCE)
    return found


def compare(warranty: Warranty, order: tiny.OrderState) -> list[Row]:
    lines = list(warranty.lines.all())
    total = sum((line.quantity * line.unit_value for line in lines), Decimal(0))
    rows = [
        Row(_("Customer"), warranty.customer.name[:30], order.customer[:30]),
        Row(_("Total"), formats.brl(total), formats.brl(order.total)),
        Row(_("Marker"), warranty.marker, warranty.marker if warranty.marker in order.markers else _("missing")),
    ]
    ours = _by_sku((line.sku, Decimal(line.quantity)) for line in lines)
    theirs = _by_sku((item.sku, item.quantity) for item in order.items)
    items = [Row(sku, _quantity(ours[sku]), _quantity(theirs[sku])) for sku in sorted({*ours, *theirs})]
    return [*rows, *items]


def _by_sku(rows: Any) -> defaultdict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for sku, quantity in rows:
        found[sku.upper()] += quantity
    return found


def _quantity(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "—"
