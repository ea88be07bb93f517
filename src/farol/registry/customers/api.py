"""REST operations of customers beside those of every module."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.registry.customers import finding, services
from farol.registry.customers.modules import MODULE
from farol.registry.customers.orders import past_orders

router = Router(tags=["customers"])
searching = Router(tags=["customers"])
ROUTERS = [("/customers", router), ("/lookup/customers", searching)]


@searching.get("", summary="Customers while typing", operation_id="customers_lookup")
@requires("customers.view")
def lookup(request: HttpRequest, q: str = "") -> dict[str, Any]:
    """By words of the name, number, or complete document, telephone or e-mail; the ten that fit best."""
    found = finding.suggest(q[:200], asker_of(request))
    return {"items": [suggestion.as_json() for suggestion in found], "next": None}


@router.post("/{number}/reveal", summary="Personal data of a customer in clear", operation_id="customers_reveal")
@requires("customers.reveal")
def reveal(request: HttpRequest, number: str) -> dict[str, Any]:
    """The audit keeps who saw which fields of whom."""
    principal = asker_of(request)
    principal.require(MODULE.view)
    customer = MODULE.get(number, principal)
    return {"number": customer.number, "name": customer.name, **services.reveal(customer, principal)}


@router.get("/{number}/orders", summary="Past orders of a customer", operation_id="customers_orders")
@requires("customers.view")
def orders(request: HttpRequest, number: str) -> dict[str, Any]:
    """From BigQuery or the local table, within two seconds; `note` says why the former is missing."""
    return past_orders(MODULE.get(number, asker_of(request))).as_json()
