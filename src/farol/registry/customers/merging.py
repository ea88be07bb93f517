"""Duplicates: whom they may be the same as, and what goes over when they are merged.

Every foreign key to a customer, in whatever room, is moved; nobody has to declare theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count

from farol.engines import workflow
from farol.platform import audit
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.registry.customers import index, vault
from farol.registry.customers.flow import ACTIVE
from farol.registry.customers.models import Customer, CustomerContact, CustomerOrder, CustomerWord

MOST = 50


@dataclass(frozen=True)
class Duplicates:
    """Customers that may be one: same name, and the same telephone or e-mail."""

    name: str
    customers: list[Customer]


def suggestions(most: int = MOST) -> list[Duplicates]:
    """Groups of the same name that share a telephone or an e-mail address; the same document can't occur twice."""
    active = CustomerContact.objects.filter(customer__status=ACTIVE)
    groups = active.values("hash", "customer__name_key").annotate(n=Count("customer", distinct=True)).filter(n__gt=1)
    found: dict[tuple[int, ...], Duplicates] = {}
    for group in groups.order_by("customer__name_key")[:most]:
        same = active.filter(hash=group["hash"], customer__name_key=group["customer__name_key"])
        customers = list(Customer.objects.filter(pk__in=same.values("customer")).order_by("pk"))
        found[tuple(one.pk for one in customers)] = Duplicates(customers[0].name, customers)
    return list(found.values())


def like(customer: Customer) -> list[Customer]:
    """Other active customers of the same name, those with the same telephone or e-mail first; ten at most."""
    if customer.status != ACTIVE:
        return []
    others = Customer.objects.filter(status=ACTIVE).exclude(pk=customer.pk)
    hashes = [contact.hash for contact in index.contacts_of(customer)]
    sharing = CustomerContact.objects.filter(hash__in=hashes).values("customer")
    close = list(others.filter(pk__in=sharing, name_key=customer.name_key)[:10])
    named = others.filter(name_key=customer.name_key).exclude(pk__in=[one.pk for one in close])
    return [*close, *named[: 10 - len(close)]] if customer.name_key else close


def merge(customer: Customer, into: Customer, principal: Principal, version: int | None = None) -> Customer:
    """`into` stays, `customer` is kept as its duplicate. Refuses like `workflow.run`."""
    return workflow.run(customer, "merge", principal, data={"into": into.number}, version=version)


def carry_over(customer: Customer, principal: Principal) -> None:
    """Everything of a merged customer goes to the one it was merged into."""
    into = Customer.objects.get(pk=customer.merged_into_id)
    moved = {name: count for name, count in _move_links(customer, into).items() if count}
    index.renew(customer)
    if columns := _gained(customer, into):  # not through `run`, which would write them into the history
        Customer.objects.filter(pk=into.pk).update(**columns)
    index.renew(workflow.run(into, "absorb", SYSTEM, reason=customer.number))
    audit.record(principal, "customers.merged", target=into.reference, params={"from": customer.number, "moved": moved})


def _move_links(customer: Customer, into: Customer) -> dict[str, int]:
    """Rows of all models that point to the customer, by the name of the model."""
    taken = CustomerOrder.objects.filter(customer=into).values_list("order", flat=True)
    CustomerOrder.objects.filter(customer=customer, order__in=list(taken)).delete()  # both had it from the same source
    own = (CustomerWord, CustomerContact)
    moved: dict[str, int] = {}
    for relation in Customer._meta.get_fields(include_hidden=True):  # other rooms point here without a name back
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in own:
            continue
        model: Any = relation.related_model
        field = relation.field
        rows = model._default_manager.filter(**{field.name: customer.pk})
        moved[model._meta.label_lower] = rows.update(**{field.name: into.pk})
    return moved


def _gained(customer: Customer, into: Customer) -> dict[str, Any]:
    """Columns of whoever stays: the document, e-mail, telephones and addresses that only the other had."""
    columns: dict[str, Any] = {}
    if customer.document and not into.document:
        columns["document_hash"] = customer.document_hash
        columns["document_sealed"] = vault.seal(into.key, "document", customer.document)
    if customer.email and not into.email:
        columns["email_sealed"] = vault.seal(into.key, "email", customer.email)
    phones = [*into.phones, *(phone for phone in customer.phones if phone not in into.phones)]
    if phones != into.phones:
        columns["phones_sealed"] = vault.seal(into.key, "phones", phones)
    addresses = [*into.addresses, *(one for one in customer.addresses if one not in into.addresses)]
    if addresses != into.addresses:
        columns["addresses_sealed"] = vault.seal(into.key, "addresses", [one.as_json() for one in addresses])
    return columns
