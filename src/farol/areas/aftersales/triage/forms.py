"""What a person fills in for a triage, and what its actions ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import BOOKED, CONDITIONS, DISPOSITIONS, ReturnReason, TriageItem
from farol.core import clock
from farol.core.fields import MoneyFormField
from farol.engines.workflow.forms import Asked, CaseForm, Lines
from farol.platform.accounts.models import User
from farol.platform.web.widgets import Suggested
from farol.registry.customers import CustomerField
from farol.registry.products import ProductField

MOST_ITEMS = 100
CAUSES = (_("Damaged beyond repair"), _("Defect of manufacture"), _("Misuse"), _("Damaged in transport"))


class ItemForm(forms.Form):
    """One product that came back."""

    sku = ProductField(label=_("SKU"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=120, required=False)
    item_version = forms.CharField(label=_("Version"), max_length=40, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=9999, initial=1)
    condition = forms.ChoiceField(label=_("Condition"), choices=[("", "—"), *CONDITIONS], required=False)
    note = forms.CharField(label=_("Remark"), max_length=200, required=False)


class TriageForm(CaseForm):
    """Received goods. Order, tracking code, marker or customer: whatever the parcel shows finds the warranty."""

    order = forms.CharField(
        label=_("Order"),
        max_length=60,
        required=False,
        help_text=_("Order, tracking code, marker or customer: any of them finds the warranty."),
    )
    tracking_code = forms.CharField(label=_("Tracking code"), max_length=60, required=False)
    marker = forms.CharField(
        label=_("Marker"), max_length=12, required=False, help_text=_("For example GR1; together with the order.")
    )
    customer = CustomerField(label=_("Customer"), required=False)
    channel = forms.CharField(
        label=_("Channel"), max_length=60, required=False, widget=Suggested(lambda: settings.FAROL_CHANNELS)
    )
    reason = forms.ModelChoiceField(
        label=_("Return reason"),
        queryset=ReturnReason.objects.filter(active=True),
        required=False,
        to_field_name="name",
    )
    received_on = forms.DateField(label=_("Received on"), required=False, help_text=_("Empty: today."))
    notes = forms.CharField(label=_("Notes"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3}))
    lines = Lines("items", _("Items"), ItemForm, at_most=MOST_ITEMS)

    def clean_received_on(self) -> dt.date:
        day = self.cleaned_data.get("received_on") or clock.today()
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return day

    def clean_marker(self) -> str:
        return self.cleaned_data["marker"].replace(" ", "").upper()


class DispositionForm(Asked):
    """Where an item goes."""

    one_by_one = ("item", "quantity", "cost")

    item = forms.IntegerField(
        label=_("Item"),
        min_value=1,
        max_value=MOST_ITEMS,
        required=False,
        help_text=_("Its place in the table; empty: all that have no destination yet."),
    )
    quantity = forms.IntegerField(
        label=_("Pieces"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=_("Empty: all of the item. The others wait for a destination of their own."),
    )
    disposition = forms.ChoiceField(label=_("Destination"), choices=DISPOSITIONS)
    cost = MoneyFormField(label=_("Cost of what is scrapped"), required=False, help_text=_("Of all pieces together."))
    cause = forms.CharField(
        label=_("Cause of the scrap"), max_length=120, required=False, widget=Suggested(lambda: map(str, CAUSES))
    )
    responsible = forms.ModelChoiceField(
        label=_("Who answers for it"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        empty_label=_("Whoever decides"),
    )

    def about(self, record: Any) -> None:
        lines = [line for line in record.lines.all() if line.disposition not in BOOKED]
        if all(line.quantity == 1 for line in lines):
            self.fields["quantity"].widget = forms.HiddenInput()
        self.fields["item"].widget = forms.Select(choices=[("", _("All without a destination")), *map(_choice, lines)])
        self.fields["item"].help_text = ""


class TakeBackForm(Asked):
    """Whose destination was wrong."""

    one_by_one = ("item",)

    item = forms.IntegerField(
        label=_("Item"), min_value=1, max_value=MOST_ITEMS, help_text=_("Its place in the table.")
    )

    def about(self, record: Any) -> None:
        lines = [line for line in record.lines.all() if line.disposition]
        self.fields["item"].widget = forms.Select(choices=list(map(_choice, lines)))
        self.fields["item"].help_text = ""


def _choice(line: TriageItem) -> tuple[int, str]:
    where = line.get_disposition_display() if line.disposition else ""
    return line.position, " · ".join(filter(None, (str(line.position), str(line), line.item_version, where)))
