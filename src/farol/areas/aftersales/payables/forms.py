"""What a person fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from farol.areas.aftersales.payables import cases, twins
from farol.areas.aftersales.payables.models import BOLETO, METHODS, PIX, Category, Payable
from farol.core import boleto, clock, documents, formats, pix
from farol.core.errors import BadInput
from farol.core.fields import MoneyFormField
from farol.engines.workflow.forms import Asked, CaseForm, Group
from farol.platform.accounts.models import User
from farol.platform.web.widgets import Typed

KINDS = [
    ("", gettext_lazy("Recognise it")),
    (pix.Kind.CPF.value, gettext_lazy("CPF")),
    (pix.Kind.CNPJ.value, gettext_lazy("CNPJ")),
    (pix.Kind.PHONE.value, gettext_lazy("Telephone")),
    (pix.Kind.EMAIL.value, gettext_lazy("E-mail")),
    (pix.Kind.EVP.value, gettext_lazy("Random key")),
]


WHEN = {
    "method=pix": ("pix_key", "pix_kind"),
    "method=boleto": ("boleto_line",),
    "scrap": ("scrap_sku", "scrap_version", "scrap_quantity", "scrap_cause", "scrap_responsible"),
}


class PayableForm(CaseForm):
    """Amount and due date of a payment slip are read from its line, the amount of a PIX code from the code."""

    record: Payable | None
    groups = (
        Group(gettext_lazy("Payment"), ("method", *WHEN["method=pix"], *WHEN["method=boleto"], "amount", "due_on")),
        Group(gettext_lazy("Where it belongs"), ("case", "scrap", *WHEN["scrap"], "notes")),
    )

    beneficiary = forms.CharField(label=gettext_lazy("Beneficiary"), max_length=120)
    document = forms.CharField(
        label=gettext_lazy("CPF or CNPJ"), max_length=20, required=False, widget=Typed("document")
    )
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Category"),
        to_field_name="name",
        empty_label=gettext_lazy("Choose"),
    )
    invoice = forms.CharField(label=gettext_lazy("Invoice or receipt number"), max_length=30, required=False)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS)
    pix_key = forms.CharField(
        label=gettext_lazy("PIX key"),
        help_text=gettext_lazy("A CPF, a CNPJ, a telephone, an e-mail, a random key, or a code to copy and paste."),
        max_length=600,
        required=False,
    )
    pix_kind = forms.ChoiceField(label=gettext_lazy("Kind of key"), choices=KINDS, required=False)
    boleto_line = forms.CharField(
        label=gettext_lazy("Line of the payment slip"),
        help_text=gettext_lazy("47 or 48 digits; amount and due date are read from it."),
        max_length=80,
        required=False,
    )
    amount = MoneyFormField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("With a slip or a PIX code it may stay empty: what they say counts."),
        required=False,
    )
    due_on = forms.DateField(
        label=gettext_lazy("Due date"),
        help_text=gettext_lazy("With a slip it may stay empty: what it says counts."),
        required=False,
    )
    case = forms.CharField(
        label=gettext_lazy("Belongs to"),
        help_text=gettext_lazy("The number of the case that the cost counts for, such as GT-2026-000123."),
        max_length=24,
        required=False,
    )
    scrap = forms.BooleanField(label=gettext_lazy("It pays for scrapped goods"), required=False)
    scrap_sku = forms.CharField(label=gettext_lazy("Scrapped item (SKU)"), max_length=60, required=False)
    scrap_version = forms.CharField(label=gettext_lazy("Version"), max_length=60, required=False)
    scrap_quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=1_000_000, required=False
    )
    scrap_cause = forms.CharField(label=pgettext_lazy("scrap", "Cause"), max_length=200, required=False)
    scrap_responsible = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Responsible"), to_field_name="email", required=False
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    confirm_duplicate = forms.BooleanField(
        label=gettext_lazy("I have checked it: this is another bill"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {self.record.category_id} if self.record else set()
        self.fields["category"].queryset = Category.objects.filter(active=True) | Category.objects.filter(pk__in=kept)
        self.fields["scrap_responsible"].queryset = User.objects.filter(is_active=True).order_by("name")
        for rule, names in WHEN.items():
            for name in names:
                self.fields[name].widget.attrs["data-when"] = rule
        self._require()
        if self.record and self.record.pix_key:
            masked = _("Leave it empty to keep %(key)s.") % {"key": pix.mask(self.record.pix_key)}
            self.fields["pix_key"].help_text = masked
        if self.record and self.record.document:
            kept_document = _("Leave it empty to keep %(document)s.") % {"document": self.record.masked_document}
            self.fields["document"].help_text = kept_document

    def _require(self) -> None:
        """What the chosen method and scrap need; a form that nobody filled in yet shows what each would need."""
        method, scrap = (self.data.get("method"), self.data.get("scrap")) if self.is_bound else ("", True)
        kept = self.record is not None
        self.fields["pix_key"].required = method in ("", PIX) and not (self.record and self.record.pix_key)
        self.fields["boleto_line"].required = method in ("", BOLETO) and not kept
        for name in ("scrap_sku", "scrap_quantity", "scrap_cause"):
            self.fields[name].required = scrap in (True, "on", "true", "True", "1")

    def clean_document(self) -> str:
        text = self.cleaned_data["document"]
        if not text:
            return self.record.document if self.record else ""
        kind = documents.cpf if len(documents.cpf.normalize(text)) == 11 else documents.cnpj
        return self._read("document", kind.validate, text, "document") or ""

    def clean_case(self) -> str:
        """The reference of the case (`warranties:17`), of its number."""
        number = self.cleaned_data["case"]
        return (self._read("case", cases.reference_of, number, self.principal) or "") if number else ""

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        reader = {PIX: self._clean_pix, BOLETO: self._clean_boleto}.get(values.get("method", ""))
        if reader:
            reader(values)
        for name in ("amount", "due_on"):
            if values.get(name) is None and not {name, "boleto_line"} & set(self.errors):
                self.add_error(name, forms.ValidationError(_("This field is required."), code="required"))
        if (amount := values.get("amount")) is not None and amount <= 0:
            self.add_error("amount", _("The amount has to be above zero."))
        self._look_for_twins(values)
        return values

    def _clean_pix(self, values: dict[str, Any]) -> None:
        values["barcode"] = ""
        typed = values.get("pix_key", "")
        if not typed and self.record and self.record.pix_key:
            values["key"] = self.record.pix_key
        elif "pix_key" not in self.errors:
            values["key"] = self._read("pix_key", self._key, typed, values)

    def _key(self, typed: str, values: dict[str, Any]) -> pix.Key:
        if not typed.strip().startswith("000201"):
            return pix.read(typed, values.get("pix_kind", ""))
        code = pix.parse(typed)
        if not code.key:
            raise BadInput(
                "pix_key", _("This code is made for one payment at the bank and has no key. Ask for the key.")
            )
        self._fill(values, "amount", code.amount, _("The PIX code"))
        return pix.read(code.key)

    def _clean_boleto(self, values: dict[str, Any]) -> None:
        values["key"] = None
        typed = values.get("boleto_line", "") or (self.record.barcode if self.record else "")
        slip = None if "boleto_line" in self.errors else self._read("boleto_line", boleto.read, typed, clock.today())
        values["barcode"] = slip.barcode if slip else ""
        if slip:
            self._fill(values, "amount", slip.amount, _("The payment slip"))
            self._fill(values, "due_on", slip.due_on, _("The payment slip"))

    def _fill(self, values: dict[str, Any], name: str, told: Any, source: str) -> None:
        """What the slip says, unless something else was typed: then somebody is mistaken."""
        if not told or name in self.errors:
            return
        typed = values.get(name)
        if typed and typed != told:
            shown = formats.date(told) if name == "due_on" else formats.brl(told)
            sentence = _("%(source)s says %(value)s. Correct it here, or leave it empty to take over what it says.")
            self.add_error(name, forms.ValidationError(sentence % {"source": source, "value": shown}, code="differs"))
        values[name] = told

    def _look_for_twins(self, values: dict[str, Any]) -> None:
        """The question appears only where there is something to confirm; the service refuses without the answer."""
        if not self.errors and twins.find(twins.Bill.of(values), self.record):
            self.fields["confirm_duplicate"].widget = forms.CheckboxInput()

    def _read(self, name: str, reader: Any, *arguments: Any) -> Any:
        try:
            return reader(*arguments)
        except BadInput as error:
            self.add_error(name, forms.ValidationError(str(error.detail), code=error.code))
            return None


class PaymentForm(Asked):
    """What is asked when a payable is marked as paid."""

    one_by_one = ("paid_amount", "proof")

    paid_on = forms.DateField(label=gettext_lazy("Paid on"), required=False, initial=clock.today)
    paid_amount = MoneyFormField(
        label=gettext_lazy("Amount paid"),
        help_text=gettext_lazy("Only if it differs, by interest or a discount."),
        required=False,
    )
    proof = forms.FileField(label=gettext_lazy("Proof of payment"), required=False)


class CategoryForm(forms.Form):
    """A further category."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Exactly as the ERP has it: it refuses a payable of a category that it does not know."),
        max_length=60,
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Category.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is such a category already."), code="taken")
        return name
