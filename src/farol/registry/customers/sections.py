"""Parts of a customer's page: contacts masked, everything that ever happened, past orders, possible duplicates."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core import phones
from farol.engines.workflow.module import Section
from farol.platform.accounts.principal import Principal
from farol.registry.customers import merging
from farol.registry.customers.flow import ACTIVE, ANONYMISED
from farol.registry.customers.forms import mask_email
from farol.registry.customers.models import Customer


def contacts(customer: Customer, principal: Principal) -> dict[str, Any] | None:
    if customer.status == ANONYMISED:
        return None
    return {
        "customer": customer,
        "document": customer.document_masked,
        "email": mask_email(customer.email) if customer.email else "",
        "phones": [phones.mask(phone) for phone in customer.phones],
        "addresses": customer.addresses,
        "may_reveal": principal.may("customers.reveal"),
        "may_privacy": principal.may("customers.privacy"),
    }


def past(customer: Customer, principal: Principal) -> dict[str, Any] | None:
    """Only the place: the orders come afterwards, from a request of their own that may take its time."""
    return {"customer": customer} if customer.status == ACTIVE else None


def history(customer: Customer, principal: Principal) -> dict[str, Any]:
    """Only the place: one question for each kind of record is too much for the page itself."""
    return {"customer": customer}


def duplicates(customer: Customer, principal: Principal) -> dict[str, Any] | None:
    found = merging.like(customer) if principal.may("customers.merge") else []
    return {"customer": customer, "duplicates": found} if found else None


SECTIONS_OF_CUSTOMERS = (
    Section("contacts", _("Document, contacts and addresses"), "customers/contacts.html", contacts),
    Section("orders", _("Past orders"), "customers/past.html", past),
    Section("records", _("Everything about this customer"), "customers/history.html", history),
    Section("duplicates", _("Possible duplicates"), "customers/duplicates.html", duplicates, side=True),
)
