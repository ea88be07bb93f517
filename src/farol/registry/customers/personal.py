"""What this room holds about a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.models import Comment, HistoryEntry
from farol.platform.accounts.principal import OPERATOR
from farol.registry.customers import orders, records
from farol.registry.customers.flow import ANONYMISED
from farol.registry.customers.models import Customer, CustomerOrder
from farol.registry.customers.privacy import Holding


def _registration(customer: Customer) -> list[dict[str, Any]]:
    if customer.status == ANONYMISED:
        return []
    known = {
        "number": customer.number,
        "name": customer.name,
        "kind": customer.kind,
        "document": customer.document,
        "email": customer.email,
        "phones": customer.phones,
        "addresses": [address.as_json() for address in customer.addresses],
        "since": customer.created_at.isoformat(),
    }
    return [{name: value for name, value in known.items() if value}]


def _orders(customer: Customer) -> list[dict[str, Any]]:
    return [
        orders.PastOrder(row.order, row.day, row.channel, tuple(map(orders.line_of, row.items))).as_json()
        for row in CustomerOrder.objects.filter(customer=customer)
    ]


def _records(customer: Customer) -> list[dict[str, Any]]:
    return [
        {"kind": one.module.name, "number": one.number, "state": one.state.name, "opened": one.at.isoformat()}
        for one in records.of(customer, OPERATOR, most=100_000)
    ]


def _steps(customer: Customer) -> list[dict[str, Any]]:
    steps = HistoryEntry.objects.filter(record=customer.reference)
    return [{"at": one.at.isoformat(), "action": one.action, "reason": one.reason} for one in steps]


def _comments(customer: Customer) -> list[dict[str, Any]]:
    said = Comment.objects.filter(record=customer.reference)
    return [{"at": one.at.isoformat(), "text": one.text} for one in said]


def _forget_comments(customer: Customer) -> None:
    """What people wrote about somebody may name them."""
    Comment.objects.filter(record=customer.reference).delete()


HOLDINGS = [
    Holding("registration", _("Registration data"), _registration),
    Holding("orders", _("Past orders"), _orders, _("Consumer and tax law: what was sold, without who bought it.")),
    Holding("records", _("Cases, vouchers and payables"), _records, _("Consumer and tax law: five years.")),
    Holding("history", _("Changes of the customer"), _steps, _("Proof of what was done with the data, without them.")),
    Holding("comments", _("Comments on the customer"), _comments, forget=_forget_comments),
]
