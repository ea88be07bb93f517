"""What a person fills in for a customer, and what its actions ask.

Sealed fields are never put into a form: left empty they stay as they are, and `remove` empties them.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import phones
from farol.core.errors import BadInput
from farol.core.names import name_key
from farol.engines.workflow.forms import Asked, CaseForm, Lines
from farol.platform.accounts.forms import Choices
from farol.platform.web.widgets import Typed
from farol.registry.customers import finding
from farol.registry.customers.fields import CustomerField
from farol.registry.customers.models import COMPANY, KINDS, PERSON, Customer, kind_of

REMOVABLE = [
    ("document", gettext_lazy("CPF or CNPJ")),
    ("email", gettext_lazy("E-mail")),
    ("phone", gettext_lazy("Telephone")),
    ("other_phone", gettext_lazy("Other telephone")),
]
STATES = [("", "")] + [(uf, uf) for uf in settings.STATES]
HIDDEN = ("recipient", "street", "number", "complement", "district", "postcode")


class AddressForm(forms.Form):
    """One address. `kept` is the place of one that is there already: what is left empty of it stays."""

    kept = forms.IntegerField(required=False, min_value=0, max_value=200, widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("Name of the address"), max_length=40, required=False)
    postcode = forms.CharField(
        label=gettext_lazy("Postcode (CEP)"), max_length=10, required=False, widget=Typed("postcode")
    )
    street = forms.CharField(label=gettext_lazy("Street"), max_length=120, required=False)
    number = forms.CharField(label=gettext_lazy("House number"), max_length=20, required=False)
    complement = forms.CharField(label=gettext_lazy("Complement"), max_length=60, required=False)
    district = forms.CharField(label=gettext_lazy("District"), max_length=60, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State (UF)"), choices=STATES, required=False)
    recipient = forms.CharField(label=gettext_lazy("Recipient"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("kept") is not None:
            for name in HIDDEN:
                self.fields[name].widget.attrs["placeholder"] = _("stays as it is")

    def clean_postcode(self) -> str:
        digits = re.sub(r"[\s.\-]", "", self.cleaned_data["postcode"])
        if digits and not re.fullmatch(r"[0-9]{8}", digits):
            raise ValidationError(_("A postcode has eight digits."), code="invalid")
        return digits

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("kept") is None and self.has_changed() and "street" not in self.errors and not values["street"]:
            self.add_error("street", ValidationError(_("Say the street, or take this address out."), code="required"))
        return values


class CustomerForm(CaseForm):
    """`values` has `document`, `email` and `phones` as they shall be, and whole addresses."""

    record: Customer | None
    lines = Lines("addresses", gettext_lazy("Addresses"), AddressForm, at_least=0, at_most=20)

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("By document")), *KINDS], required=False
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    document = forms.CharField(
        label=gettext_lazy("CPF or CNPJ"), max_length=40, required=False, widget=Typed("document")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False, widget=Typed("phone"))
    other_phone = forms.CharField(
        label=gettext_lazy("Other telephone"), max_length=40, required=False, widget=Typed("phone")
    )
    remove = forms.MultipleChoiceField(label=gettext_lazy("Remove"), choices=REMOVABLE, required=False, widget=Choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is None:
            del self.fields["remove"]
            return
        for name in ("document", "email", "phone", "other_phone"):
            if held := self._held(name):
                self.fields[name].help_text = _("Leave it empty to keep %(held)s.") % {"held": hint(name, held)}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise ValidationError(_("A name has letters or digits."), code="invalid")
        return name

    def clean_document(self) -> str:
        text = self.cleaned_data["document"]
        if not text:
            return ""
        kind = kind_of(text)
        if not kind.is_valid(text):
            raise ValidationError(str(kind.wrong), code="invalid")
        twin = finding.by_document(text)
        if twin is not None and twin != self.record:
            sentence = _("%(number)s has this document already.") % {"number": twin.number}
            raise ValidationError(sentence, code="taken")
        return kind.normalize(text)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_other_phone(self) -> str:
        return self._phone("other_phone")

    def _phone(self, name: str) -> str:
        text = self.cleaned_data[name]
        try:
            return phones.read(text, name) if text else ""
        except BadInput as error:
            raise ValidationError(str(error.detail), code=error.code) from error

    def _held(self, name: str) -> str:
        """What a sealed field of the record holds now."""
        if self.record is None:
            return ""
        if name in ("document", "email"):
            return getattr(self.record, name)
        place = 0 if name == "phone" else 1
        return (self.record.phones[place : place + 1] or [""])[0]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        removed = values.pop("remove", [])
        for name in ("document", "email", "phone", "other_phone"):
            if name in values and not values[name] and name not in removed:
                values[name] = self._held(name)
        known = [values.pop("phone", ""), values.pop("other_phone", "")]
        values["phones"] = list(dict.fromkeys(phone for phone in known if phone))
        if not values.get("kind"):
            values["kind"] = COMPANY if len(values.get("document", "")) == 14 else PERSON
        return values

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Whole addresses: of those that are there already, what was left empty is filled in."""
        known = [address.as_json() for address in self.record.addresses] if self.record else []
        return [whole(row, known) for row in self._given()]

    def _given(self) -> list[dict[str, Any]]:
        sent = [row.cleaned_data for row in self.formset or []]
        return [row for row in sent if any(value not in (None, "") for value in row.values())]


def whole(row: dict[str, Any], known: list[dict[str, str]]) -> dict[str, Any]:
    """A row with the hidden parts of the address that it changes; a new street brings all parts anew."""
    place = row.get("kept")
    given = {name: value for name, value in row.items() if name != "kept"}
    if place is None or place >= len(known) or given.get("street"):
        return given
    return {**given, **{name: given.get(name) or known[place].get(name, "") for name in HIDDEN}}


def hint(name: str, held: str) -> str:
    """A sealed value as everybody may see it."""
    if name == "document":
        return kind_of(held).mask(held)
    return mask_email(held) if name == "email" else phones.mask(held)


def mask_email(email: str) -> str:
    """`m•••@•••.br`."""
    user, _at, domain = email.partition("@")
    return f"{user[:1]}•••@•••.{domain.rpartition('.')[2]}" if domain else "•••"


def initial(customer: Customer) -> dict[str, Any]:
    """Nothing sealed but what tells one address from another."""
    addresses = [
        {"kept": place, "label": one.label, "city": one.city, "state": one.state}
        for place, one in enumerate(customer.addresses)
    ]
    return {"kind": customer.kind, "name": customer.name, "addresses": addresses}


class MergeForm(Asked):
    """Who stays."""

    into = CustomerField(label=gettext_lazy("Merge into"))
