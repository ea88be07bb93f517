"""What payables hold about a person: bills of customers, such as refunds; and what is left when one is forgotten."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables.models import Payable, sealed
from farol.registry.customers.models import Customer
from farol.registry.customers.privacy import Holding

NOBODY = "Anonimizado"


def find(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "number": payable.number,
            "opened": payable.created_at.isoformat(),
            "beneficiary": payable.beneficiary,
            "amount": str(payable.amount),
            "due_on": payable.due_on.isoformat(),
            "paid_on": payable.paid_on.isoformat() if payable.paid_on else "",
            "notes": payable.notes,
            **payable.opened,
        }
        for payable in Payable.objects.filter(customer=customer).order_by("pk")
    ]


def forget(customer: Customer) -> None:
    """Name, document and key go where nothing is to be paid any more; an open bill keeps them until its end."""
    ended = Payable.objects.filter(customer=customer).exclude(status__in=Payable.flow.open_states)
    for payable in ended.only("pk"):
        Payable.objects.filter(pk=payable.pk).update(
            beneficiary=NOBODY, name_key="", document_hash="", details=sealed("", ""), notes=""
        )


HOLDINGS = [
    Holding("payables", _("Payables"), find, _("Tax law: five years; what is still to be paid, until it is"), forget)
]
