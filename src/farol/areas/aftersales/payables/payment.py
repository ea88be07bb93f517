"""How a payable is to be paid, and what was paid: a part of its page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables.flow import CANCELLED, PAID
from farol.areas.aftersales.payables.models import PIX, Payable
from farol.core import pix
from farol.engines.ledger.models import Entry
from farol.engines.workflow.module import Section
from farol.platform.accounts.principal import Principal

PIX_KINDS = {
    pix.Kind.CPF.value: _("CPF"),
    pix.Kind.CNPJ.value: _("CNPJ"),
    pix.Kind.PHONE.value: _("Telephone"),
    pix.Kind.EMAIL.value: _("E-mail"),
    pix.Kind.EVP.value: _("Random key"),
}


def instruction(payable: Payable) -> str:
    """The line of the slip, or the key as everybody may see it."""
    key = payable.pix_key
    return pix.mask(key) if key else payable.line


def copy_and_paste(payable: Payable) -> str:
    """The PIX code for the bank's page; empty for a slip, and for a name that the code cannot hold."""
    key = payable.pix_key
    name = pix.plain_text(payable.beneficiary).strip()
    if not key or not name:
        return ""
    city = pix.plain_text(settings.FAROL_CITY).strip() or "BRASIL"
    return pix.build(pix.BrCode(name, city, key.value, payable.amount, payable.number.replace("-", "")))


def context(payable: Payable, principal: Principal) -> dict[str, Any]:
    """Context of `payables/payment.html`."""
    postings = (
        Entry.objects.filter(posting__source=payable.reference).exclude(case="").select_related("posting__person")
    )
    return {
        "payable": payable,
        "instruction": instruction(payable),
        "kind": PIX_KINDS.get(payable.pix_kind, ""),
        "may_reveal": principal.may("customers.reveal") and payable.method == PIX,
        "open": payable.status not in (PAID, CANCELLED),
        "postings": postings,
        "left": payable.erp_left,
    }


def printed(told: dict[str, Any]) -> list[tuple[str, ...]]:
    """How it is to be paid, on paper: the key as everybody may see it, or the line of the slip."""
    how = f"{told['payable'].get_method_display()} {told['kind']}".strip()
    return [(how, told["instruction"])] if told["instruction"] else []


SECTION = Section("payment", _("Payment"), "payables/payment.html", context, printed=printed)
