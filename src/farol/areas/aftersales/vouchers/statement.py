"""The statement of a voucher: every posting with the balance after it, and what is held for pending requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.areas.aftersales.vouchers.standing import standing
from farol.core import clock, formats
from farol.engines.ledger.models import Entry
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import Principal

ZERO = Decimal(0)
KINDS = {
    "voucher_issued": pgettext_lazy("voucher", "Issued"),
    "voucher_used": pgettext_lazy("voucher", "Use"),
    "voucher_cancelled": _("Rest lost by cancellation"),
    "voucher_expired": _("Rest lost by expiry"),
}


@dataclass(frozen=True)
class Movement:
    """One posting as the voucher sees it, with the balance after it (reais)."""

    number: str
    day: dt.date
    label: Any
    memo: str
    amount: Decimal
    balance: Decimal
    use: str = ""
    url: str = ""


def movements(voucher: Voucher, seen: Iterable[Redemption]) -> list[Movement]:
    """In the order in which they were posted; `seen` are the uses that the reader may know of."""
    uses = {use.reference: use for use in seen}
    entries = Entry.objects.filter(account=voucher.account_id).select_related("posting").order_by("pk")
    found, balance = [], ZERO
    for entry in entries:
        posting, balance = entry.posting, balance + entry.amount
        use = uses.get(posting.source)
        label = _("Use reversed") if posting.reverses_id else KINDS.get(posting.kind, posting.kind)
        link = (use.number, get_module("redemptions").url(use)) if use else ("", "")
        found.append(Movement(posting.number, posting.day, label, posting.memo, entry.amount, balance, *link))
    return found


def section(voucher: Voucher, principal: Principal) -> dict[str, Any]:
    """Context of `vouchers/statement.html`."""
    module = get_module("redemptions")
    uses = list(module.rows(principal).filter(voucher=voucher).order_by("pk"))
    return {
        "movements": movements(voucher, uses),
        "account": voucher.account,
        "pending": [(use, module.url(use)) for use in uses if use.status == "requested"],
    }


def printed(context: dict[str, Any]) -> list[tuple[str, ...]]:
    """The statement on paper: each posting with the balance after it."""
    return [
        (row.number, formats.date(row.day), str(row.label), formats.signed_brl(row.amount), formats.brl(row.balance))
        for row in context["movements"]
    ]


def valid_vouchers(customer: Any) -> list[Voucher]:
    """A customer's vouchers that may be used today, the first to expire first."""
    open_ones = Voucher.objects.filter(customer=customer, status="open", expires_on__gte=clock.today())
    return list(open_ones.select_related("account").order_by("expires_on", "pk"))


def totals(customer: Any) -> dict[str, Decimal]:
    """What a customer may spend: balance, held and available over all valid vouchers, in reais."""
    open_ones = Voucher.objects.filter(customer=customer, status="open", expires_on__gte=clock.today())
    sums = open_ones.aggregate(balance=Sum("account__balance"), held=Sum("account__held"))
    balance, held = sums["balance"] or ZERO, sums["held"] or ZERO
    return {"balance": balance, "held": held, "available": balance - held}


def of_customer(customer: Any, principal: Principal) -> dict[str, Any] | None:
    """Context of `vouchers/of_customer.html`; None for people who have nothing to do with store credit."""
    if not principal.may("vouchers.request"):
        return None
    url = get_module("vouchers").url
    shown = [(voucher, standing(voucher), url(voucher)) for voucher in valid_vouchers(customer)]
    return {"vouchers": shown, **totals(customer)} if shown else None
