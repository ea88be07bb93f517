"""Store credit and its uses as pages, REST and import show them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.vouchers import services, standing, statement
from farol.areas.aftersales.vouchers.forms import ExtendForm, RedemptionForm, ScrapForm, VoucherForm
from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.areas.aftersales.vouchers.services import grouped
from farol.core import formats
from farol.core.ids import read_code
from farol.engines.ledger import scrapping
from farol.engines.workflow import links
from farol.engines.workflow.module import Fact, Facts, Module, Section, get_module, module_of, record_of
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column
from farol.platform.web.lists.searching import any_of, begins
from farol.registry.customers import named

VIEW = "aftersales.view"


def vouchers(_principal: Principal) -> QuerySet:
    """All of them: a seller sees every balance (but own requests only)."""
    return Voucher.objects.select_related("account", "customer", "owner", "created_by")


def find_vouchers(found: QuerySet, text: str) -> QuerySet:
    """By number, by code however it is typed, or by customer."""
    number = begins("number", text.strip().upper(), found.db)
    return any_of(found, number, Q(code=grouped(read_code(text))), Q(customer__in=named(text)))


def voucher_item(voucher: Voucher, _principal: Principal) -> dict[str, Any]:
    origin = record_of(voucher.origin) if voucher.origin else None
    return {
        "customer": voucher.customer.number,
        "code": voucher.code,
        "amount": str(voucher.amount),
        "balance": str(voucher.account.balance),
        "held": str(voucher.account.held),
        "available": str(voucher.account.available),
        "issued_on": voucher.issued_on.isoformat(),
        "expires_on": voucher.expires_on.isoformat(),
        "reason": voucher.reason,
        "origin": origin.number if origin else None,
    }


def voucher_title(voucher: Voucher) -> str:
    values = {"amount": formats.brl(voucher.amount), "customer": voucher.customer.name}
    return gettext("Voucher of %(amount)s · %(customer)s") % values


def redemption_title(use: Redemption) -> str:
    values = {"amount": formats.brl(use.amount), "order": use.order}
    return gettext("Use of %(amount)s · order %(order)s") % values


def voucher_facts(voucher: Voucher, principal: Principal) -> list[Facts]:
    books = voucher.account
    money = (
        Fact(_("Original amount"), voucher.amount, "money"),
        Fact(_("Balance"), books.balance, "money"),
        Fact(_("Held by pending requests"), books.held, "money"),
        Fact(_("Available"), books.available, "money"),
    )
    about = (
        Fact(_("Customer"), voucher.customer.name, url=_url(voucher.customer, principal)),
        Fact(_("Code"), voucher.code),
        Fact(_("Issued on"), voucher.issued_on, "date"),
        Fact(_("Valid until"), voucher.expires_on, "date"),
        Fact(_("Reason"), voucher.reason),
        *_origin(voucher, principal),
    )
    return [Facts(_("Balance"), money), Facts(_("Voucher"), about)]


def _origin(voucher: Voucher, principal: Principal) -> list[Fact]:
    """Where the voucher names a case without being linked to it: what is linked the page shows anyway."""
    linked = voucher.origin in {one.record for one in links.of(voucher)}
    origin = record_of(voucher.origin) if voucher.origin and not linked else None
    return [Fact(_("Origin case"), origin.number, url=_url(origin, principal))] if origin else []


def _url(record: Any, principal: Principal) -> str:
    """The page of a record, for those who may open it."""
    module = module_of(record.reference)
    return module.url(record) if module and principal.may(module.view) else ""


def redemptions(principal: Principal) -> QuerySet:
    """Sellers know of their own requests only."""
    found = Redemption.objects.select_related("voucher__account", "voucher__customer", "owner", "created_by", "hold")
    return found.filter(created_by=principal.user_id) if principal.own_only(VIEW) else found


def find_redemptions(found: QuerySet, text: str) -> QuerySet:
    """By number, the order it is for, the voucher's number, or customer."""
    start = text.strip().upper()
    return any_of(
        found,
        begins("number", start, found.db),
        begins("voucher__number", start, found.db),
        Q(order=text.strip()),
        Q(voucher__customer__in=named(text)),
    )


def redemption_item(use: Redemption, _principal: Principal) -> dict[str, Any]:
    return {
        "voucher": use.voucher.number,
        "customer": use.voucher.customer.number,
        "amount": str(use.amount),
        "order": use.order,
        "requested_by": use.created_by_id,
    }


def redemption_facts(use: Redemption, principal: Principal) -> list[Facts]:
    voucher, books = use.voucher, use.voucher.account
    asked = (
        Fact(_("Amount"), use.amount, "money"),
        Fact(_("Order"), use.order),
        Fact(_("Requested by"), str(use.created_by or "")),
    )
    about = (
        Fact(_("Voucher"), voucher.number, url=get_module("vouchers").url(voucher)),
        Fact(_("Customer"), voucher.customer.name, url=_url(voucher.customer, principal)),
        Fact(_("State"), standing.standing(voucher).label),
        Fact(_("Balance"), books.balance, "money"),
        Fact(_("Available"), books.available, "money"),
        Fact(_("Valid until"), voucher.expires_on, "date"),
    )
    return [Facts(pgettext_lazy("voucher", "Request"), asked), Facts(_("Voucher"), about)]


MODULES = [
    Module(
        name="vouchers",
        model=Voucher,
        label=_("Voucher"),
        plural=_("Store credit"),
        prefix="VC",
        path="vales",
        icon="wallet",
        order=40,
        view=VIEW,
        work="vouchers.manage",
        form=VoucherForm,
        rows=vouchers,
        columns=(
            Column("customer", _("Customer"), value=lambda v: v.customer.name),
            Column("amount", _("Amount"), sort="amount", kind="money"),
            Column("balance", _("Balance"), value="account.balance", sort="account__balance", kind="money"),
            Column("available", _("Available"), value="account.available", kind="money"),
            Column("expires_on", _("Valid until"), sort="expires_on", kind="date"),
            Column("reason", _("Reason"), shown=False),
        ),
        item=voucher_item,
        facts=voucher_facts,
        title=voucher_title,
        create=services.issue,
        search=find_vouchers,
        asks={"extend": ExtendForm, "add_scrap": ScrapForm},
        sections=(
            Section(
                "statement",
                _("Statement"),
                "vouchers/statement.html",
                statement.section,
                printed=statement.printed,
            ),
            Section("scrap", _("Scrap"), "ledger/scrap_lines.html", scrapping.section),
        ),
        state=standing.standing,
        states=standing.STATES,
        narrow=standing.narrow,
    ),
    Module(
        name="redemptions",
        model=Redemption,
        label=_("Use of store credit"),
        plural=_("Uses of store credit"),
        prefix="UV",
        path="usos-de-vale",
        icon="shopping-cart",
        order=45,
        view=VIEW,
        work="vouchers.request",
        form=RedemptionForm,
        rows=redemptions,
        columns=(
            Column("voucher", _("Voucher"), value="voucher.number"),
            Column("customer", _("Customer"), value=lambda use: use.voucher.customer.name),
            Column("amount", _("Amount"), sort="amount", kind="money"),
            Column("order", _("Order"), sort="order"),
            Column("requested_by", _("Requested by"), value=lambda use: str(use.created_by or "")),
        ),
        item=redemption_item,
        facts=redemption_facts,
        title=redemption_title,
        create=services.request_use,
        search=find_redemptions,
        importable=False,
    ),
]
