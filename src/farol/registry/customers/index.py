"""What a customer is found by, kept in step with the record."""

from __future__ import annotations

from farol.core.names import words
from farol.registry.customers import vault
from farol.registry.customers.flow import ACTIVE
from farol.registry.customers.models import Customer, CustomerContact, CustomerWord


def renew(customer: Customer) -> None:
    """Write the index of one customer anew; for one that is not active any more there is none."""
    CustomerWord.objects.filter(customer=customer).delete()
    CustomerContact.objects.filter(customer=customer).delete()
    if customer.status == ACTIVE:
        CustomerWord.objects.bulk_create(words_of(customer))
        CustomerContact.objects.bulk_create(contacts_of(customer))


def words_of(customer: Customer) -> list[CustomerWord]:
    return [CustomerWord(customer=customer, word=word, name_key=customer.name_key) for word in words(customer.name_key)]


def contacts_of(customer: Customer) -> list[CustomerContact]:
    known = [("phone", phone) for phone in customer.phones] + ([("email", customer.email)] if customer.email else [])
    return [CustomerContact(customer=customer, kind=k, hash=vault.contact_hash(k, text)) for k, text in known]
