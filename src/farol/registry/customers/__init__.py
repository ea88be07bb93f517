"""Customers: people and companies, their personal data under a key of each one's own.

Other rooms use what is named here.

    customer = CustomerField(label=_("Customer"))        in a form: a number or a complete CPF or CNPJ, gives the record
    customers.party(record)                              name, document, contacts and address for the ERP
    customers.named("silva mar")                         primary keys of at most 1,000 customers, for a list's search
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farol.registry.customers.fields import CustomerField

if TYPE_CHECKING:
    from farol.platform.accounts.principal import Principal
    from farol.registry.customers.finding import Suggestion
    from farol.registry.customers.models import Customer

__all__ = ["CustomerField", "by_document", "by_number", "document_hash", "lookup", "named", "party"]


def by_number(text: str) -> Customer | None:
    """The customer of a number; of a merged one, the one it was merged into."""
    from farol.registry.customers import finding

    return finding.by_number(text)


def by_document(text: str) -> Customer | None:
    """The active customer of a complete, valid CPF or CNPJ in any punctuation."""
    from farol.registry.customers import finding

    return finding.by_document(text)


def document_hash(text: str) -> str:
    """The keyed hash under which a CPF or CNPJ is kept beside its encrypted form; empty for an empty text."""
    from farol.registry.customers import vault

    return vault.document_hash(text)


def lookup(text: str, principal: Principal) -> list[Suggestion]:
    """Suggestions while typing; nothing for people who may not see customers."""
    from farol.registry.customers import finding

    return finding.suggest(text, principal)


def named(text: str) -> list[int]:
    """Primary keys of customers by number, words of the name or complete document; at most 1,000."""
    from farol.registry.customers import finding

    return finding.named(text)


def party(customer: Customer) -> dict[str, Any]:
    """What an ERP has to know about a customer, in clear: for an encrypted outbox payload only."""
    from farol.registry.customers.parties import party as _party

    return _party(customer)
