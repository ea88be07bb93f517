"""Customers as pages, REST and import show them: sealed data masked, whoever looks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from farol.core import phones
from farol.engines.workflow.module import Fact, Facts, Module
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column, Filter
from farol.platform.web.lists.searching import begins
from farol.registry.customers import finding, services
from farol.registry.customers.forms import CustomerForm, MergeForm, initial, mask_email
from farol.registry.customers.models import KINDS, Customer, kind_of
from farol.registry.customers.sections import SECTIONS_OF_CUSTOMERS


def rows(principal: Principal) -> QuerySet:
    return Customer.objects.select_related("owner", "created_by", "merged_into")


def search(found: QuerySet, text: str) -> QuerySet:
    """By number, words of the name, complete document, telephone or e-mail."""
    if text.strip().upper().startswith("CL-"):
        return found.filter(begins("number", text.strip().upper(), found.db))
    return found.filter(pk__in=finding.named(text))


def item(customer: Customer, principal: Principal) -> dict[str, Any]:
    """Sealed data are masked: in clear they come from the operation that the audit keeps."""
    addresses = customer.addresses
    return {
        "name": customer.name,
        "kind": customer.kind,
        "document": customer.document_masked,
        "email": mask_email(customer.email) if customer.email else "",
        "phones": [phones.mask(phone) for phone in customer.phones],
        "addresses": [{"label": one.label, "city": one.city, "state": one.state} for one in addresses],
        "merged_into": finding.survivor(customer).number if customer.merged_into_id else "",
    }


def facts(customer: Customer, principal: Principal) -> list[Facts]:
    who = [Fact(_("Name"), customer.name), Fact(_("Kind"), customer.get_kind_display())]
    if customer.merged_into_id:
        into = finding.survivor(customer)
        who.append(Fact(_("Merged into"), f"{into.number} {into.name}", url=MODULE.url(into)))
    return [Facts(_("Customer"), tuple(who))]


def _mask_document(text: Any) -> str:
    return kind_of(str(text)).mask(str(text))


MODULE = Module(
    name="customers",
    model=Customer,
    label=_("Customer"),
    plural=_("Customers"),
    prefix="CL",
    path="clientes",
    icon="users",
    order=10,
    view="customers.view",
    work="customers.edit",
    form=CustomerForm,
    rows=rows,
    columns=(
        Column("name", _("Name"), sort="name_key"),
        Column("document", _("CPF or CNPJ"), personal=True, mask=_mask_document),
        Column("kind", _("Kind"), value="get_kind_display"),
        Column("place", _("City")),
        Column("email", _("E-mail"), personal=True, mask=lambda text: mask_email(str(text)), shown=False),
        Column(
            "phones",
            _("Telephone"),
            value=lambda one: ", ".join(map(phones.show, one.phones)),
            personal=True,
            shown=False,
        ),
    ),
    item=item,
    facts=facts,
    create=services.create,
    change=services.change,
    initial=initial,
    title=lambda customer: customer.name,
    search=search,
    filters=(Filter("kind", _("Kind"), KINDS),),
    asks={"merge": MergeForm},
    sections=SECTIONS_OF_CUSTOMERS,
    board=False,
    group="registry",
)
MODULES = [MODULE]
