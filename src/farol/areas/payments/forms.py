"""What the page of goals asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.core.fields import MoneyFormField


class GoalForm(forms.Form):
    """A month and what it should bring."""

    month = forms.CharField(label=_("Month"), widget=forms.TextInput(attrs={"type": "month"}))
    tpv = MoneyFormField(label=_("Goal of TPV in reais"), required=False, help_text=_("For example 900.000.000,00"))
    largest_share = forms.DecimalField(
        label=_("Largest segment, at most (percent of TPV)"),
        required=False,
        min_value=1,
        max_value=100,
        decimal_places=2,
    )

    def clean_month(self) -> dt.date:
        try:
            return dt.date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(_("Write the month as 2026-11.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("tpv") is None and cleaned.get("largest_share") is None:
            raise forms.ValidationError(_("Give at least one of the two goals."))
        return cleaned
