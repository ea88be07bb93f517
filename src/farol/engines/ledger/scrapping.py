"""Scrap lines that a person records on a case, and takes back: what is asked, checked, posted and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from farol.core import given
from farol.core.errors import BadInput
from farol.core.fields import MoneyFormField
from farol.core.formats import brl
from farol.engines.ledger.cases import scrap, scrapped
from farol.engines.ledger.models import Entry, Posting
from farol.engines.ledger.postings import reverse
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal

KNOWN = "_scrap"
MOST_PIECES = 1_000_000
LONGEST = {"sku": 60, "item_version": 40, "cause": 120}
Data = Mapping[str, Any]


class ScrapFields(forms.Form):
    """What an action asks that records a line, or takes one back; a room says how a product is found."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=60, required=False)
    item_version = forms.CharField(label=gettext_lazy("Version"), max_length=40, required=False)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=MOST_PIECES, required=False, initial=1
    )
    cost = MoneyFormField(
        label=gettext_lazy("Cost of what is scrapped"),
        help_text=gettext_lazy("Of all pieces together."),
        required=False,
    )
    cause = forms.CharField(label=pgettext_lazy("scrap", "Cause"), max_length=120, required=False)
    responsible = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=User.objects.filter(is_active=True), required=False
    )
    takes_back = forms.CharField(
        label=gettext_lazy("Takes back"),
        max_length=24,
        required=False,
        help_text=gettext_lazy(
            "Number of a scrap line recorded here by mistake, such as LC-000017: a counter-entry takes it off. The rest"
            " stays empty; the cause says why."
        ),
    )


@dataclass(frozen=True)
class Line:
    """`cost` is what all `quantity` of it are worth, in reais; `responsible` answers for it."""

    sku: str
    item_version: str
    quantity: int
    cost: Decimal
    cause: str
    responsible: User | None


def check(source: str, data: Data) -> None:
    """`BadInput` names the field of what `record` could not post."""
    if _number(data):
        _taken_back(source, data)
    else:
        _line(data)


def record(case: str, source: str, data: Data, principal: Principal) -> Posting:
    """Post a line on `case` (or on the record itself, where it belongs to no case), or the counter-entry of one."""
    if _number(data):
        return reverse(_taken_back(source, data), principal, given.text(data, "cause", LONGEST["cause"]))
    line = _line(data)
    who = line.responsible or principal.user
    return scrap(case, source, line.sku, line.item_version, line.quantity, line.cost, line.cause, who, principal)


def _number(data: Data) -> str:
    return str(data.get("takes_back") or "").strip().upper()


def _taken_back(source: str, data: Data) -> Posting:
    """A line of this very record that still counts."""
    if not given.text(data, "cause", LONGEST["cause"]):
        raise BadInput("cause", _("Say why it is taken back."), code="required")
    found = next((posting for posting, _case, _cost in scrapped(source) if posting.number == _number(data)), None)
    if found is None:
        raise BadInput("takes_back", _("There is no such scrap line here that still counts."))
    return found


def _line(data: Data) -> Line:
    """What a form gives or REST sends."""
    texts = {name: given.text(data, name, most) for name, most in LONGEST.items()}
    if not texts["sku"]:
        raise BadInput("sku", _("This field is required."), code="required")
    if not texts["cause"]:
        raise BadInput("cause", _("Say why it is scrapped."), code="required")
    cost = given.amount(data, "cost")
    if cost is None:
        raise BadInput("cost", _("Say what it cost; 0,00 if nothing."), code="required")
    if cost < 0:
        raise BadInput("cost", _("A cost is not below zero."))
    quantity, person = _quantity(data.get("quantity")), _person(data.get("responsible"))
    return Line(texts["sku"], texts["item_version"], quantity, cost, texts["cause"], person)


def section(record: Any, principal: Principal) -> dict[str, Any] | None:
    """Context of `ledger/scrap_lines.html`, a part of a case's page."""
    rows = _rows(record)
    return {"rows": rows} if rows else None


def fit(form: forms.Form, record: Any) -> None:
    """The lines that may be taken back, to choose from; without any the question is left out."""
    rows = [row for row in _rows(record) if _counts(row.posting)]
    if not rows:
        del form.fields["takes_back"]
        return
    told = [(row.posting.number, f"{row.posting.number} · {row.posting.sku} · {brl(row.amount)}") for row in rows]
    form.fields["takes_back"].widget = forms.Select(choices=[("", "—"), *told])


def _counts(posting: Posting) -> bool:
    return posting.reverses_id is None and not hasattr(posting, "reversed_by")


def _rows(record: Any) -> list[Entry]:
    """The scrap lines of a record, oldest first; two parts of its page want them."""
    if KNOWN not in record.__dict__:
        entries = Entry.objects.filter(posting__source=record.reference, posting__kind="scrap").exclude(case="")
        found = entries.select_related("posting__responsible", "posting__reversed_by").order_by("pk")
        record.__dict__[KNOWN] = list(found)
    return record.__dict__[KNOWN]


def _quantity(value: Any) -> int:
    text = "1" if value in (None, "") else str(value)
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST_PIECES):
        raise BadInput("quantity", _("The quantity has to be above zero."))
    return int(text[:9])


def _person(value: Any) -> User | None:
    if value in (None, "") or isinstance(value, User):
        return value or None
    text = str(value)
    found = User.objects.filter(pk=text, is_active=True).first() if text.isascii() and text.isdecimal() else None
    if found is None:
        raise BadInput("responsible", _("There is no such person."))
    return found
