"""What triages hold about a person: that goods of theirs came back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import Triage
from farol.registry.customers.models import Customer
from farol.registry.customers.privacy import Holding


def find(customer: Customer) -> list[dict[str, Any]]:
    return [
        {"number": row.number, "received_on": row.received_on.isoformat(), "order": row.order, "items": row.summary}
        for row in Triage.objects.filter(customer=customer).order_by("pk")
    ]


HOLDINGS = [
    Holding("triage", _("Triage of returns"), find, _("Proof of what was returned, for as long as it may be claimed"))
]
