"""Opening and changing customers, and showing what is sealed."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.core.names import name_key
from farol.engines import workflow
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.registry.customers import index, vault
from farol.registry.customers.models import PERSONAL, Address, Customer

REVEALED = ("document", "email", "phones", "addresses")


class DocumentTaken(Refused):
    """Another active customer has this CPF or CNPJ."""

    code = "document_taken"


def create(principal: Principal, values: dict[str, Any]) -> Customer:
    """`values` as `CustomerForm` gives them, of which only the name must be there; `DocumentTaken` where somebody else
    was first.
    """
    principal.require("customers.edit")
    return _guarded(lambda: _create(principal, values))


def _create(principal: Principal, values: dict[str, Any]) -> Customer:
    customer = Customer()
    for name, value in columns(customer, values).items():
        setattr(customer, name, value)
    workflow.start(customer, principal)
    index.renew(customer)
    return customer


def change(customer: Customer, principal: Principal, values: dict[str, Any], version: int) -> Customer:
    """Refuses like `create` and `workflow.edit`."""
    return _guarded(lambda: _change(customer, principal, values, version))


def _change(customer: Customer, principal: Principal, values: dict[str, Any], version: int) -> Customer:
    workflow.edit(customer, principal, columns(customer, values), version=version)
    index.renew(customer)
    return customer


def _guarded(write: Any) -> Customer:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        if "one_per_document" not in str(error) and "document_hash" not in str(error):
            raise
    raise DocumentTaken(_("Another customer has this CPF or CNPJ already. Search for it."))


def columns(customer: Customer, values: dict[str, Any]) -> dict[str, Any]:
    """The columns of the form's values; a box whose content stays, or of which they say nothing, is left as it is."""
    found: dict[str, Any] = {"name": values["name"], "name_key": name_key(values["name"])}
    if kind := values.get("kind"):
        found["kind"] = kind
    for name in PERSONAL:
        if name in values and (wanted := _plain(name, values[name])) != _held(customer, name):
            found[f"{name}_sealed"] = vault.seal(customer.key, name, wanted)
    if "document" in values:
        found["document_hash"] = vault.document_hash(values["document"])
    return found


def _plain(name: str, value: Any) -> Any:
    return [Address.of(address).as_json() for address in value] if name == "addresses" else value


def _held(customer: Customer, name: str) -> Any:
    held = getattr(customer, name)
    return [address.as_json() for address in held] if name == "addresses" else held


def reveal(customer: Customer, principal: Principal) -> dict[str, Any]:
    """What is sealed, in clear; the audit keeps who saw which fields."""
    principal.require("customers.reveal")
    shown = {name: _held(customer, name) for name in REVEALED}
    fields = [name for name, value in shown.items() if value]
    audit.record(principal, "customers.revealed", target=customer.reference, params={"fields": fields, "count": 1})
    return shown
