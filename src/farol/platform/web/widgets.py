"""Inputs that help while typing; each is a plain input without JavaScript (`static/web/forms.js`).

    customer = forms.CharField(label=_("Customer"), widget=Lookup("customers:lookup"))
    document = forms.CharField(label=_("CPF or CNPJ"), widget=Typed("document"))

Money and days need no widget: `dress(form)`, which every `CaseForm` calls, sees to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core.fields import MoneyFormField

Describe = Callable[[str], str]
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d%m%Y")
_PLACEHOLDER = gettext_lazy("dd/mm/yyyy")


class Lookup(forms.TextInput):
    """A type-ahead: the text is what is sent (a number, a SKU); typing it by hand works, too.

    `url_name` answers GET with `q` by `{"items": [{"value", "label", "note", "fill"}]}`: `value` goes into the input,
    `label` stands beside it, `note` says more in the list, and `fill` ({field: text}, optional) goes into the fields
    of the same form or row that are still empty. `describe(value)` gives the label of a value that is there already;
    a form may set it per person (`form.fields["customer"].widget.describe = …`).
    """

    template_name = "web/widgets/lookup.html"

    def __init__(self, url_name: str, *, describe: Describe | None = None, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.url_name, self.describe = url_name, describe

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"] |= {
            "url": reverse(self.url_name),
            "described": self.describe(shown) if shown and self.describe else "",
            "none": _("Nothing found. What you type is kept."),
            "failed": _("The search does not answer. Type the number by hand."),
        }
        return context


class Typed(forms.TextInput):
    """Formatted while typing: `kind` is document (CPF or CNPJ, letters included), phone, postcode or money."""

    MODES = {"document": "text", "phone": "tel", "postcode": "numeric", "money": "decimal"}

    def __init__(self, kind: str, attrs: dict[str, Any] | None = None) -> None:
        mode = self.MODES[kind]
        super().__init__({"data-format": kind, "inputmode": mode, "autocomplete": "off", **(attrs or {})})


class Suggested(forms.TextInput):
    """Free text with suggestions; `words` gives them when the form is shown."""

    template_name = "web/widgets/suggested.html"

    def __init__(self, words: Callable[[], Iterable[str]], attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.words = words

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        listed = f"{(attrs or {}).get('id') or name}_words"
        context = super().get_context(name, value, {**(attrs or {}), "list": listed})
        context["widget"] |= {"words": list(self.words()), "listed": listed}
        return context


class Day(forms.DateInput):
    """A day, always day first: typed with its strokes set, picked from a calendar, or pasted in any form."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"data-format": "day", "inputmode": "numeric", "autocomplete": "off", "placeholder": _PLACEHOLDER}
        super().__init__({**own, **(attrs or {})}, format=DAYS[0])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The name of the button that forms.js adds goes along."""
        return super().get_context(name, value, {"data-text-pick": _("Choose in a calendar"), **(attrs or {})})


def dress(form: forms.BaseForm) -> None:
    """Give days and amounts the inputs that suit them; a widget chosen on purpose stays."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
            field.widget, field.input_formats = _instead(field, Day(field.widget.attrs)), DAYS
        elif isinstance(field, MoneyFormField) and type(field.widget) is forms.TextInput:
            field.widget = _instead(field, Typed("money", field.widget.attrs))


def _instead(field: forms.Field, widget: forms.Widget) -> forms.Widget:
    widget.is_required = field.required
    return widget
