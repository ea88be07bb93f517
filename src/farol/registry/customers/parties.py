"""A customer as an ERP takes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from farol.registry.customers.models import COMPANY, Address, Customer


def party(customer: Customer) -> dict[str, Any]:
    """JSON values in clear, the first address with them: for an encrypted outbox payload only."""
    phones, addresses = customer.phones, customer.addresses
    return {
        "name": customer.name,
        "document": customer.document,
        "kind": "J" if customer.kind == COMPANY else "F",
        "email": customer.email,
        "phone": phones[0] if phones else "",
        "address": _address(addresses[0]) if addresses else None,
    }


def _address(address: Address) -> dict[str, str]:
    return {name: text for name, text in asdict(address).items() if name != "label"}
