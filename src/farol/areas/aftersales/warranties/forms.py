"""What a person fills in for a warranty or exchange, and what its actions ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties.models import KINDS
from farol.core.fields import MoneyFormField
from farol.engines.ledger import scrapping
from farol.engines.ledger.scrapping import ScrapFields
from farol.engines.workflow.forms import Asked, CaseForm, Group, Lines
from farol.platform.web.widgets import Suggested, Typed
from farol.registry import products
from farol.registry.customers import CustomerField
from farol.registry.products import ProductField

STATES = (
    *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
    *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
)
DEFECTS = (_("Does not turn on"), _("Arrived damaged"), _("Wrong product"), _("Missing part"), _("Stopped working"))
CARRIERS = ("Correios", "Jadlog", "Loggi", "Total Express", "Azul Cargo")
COSTS = (("freight", _("Freight")), ("part", _("Part")), ("refund", _("Refund")))
ADDRESS = ("recipient", "postcode", "street", "number", "complement", "district", "city", "state", "phone")
NEEDED = ("postcode", "street", "city", "state")


class ItemForm(forms.Form):
    """One product: what is wrong, and the value at which its replacement goes out."""

    sku = ProductField(label=_("SKU"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=120, required=False)
    item_version = forms.CharField(label=_("Version"), max_length=40, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=9999, initial=1)
    unit_value = MoneyFormField(
        label=_("Unit value"), required=False, help_text=_("Value on the new order; empty counts as zero.")
    )
    defect = forms.CharField(
        label=_("Defect or reason"), max_length=200, required=False, widget=Suggested(lambda: map(str, DEFECTS))
    )

    def clean_unit_value(self) -> Any:
        value = self.cleaned_data.get("unit_value")
        if value is not None and value < 0:
            raise forms.ValidationError(_("A value is not below zero."), code="negative")
        return value

    def clean(self) -> dict[str, Any]:
        """The order in the ERP names the product, also where its SKU was typed or came from a file."""
        cleaned = super().clean() or {}
        if cleaned.get("sku") and not cleaned.get("description"):
            product = products.by_sku(cleaned["sku"])
            cleaned["description"] = product.name[:120] if product else ""
        return cleaned


class WarrantyForm(CaseForm):
    """A case. The delivery address is filled in only where it is not the customer's own."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial="warranty")
    customer = CustomerField(label=_("Customer"))
    order = forms.CharField(
        label=_("Original order"),
        max_length=60,
        required=False,
        help_text=_("The marker (GR1, TR1) counts within it."),
    )
    channel = forms.CharField(
        label=_("Channel"), max_length=60, required=False, widget=Suggested(lambda: settings.FAROL_CHANNELS)
    )
    return_needed = forms.BooleanField(label=_("The customer has to send the goods back"), required=False, initial=True)
    carrier = forms.CharField(
        label=_("Carrier of the return"), max_length=60, required=False, widget=Suggested(lambda: CARRIERS)
    )
    tracking_code = forms.CharField(label=_("Tracking code of the return"), max_length=60, required=False)
    posting_deadline = forms.DateField(label=_("To be posted until"), required=False)
    delivery_recipient = forms.CharField(label=_("Recipient"), max_length=60, required=False)
    delivery_postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False, widget=Typed("postcode"))
    delivery_street = forms.CharField(label=_("Street"), max_length=80, required=False)
    delivery_number = forms.CharField(label=_("House number"), max_length=10, required=False)
    delivery_complement = forms.CharField(label=_("Complement"), max_length=50, required=False)
    delivery_district = forms.CharField(label=_("District"), max_length=40, required=False)
    delivery_city = forms.CharField(label=_("City"), max_length=40, required=False)
    delivery_state = forms.ChoiceField(
        label=_("State (UF)"), required=False, choices=[("", "—"), *((uf, uf) for uf in STATES)]
    )
    delivery_phone = forms.CharField(label=_("Phone"), max_length=20, required=False, widget=Typed("phone"))
    notes = forms.CharField(label=_("Notes"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3}))
    cost = MoneyFormField(
        label=_("Freight known already"), required=False, help_text=_("Goes to the result of the case.")
    )
    lines = Lines("items", _("Items"), ItemForm, at_most=100)
    groups = (
        Group(_("Return of the goods"), ("return_needed", "carrier", "tracking_code", "posting_deadline")),
        Group(_("Deliver to another address"), tuple(f"delivery_{part}" for part in ADDRESS), folded=True),
        Group(_("Notes and cost"), ("notes", "cost"), folded=True),
    )

    class Media:
        js = ("warranties/orders.js",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            del self.fields["cost"]  # later costs are recorded one by one
        else:
            self.fields["customer"].widget.attrs |= _past_orders()

    def clean_cost(self) -> Any:
        cost = self.cleaned_data.get("cost")
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("A cost is not below zero."), code="negative")
        return cost

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        address = {part: (cleaned.pop(f"delivery_{part}", "") or "").strip() for part in ADDRESS}
        if any(address.values()):
            for part in NEEDED:
                if not address[part] and f"delivery_{part}" not in self.errors:
                    self.add_error(f"delivery_{part}", forms.ValidationError(_("Complete the address."), "required"))
        cleaned["delivery"] = {part: text for part, text in address.items() if text}
        return cleaned


def _past_orders() -> dict[str, str]:
    """For `orders.js`: where the past orders of a customer are, and what it says."""
    return {
        "data-past-orders": reverse("customers_lookup:orders", args=["NUMBER"]),
        "data-text-orders": _t("Past orders: one click fills in order and items."),
        "data-text-used": _t("Filled in from order"),
    }


class ReturnForm(Asked):
    """How the goods come back."""

    one_by_one = ("tracking_code",)

    carrier = forms.CharField(
        label=_("Carrier of the return"), max_length=60, required=False, widget=Suggested(lambda: CARRIERS)
    )
    tracking_code = forms.CharField(label=_("Tracking code of the return"), max_length=60, required=False)
    posting_deadline = forms.DateField(
        label=_("To be posted until"), required=False, help_text=_("Empty: the usual term in business days.")
    )


class ArrivalForm(Asked):
    """The goods are here."""

    one_by_one = ("tracking_code",)

    received_on = forms.DateField(label=_("Received on"), required=False, help_text=_("Empty: today."))
    tracking_code = forms.CharField(label=_("Tracking code of the return"), max_length=60, required=False)


class CostForm(Asked):
    """Money that the case cost, or that came back (below zero)."""

    one_by_one = ("amount",)

    category = forms.ChoiceField(label=_("Kind of cost"), choices=COSTS)
    amount = MoneyFormField(label=_("Amount"), help_text=_("Below zero where money came back."))
    memo = forms.CharField(label=_("What it was"), max_length=200, required=False)


class ScrapForm(Asked, ScrapFields):
    """Goods of the case that are thrown away without a triage."""

    one_by_one = ("sku", "cost", "takes_back")

    sku = ProductField(label=_("SKU"), max_length=60, required=False)

    def about(self, record: Any) -> None:
        scrapping.fit(self, record)
        if item := next(iter(record.lines.all()), None):
            self.fields["sku"].widget.describe = None  # the page names its items already
            self.initial |= {"sku": item.sku, "item_version": item.item_version, "quantity": item.quantity}
