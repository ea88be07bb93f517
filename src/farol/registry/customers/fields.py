"""The form field by which other rooms choose a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farol.platform.web.widgets import Lookup


def _described(number: str) -> str:
    from farol.registry.customers.finding import described

    return described(number)


class CustomerLookup(Lookup):
    """The look-up that also opens a customer whom nobody knows yet (`open.js`)."""

    class Media:
        js = ("customers/open.js",)

    def __init__(self) -> None:
        super().__init__("customers_lookup:search", describe=_described)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        ours = {
            "data-open-customer": reverse("customers_lookup:open"),
            "data-text-open": gettext("Nobody here has this document. Open the customer now, and go on:"),
            "data-text-name": gettext("Name of the new customer"),
            "data-text-bring": gettext("Bring from the registration data"),
            "data-text-by-hand": gettext("Open with this name"),
            "data-text-failed": gettext("The customer could not be opened. What you typed is kept; try again."),
        }
        return super().get_context(name, value, {**ours, **(attrs or {})})


class CustomerField(forms.CharField):
    """A customer's number, or a complete CPF or CNPJ; the value is the record (None for an empty one).

    A merged customer's number gives the one it was merged into; an anonymised one is refused.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", CustomerLookup)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        from farol.registry.customers import finding
        from farol.registry.customers.flow import ACTIVE

        text = super().clean(str(value) if value is not None else value)
        if not text:
            return None
        customer = finding.by_number(text) or finding.by_document(text)
        if customer is None:
            raise ValidationError(
                _("There is no such customer. Choose one from the list, or open one under Customers."), code="unknown"
            )
        if customer.status != ACTIVE:
            raise ValidationError(_("This customer was anonymised."), code="anonymised")
        return customer

    def from_json(self, value: str) -> str:
        """By REST a customer is a number, never a document: what other systems log must not hold one."""
        if not value.strip().upper().startswith("CL-"):
            raise ValidationError(_("Give the customer's number, such as CL-2026-000001."), code="unknown")
        return value

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "number", value)
