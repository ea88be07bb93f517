"""What warranties and exchanges hold about a person, and what is left when that person is forgotten."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties.models import Warranty
from farol.registry.customers.models import Customer
from farol.registry.customers.privacy import Holding


def find(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "number": case.number,
            "opened": case.created_at.isoformat(),
            "order": case.order,
            "items": case.summary,
            "delivery": case.delivery_address,
            "notes": case.notes,
        }
        for case in Warranty.objects.filter(customer=customer).order_by("pk")
    ]


def forget(customer: Customer) -> None:
    """The address goes; what was exchanged for which order stays."""
    Warranty.objects.filter(customer=customer).exclude(delivery=b"").update(delivery=b"")


HOLDINGS = [
    Holding(
        "warranties",
        _("Warranties and exchanges"),
        find,
        _("Proof of what was delivered under warranty, for as long as it may be claimed"),
        forget,
    )
]
