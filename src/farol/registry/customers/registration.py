"""A new customer out of the registration data that the company has in BigQuery already."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.bigquery import account
from farol.core import phones
from farol.core.errors import BadInput, NotFound
from farol.engines.workflow.forms import CaseForm
from farol.platform.accounts.principal import Principal
from farol.registry.customers import finding, services
from farol.registry.customers.forms import CustomerForm
from farol.registry.customers.models import Customer, kind_of

ADDRESS = ("street", "number", "complement", "district", "city", "state", "postcode")


def bring(document: str, principal: Principal) -> Customer:
    """The customer of a document, opened from the registration data if there is none yet.

    `BadInput` for a wrong document or data that no customer can have, `NotFound` where nobody knows it, `BigQueryError`
    where there is no answer: then the form is filled in by hand. The outside is asked before any transaction.
    """
    principal.require("customers.edit")
    kind = kind_of(document)
    plain = kind.validate(document, "document")
    known = finding.by_document(plain)
    if known is not None:
        return known
    found = account.registration(plain)
    if found is None:
        raise NotFound(_("The registration data have nobody with this document. Open the customer by hand."))
    form = CustomerForm(_data(plain, found), principal=principal)
    if not form.is_valid():
        raise BadInput("document", _refusal(form))
    return services.create(principal, form.values)


def _refusal(form: CaseForm) -> str:
    names = ", ".join(dict.fromkeys(name for name, _sentence in form.problems()))
    return _("The registration data can't be taken over (%(fields)s). Open the customer by hand.") % {"fields": names}


def _data(document: str, found: dict[str, Any]) -> dict[str, Any]:
    """What the form would have been given; a telephone or postcode that is none is left out."""
    text = {name: str(value).strip() for name, value in found.items() if value is not None}
    address = {name: text.get(name, "") for name in ADDRESS}
    address["postcode"] = "".join(char for char in address["postcode"] if char.isdigit())[:8]
    if len(address["postcode"]) != 8:
        address["postcode"] = ""
    return {
        "document": document,
        "name": text.get("name", "")[:120],
        "email": text.get("email", ""),
        "phone": _phone(text.get("phone", "")),
        "addresses": [address] if address["street"] else [],
    }


def _phone(text: str) -> str:
    try:
        return phones.read(text)
    except BadInput:
        return ""
