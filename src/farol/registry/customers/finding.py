"""Finding customers: by number, complete document, complete telephone or words of the name.

A keyed hash has no beginning, so documents are found when they are complete. Names come from `CustomerWord`: the rarest
word of the text is read from the index in order, and the rest of the words is compared with the whole name beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from farol.core import phones
from farol.core.errors import BadInput
from farol.core.names import words
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists.searching import begins
from farol.registry.customers import vault
from farol.registry.customers.flow import ACTIVE
from farol.registry.customers.models import Customer, CustomerContact, CustomerWord, kind_of

SHOWN = 10
MOST = 1000
FEW = 2000  # a word with fewer rows than this is rare enough to be read whole
DEEPEST = 20  # merged into one that was merged, and so on


@dataclass(frozen=True)
class Suggestion:
    """`label` is the name, `note` what tells two of the same name apart, masked."""

    value: str
    label: str
    note: str = ""

    def as_json(self) -> dict[str, str]:
        return {"value": self.value, "label": self.label, "note": self.note}


def suggest(text: str, principal: Principal) -> list[Suggestion]:
    """The ten that fit best; nothing for people who may not see customers."""
    if not principal.may("customers.view"):
        return []
    found = Customer.objects.filter(pk__in=named(text, SHOWN), status=ACTIVE)
    return [_suggestion(customer) for customer in sorted(found, key=lambda one: (one.name_key, one.pk))]


def _suggestion(customer: Customer) -> Suggestion:
    note = " · ".join(part for part in (customer.number, customer.document_masked, customer.place) if part)
    return Suggestion(customer.number, customer.name, note)


def named(text: str, most: int = MOST) -> list[int]:
    """Primary keys of active customers that fit, at most `most`."""
    text = text.strip().replace("\0", "")
    if not text:
        return []
    if exact := _exact(text, most):
        return exact
    return _by_words(words(text), most)


def _exact(text: str, most: int) -> list[int]:
    plain = text.upper()
    if plain.startswith("CL-"):
        numbered = Customer.objects.filter(begins("number", plain), status=ACTIVE)
        return list(numbered.order_by().values_list("pk", flat=True)[:most])
    if kind_of(text).is_valid(text):
        found = Customer.objects.filter(document_hash=vault.document_hash(text), status=ACTIVE)
        if keys := list(found.values_list("pk", flat=True)[:most]):
            return keys
    return _by_contact(text, most)


def _by_contact(text: str, most: int) -> list[int]:
    if "@" in text:
        wanted = vault.contact_hash("email", text.lower())
    else:
        try:
            wanted = vault.contact_hash("phone", phones.read(text))
        except BadInput:
            return []
    found = CustomerContact.objects.filter(hash=wanted, customer__status=ACTIVE)
    return list(found.values_list("customer_id", flat=True)[:most])


def _by_words(wanted: list[str], most: int) -> list[int]:
    if not wanted:
        return []
    first = _rarest(wanted)
    rows = CustomerWord.objects.filter(begins("word", first))
    for word in wanted:
        if word != first:
            rows = rows.filter(_in_name(word))
    found = rows.order_by().values_list("customer_id", flat=True)
    return list(dict.fromkeys(found[: 2 * most]))[:most]


def _rarest(wanted: list[str]) -> str:
    """The word that fewest names have; counting stops where it is certainly not rare."""
    if len(wanted) == 1:
        return wanted[0]
    counts = {word: _rows(word).values("pk")[:FEW].count() for word in wanted}
    return min(wanted, key=lambda word: (counts[word], -len(word)))


def _rows(word: str) -> QuerySet:
    return CustomerWord.objects.filter(begins("word", word)).order_by()


def _in_name(word: str) -> Q:
    """`word` begins a word of the name."""
    return Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")


def by_number(text: str) -> Customer | None:
    """The customer of a number; of a merged one, the one it was merged into."""
    number = text.strip().upper()
    found = Customer.objects.filter(number=number).first() if "\0" not in number else None
    return survivor(found) if found else None


def survivor(customer: Customer) -> Customer:
    """Whoever a merged customer was merged into in the end; anybody else is that themselves."""
    for _step in range(DEEPEST):
        if customer.merged_into is None:
            break
        customer = customer.merged_into
    return customer


def by_document(text: str) -> Customer | None:
    """The active customer of a complete, valid CPF or CNPJ in any punctuation."""
    if not kind_of(text).is_valid(text):
        return None
    return Customer.objects.filter(document_hash=vault.document_hash(text), status=ACTIVE).first()


def described(number: str) -> str:
    """The name beside a number that a form holds already."""
    customer = by_number(number)
    return customer.name if customer else ""


def address() -> str:
    """Where pages ask while somebody types."""
    return reverse("customers_lookup:search")
