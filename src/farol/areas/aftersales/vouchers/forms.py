"""What a person fills in to issue store credit and to ask for its use."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.vouchers.models import Voucher
from farol.areas.aftersales.vouchers.services import grouped
from farol.areas.aftersales.vouchers.steps import LONGEST_YEARS
from farol.core import clock
from farol.core.errors import NotFound
from farol.core.fields import MoneyFormField
from farol.core.ids import read_code
from farol.engines.ledger import closings, scrapping
from farol.engines.ledger.scrapping import ScrapFields
from farol.engines.workflow.forms import Asked, CaseForm
from farol.engines.workflow.module import get_module, modules
from farol.platform.accounts.principal import Principal
from farol.registry.customers import CustomerField
from farol.registry.products import ProductField

OWN = ("vouchers", "redemptions")
MOST = Decimal(10_000_000)


def positive(amount: Decimal | None) -> Decimal | None:
    """The amount; refused where it is nothing, less than nothing, or surely a slip."""
    if amount is not None and not 0 < amount <= MOST:
        raise ValidationError(_("Give an amount above zero, R$ 10 million at most."))
    return amount


class VoucherForm(CaseForm):
    customer = CustomerField(label=_("Customer"))
    amount = MoneyFormField(label=_("Amount"), max_length=40)
    expires_on = forms.DateField(label=_("Valid until"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    origin = forms.CharField(
        label=_("Origin case"),
        max_length=24,
        required=False,
        help_text=_("Number of the warranty, exchange or triage that it is given for."),
    )
    issued_on = forms.DateField(
        label=_("Issued on"), required=False, help_text=_("Empty: today. For credit that was granted before.")
    )

    def clean_amount(self) -> Decimal | None:
        return positive(self.cleaned_data["amount"])

    def clean_issued_on(self) -> dt.date:
        day = self.cleaned_data["issued_on"] or clock.today()
        if day > clock.today():
            raise ValidationError(_("This day is still to come. Use today or a day before."))
        if sentence := closings.refusal(day):
            raise ValidationError(sentence, code="month_closed")
        return day

    def clean_expires_on(self) -> dt.date:
        day, today = self.cleaned_data["expires_on"], clock.today()
        if day < today:
            raise ValidationError(_("This day has passed already."))
        if day.year > today.year + LONGEST_YEARS:
            raise ValidationError(_("This day is too far away."))
        return day

    def clean_origin(self) -> str:
        """The record behind the number, as `warranties:17`."""
        number = self.cleaned_data["origin"].strip().upper()
        return reference_of(number, self.principal) if number else ""


def reference_of(number: str, principal: Principal) -> str:
    """`warranties:17` for `GT-2026-000017`, where the person may know of it."""
    for module in modules().values():
        if module.name not in OWN and number.startswith(f"{module.prefix}-") and principal.may(module.view):
            try:
                return module.get(number, principal).reference
            except NotFound:
                break
    raise ValidationError(_("There is no case %(number)s."), params={"number": number})


class ExtendForm(Asked):
    expires_on = forms.DateField(label=_("Valid until"))


class ScrapForm(Asked, ScrapFields):
    """Goods that are thrown away because the customer gets credit for them."""

    one_by_one = ("sku", "cost", "takes_back")

    sku = ProductField(label=_("SKU"), max_length=60, required=False)

    def about(self, record: Any) -> None:
        scrapping.fit(self, record)


class RedemptionForm(CaseForm):
    voucher = forms.CharField(label=_("Voucher"), max_length=24, help_text=_("Its number or its code."))
    amount = MoneyFormField(label=_("Amount"), max_length=40)
    order = forms.CharField(label=_("Order"), max_length=60)

    def clean_voucher(self) -> Voucher:
        text = self.cleaned_data["voucher"].strip().upper()
        visible = get_module("vouchers").rows(self.principal)
        found = visible.filter(number=text).first() or visible.filter(code=grouped(read_code(text))).first()
        if found is None:
            raise ValidationError(_("There is no voucher %(number)s."), params={"number": text})
        return found

    def clean_amount(self) -> Decimal | None:
        return positive(self.cleaned_data["amount"])
