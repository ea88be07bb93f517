"""Payables as pages, REST and import show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.areas.aftersales.payables import cases, erp, sending, services, twins
from farol.areas.aftersales.payables.flow import GENERATED, PENDING, VERIFIED
from farol.areas.aftersales.payables.forms import PayableForm, PaymentForm
from farol.areas.aftersales.payables.models import METHODS, Category, Payable
from farol.areas.aftersales.payables.payment import SECTION, instruction
from farol.core import clock
from farol.engines.workflow.lists import draw_deadline
from farol.engines.workflow.module import Fact, Facts, Module, module_of
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column, Filter

DUE = (
    ("overdue", _("Overdue")),
    ("week", _("Due this week")),
    ("next_week", _("Due next week")),
    ("month", _("Due this month")),
)
WAITING = (
    (PENDING, _("To generate")),
    (GENERATED, _("To verify")),
    (VERIFIED, _("To pay")),
    ("late", _("To pay, overdue")),
)


def rows(principal: Principal) -> QuerySet:
    """Who holds the right for own rows only sees what they opened themselves."""
    found = erp.annotated(Payable.objects.select_related("category", "owner", "created_by"))
    return found.filter(created_by=principal.user_id) if principal.own_only("aftersales.view") else found


def item(payable: Payable, principal: Principal) -> dict[str, Any]:
    """`erp` tells where the payable in the ERP stands. Document and key are masked: whoever may see them does so on the
    page, where the audit keeps it."""
    case = cases.case_of(payable.case_ref)
    return {
        "beneficiary": payable.beneficiary,
        "document": payable.masked_document,
        "invoice": payable.invoice,
        "category": payable.category.name,
        "method": payable.method,
        "pix_kind": payable.pix_kind,
        "pix_key": instruction(payable) if payable.pix_kind else "",
        "boleto_line": payable.line,
        "amount": str(payable.amount),
        "due_on": payable.due_on,
        "case": case.number if case else "",
        "scrap": payable.scrap,
        "paid_on": payable.paid_on,
        "paid_amount": None if payable.paid_amount is None else str(payable.paid_amount),
        "erp": erp.sending_of(payable).state,
        "erp_error": sending.error(payable),
        "erp_id": payable.erp_id,
    }


def facts(payable: Payable, principal: Principal) -> list[Facts]:
    bill = (
        Fact(_("Beneficiary"), payable.beneficiary),
        Fact(_("CPF or CNPJ"), payable.masked_document),
        Fact(_("Amount"), payable.amount, "money"),
        Fact(_("Due date"), payable.due_on, "date"),
        Fact(_("Category"), payable.category.name),
        Fact(_("Invoice or receipt number"), payable.invoice),
        *_case(payable),
        Fact(_("Notes"), payable.notes),
    )
    groups = [Facts(_("Bill"), bill)]
    if payable.scrap:
        scrap = (
            Fact(_("Scrapped item (SKU)"), payable.scrap_sku),
            Fact(_("Version"), payable.scrap_version),
            Fact(_("Quantity"), payable.scrap_quantity, "integer"),
            Fact(pgettext_lazy("scrap", "Cause"), payable.scrap_cause),
            Fact(_("Responsible"), str(payable.scrap_responsible or "")),
        )
        groups.append(Facts(_("Scrap"), scrap))
    return groups


def _case(payable: Payable) -> tuple[Fact, ...]:
    case, module = cases.case_of(payable.case_ref), module_of(payable.case_ref)
    return (Fact(_("Belongs to"), case.number, url=module.url(case)),) if case and module else ()


def initial(payable: Payable) -> dict[str, Any]:
    """Document and key stay out: left empty in the form, they stay as they are."""
    case = cases.case_of(payable.case_ref)
    plain = {name: getattr(payable, name) for name in services.PLAIN if name != "barcode"}
    responsible = payable.scrap_responsible
    return {
        **plain,
        "category": payable.category.name,
        "scrap_responsible": responsible.email if responsible else "",
        "pix_kind": "",
        "boleto_line": payable.line,
        "case": case.number if case else "",
    }


def _due(found: QuerySet, choice: str) -> QuerySet:
    today = clock.today()
    sunday = today - dt.timedelta(days=(today.weekday() + 1) % 7)
    bounds: dict[str, dict[str, Any]] = {
        "overdue": {"due_on__lt": today},
        "week": _span(sunday, 7),
        "next_week": _span(sunday + dt.timedelta(days=7), 7),
        "month": {"due_on__year": today.year, "due_on__month": today.month},
    }
    return found.filter(status__in=Payable.flow.open_states, **bounds[choice])


def _span(start: dt.date, days: int) -> dict[str, dt.date]:
    return {"due_on__gte": start, "due_on__lt": start + dt.timedelta(days=days)}


def _waiting(found: QuerySet, choice: str) -> QuerySet:
    if choice == "late":
        return found.filter(status=VERIFIED, due_on__lt=clock.today())
    return found.filter(status=choice)


def _categories() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Category.objects.values_list("pk", "name")]


MODULE = Module(
    name="payables",
    model=Payable,
    label=_("Payable"),
    plural=_("Payables"),
    prefix="CP",
    path="contas-a-pagar",
    icon="receipt",
    order=40,
    view="aftersales.view",
    work="payables.work",
    form=PayableForm,
    rows=rows,
    columns=(
        Column("beneficiary", _("Beneficiary"), sort="name_key"),
        Column("category", _("Category"), value="category.name"),
        Column("method", _("Method"), value="get_method_display", sort="method"),
        Column("deadline", _("Due date"), kind="date", sort="deadline", draw=draw_deadline),
        Column("amount", _("Amount"), kind="money", sort="amount"),
        sending.COLUMN,
        Column("instruction", _("Key or line"), value=instruction, shown=False),
        Column("document", _("CPF or CNPJ"), value="masked_document", shown=False),
        Column("invoice", _("Invoice or receipt number"), shown=False),
        Column("paid_on", _("Paid on"), kind="date", sort="paid_on", shown=False),
        Column("paid_amount", _("Amount paid"), kind="money", shown=False),
        Column("scrap", _("Scrap"), kind="boolean", shown=False),
        Column("erp_id", _("Id in the ERP"), shown=False),
    ),
    item=item,
    facts=facts,
    create=services.create,
    change=services.change,
    initial=initial,
    title=lambda payable: payable.beneficiary,
    search=twins.search,
    filters=(
        Filter("waiting", _("Waits for"), WAITING, _waiting),
        Filter("due", _("Due"), DUE, _due),
        Filter("method", _("Method"), METHODS),
        Filter("category", _("Category"), _categories),
        sending.FILTER,
    ),
    asks={"pay": PaymentForm},
    sections=(SECTION, sending.SECTION),
)
MODULES = [MODULE]
