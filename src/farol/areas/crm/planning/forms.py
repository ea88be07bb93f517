"""What the pages of planning ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.planning.goals import MOST_COUNT, GoalValues
from farol.areas.crm.planning.marks import MOST
from farol.areas.crm.planning.sellers import month_of
from farol.areas.crm.planning.spend import LENGTHS, SpendKey
from farol.core.fields import MoneyFormField

ALL_CHANNELS = [("", _("All channels")), *CHANNELS.items()]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GoalForm(forms.Form):
    """A month, whose goal it is, and what it should bring."""

    month = forms.CharField(label=_("Month"), max_length=10, widget=forms.TextInput(attrs={"type": "month"}))
    responsible_id = forms.ChoiceField(label=_("Seller"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=ALL_CHANNELS)
    revenue = MoneyFormField(label=_("Revenue in reais"), required=False, help_text=_("For example 250.000,00"))
    won = forms.IntegerField(label=_("Won deals"), required=False, min_value=1, max_value=MOST_COUNT)
    leads = forms.IntegerField(label=_("New leads"), required=False, min_value=1, max_value=MOST_COUNT)

    def __init__(self, *args: Any, sellers: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Everybody")), *sellers.items()]
        self.fields["responsible_id"].choices = choices

    def clean_month(self) -> dt.date:
        month = month_of(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError(_("Write the month as 2026-11."))
        return month

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.values.empty:
            raise forms.ValidationError(_("Give at least one of the goals."))
        return cleaned

    @property
    def values(self) -> GoalValues:
        data = self.cleaned_data
        return GoalValues(data.get("revenue"), data.get("won"), data.get("leads"))


class SpendForm(forms.Form):
    """Days, what was paid for, and how much."""

    first = forms.DateField(label=_("First day"), widget=DATE)
    last = forms.DateField(label=_("Last day"), widget=DATE)
    channel = forms.ChoiceField(label=_("Channel"), choices=list(CHANNELS.items()))
    amount = MoneyFormField(label=_("Amount in reais"), help_text=_("For example 1.250,00"))
    source = forms.CharField(
        label=_("Source"), required=False, max_length=LENGTHS["source"], help_text=_("As the leads' source is called")
    )
    utm_source = forms.CharField(label=_("UTM source"), required=False, max_length=LENGTHS["utm_source"])
    utm_medium = forms.CharField(label=_("UTM medium"), required=False, max_length=LENGTHS["utm_medium"])
    utm_campaign = forms.CharField(label=_("UTM campaign"), required=False, max_length=LENGTHS["utm_campaign"])

    @property
    def key(self) -> SpendKey:
        return SpendKey(**{name: self.cleaned_data[name] for name in SpendKey.__dataclass_fields__})


class MarkForm(forms.Form):
    """Where one mark lies."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=40)
    value = forms.DecimalField(
        label=_("Mark"),
        max_digits=14,
        decimal_places=4,
        max_value=MOST,
        localize=True,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal", "size": "7"}),
    )
