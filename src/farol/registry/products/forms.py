"""What a person fills in for a product."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core.fields import MoneyFormField
from farol.core.names import name_key
from farol.engines.workflow.forms import CaseForm
from farol.registry.products import lookup


class ProductForm(CaseForm):
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=60)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=10, required=False)
    cost = MoneyFormField(label=gettext_lazy("Cost"), required=False)
    versions = forms.CharField(
        label=gettext_lazy("Versions"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Names of the versions, with commas between them; the newest last."),
    )

    def clean_sku(self) -> str:
        sku = " ".join(self.cleaned_data["sku"].split())
        twin = lookup.by_sku(sku)
        if twin is not None and twin != self.record:
            sentence = _("%(number)s has this SKU already.") % {"number": twin.number}
            raise ValidationError(sentence, code="taken")
        return sku

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise ValidationError(_("A name has letters or digits."), code="invalid")
        return name

    def clean_cost(self) -> Decimal | None:
        cost = self.cleaned_data["cost"]
        if cost is not None and not 0 <= cost < 10**10:
            raise ValidationError(_("Give a cost from zero on."), code="invalid")
        return cost

    def clean_versions(self) -> list[str]:
        return list(dict.fromkeys(part.strip() for part in self.cleaned_data["versions"].split(",") if part.strip()))
