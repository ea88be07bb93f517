"""Past orders from a file, for companies without BigQuery: one row per item."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.platform.accounts.principal import Principal
from farol.platform.imports import Checked, Field, Given, Importer, Problem
from farol.registry.customers import finding
from farol.registry.customers.flow import ACTIVE
from farol.registry.customers.models import Customer, CustomerOrder

LONGEST = {"order": 60, "channel": 60, "sku": 60, "description": 120}
MOST = Decimal(1_000_000)


def check(rows: list[Given], principal: Principal) -> Checked:
    known: dict[str, Customer | None] = {}
    checked = Checked([])
    for row in rows:
        who = str(row.values["customer"])
        if who not in known:
            known[who] = finding.by_number(who) or finding.by_document(who)
        problems = [Problem(row.line, column, text) for column, text in _wrong(row.values, known[who])]
        checked.problems += problems
        checked.values.append({**row.values, "customer": known[who]})
    return checked


def _wrong(values: dict[str, Any], customer: Customer | None) -> list[tuple[str, str]]:
    found = []
    if customer is None or customer.status != ACTIVE:
        found.append(("customer", _("There is no such customer.")))
    for name, longest in LONGEST.items():
        if len(str(values.get(name) or "")) > longest:
            found.append((name, _("At most %(most)s characters.") % {"most": longest}))
    if not 0 < (values.get("quantity") or 1) <= MOST:
        found.append(("quantity", _("The quantity has to be above zero.")))
    if not 0 <= (values.get("unit_value") or 0) <= MOST:
        found.append(("unit_value", _("A value is not below zero.")))
    return found


def save(values: dict[str, Any], principal: Principal) -> CustomerOrder:
    """The item joins its order; the same item of the same order is there once, however often the file comes."""
    item = {
        "sku": values.get("sku") or "",
        "description": values.get("description") or "",
        "quantity": format(Decimal(values.get("quantity") or 1).normalize(), "f"),
        "unit_value": f"{values.get('unit_value') or Decimal(0):.2f}",
    }
    start = {"day": values["day"], "channel": values.get("channel") or ""}
    order, _new = CustomerOrder.objects.get_or_create(
        customer=values["customer"], order=values["order"], defaults={**start, "total": Decimal(0)}
    )
    if item not in order.items:
        order.items = [*order.items, item]
        order.total += (Decimal(item["quantity"]) * Decimal(item["unit_value"])).quantize(Decimal("0.01"))
        order.save()
    return order


ORDERS = Importer(
    name="customer_orders",
    label=gettext_lazy("Past orders"),
    columns=(
        Field("customer", gettext_lazy("Customer"), required=True, example="CL-2026-000001"),
        Field("order", gettext_lazy("Order"), required=True, example="PED-1001"),
        Field("day", gettext_lazy("Day"), kind="date", required=True),
        Field("channel", gettext_lazy("Channel")),
        Field("sku", "SKU", required=True, example="FX-100"),
        Field("description", gettext_lazy("Description")),
        Field("quantity", gettext_lazy("Quantity"), kind="number"),
        Field("unit_value", gettext_lazy("Unit value"), kind="money"),
    ),
    check=check,
    save=save,
)
IMPORTERS = [ORDERS]
