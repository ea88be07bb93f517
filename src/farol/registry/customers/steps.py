"""What the transitions of a customer ask, take and do; `flow.py` is the table that names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.engines.workflow import Act
    from farol.registry.customers.models import Customer

NOBODY = "Anonimizado"


def accept_merging(customer: Customer, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """`into`: number (or complete document) of who stays. Both rows are locked in one order: no two merges cross."""
    from farol.registry.customers import finding
    from farol.registry.customers.models import Customer

    given = data.get("into")
    text = str(given.number if isinstance(given, Customer) else given or "")
    other = finding.by_number(text) or finding.by_document(text)
    if other is None:
        raise BadInput("into", _("There is no such customer. Choose one from the list."), code="unknown")
    if other.pk == customer.pk:
        raise BadInput("into", _("A customer is not merged into itself."), code="same")
    locked = Customer.objects.select_for_update().filter(pk__in=[customer.pk, other.pk]).order_by("pk")
    if any(row.status != "active" for row in locked):
        raise BadInput("into", _("Only active customers are merged."), code="not_active")
    return {"merged_into_id": other.pk}


def merged(customer: Customer, act: Act) -> None:
    from farol.registry.customers import merging

    merging.carry_over(customer, act.principal)


def accept_anonymising(customer: Customer, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """Without the key nothing of the boxes can be read again, wherever copies of them lie."""
    from farol.registry.customers import privacy
    from farol.registry.customers.scrub import scrub

    privacy.forget(customer)  # rooms may still read by what they know the person
    scrub(customer)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # what is freed in the file is overwritten
            cursor.execute("PRAGMA secure_delete=ON")
    empty = {f"{name}_sealed": b"" for name in ("document", "email", "phones", "addresses")}
    return {"name": NOBODY, "name_key": "", "key": b"", "document_hash": "", **empty}


def anonymised(customer: Customer, act: Act) -> None:
    """The index, whoever was merged into this one, and the sign for later restores."""
    from farol.registry.customers import index, privacy, tombstones

    index.renew(customer)
    for duplicate in customer.duplicates.exclude(status="anonymised"):
        privacy.anonymise(duplicate, act.principal, act.reason)
    tombstones.lay(customer)
    transaction.on_commit(tombstones.write)
