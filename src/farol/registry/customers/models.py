"""Customers, what they are found by, and who had to be forgotten."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farol.core import clock, documents
from farol.core.fields import MoneyField
from farol.engines.workflow.models import Case
from farol.registry.customers import vault
from farol.registry.customers.flow import ACTIVE, FLOW

PERSON, COMPANY = "person", "company"
KINDS = [(PERSON, _("Person")), (COMPANY, _("Company"))]
PERSONAL = ("document", "email", "phones", "addresses")


@dataclass(frozen=True)
class Address:
    """Where somebody lives or receives goods. `postcode` is the CEP, eight digits; `state` the UF."""

    label: str = ""
    recipient: str = ""
    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""

    def as_json(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if text}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Address:
        """Of a mapping; names it does not know are left out."""
        return cls(**{f.name: str(data.get(f.name) or "").strip() for f in fields(cls)})

    @property
    def place(self) -> str:
        """City and UF: as much as may be told to everybody."""
        return "/".join(part for part in (self.city, self.state) if part)

    @property
    def lines(self) -> str:
        """In one line, as on an envelope."""
        street = ", ".join(part for part in (self.street, self.number, self.complement) if part)
        postcode = f"{self.postcode[:5]}-{self.postcode[5:]}" if len(self.postcode) == 8 else self.postcode
        return " · ".join(part for part in (self.recipient, street, self.district, self.place, postcode) if part)


class Customer(Case):
    """One person or company. The name is in clear, for search; all else that is personal is sealed under `key`.

    `document_sealed` and the like are boxes of `vault`; the properties without the ending open them. `uid` names the
    person in the list of the forgotten, whatever happens to numbers. `merged_into` is who took over a duplicate.
    """

    flow = FLOW
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=KINDS, default=PERSON)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=140, editable=False)
    key = models.BinaryField(default=vault.new_key, editable=False)
    document_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    document_sealed = models.BinaryField(default=bytes, editable=False)
    email_sealed = models.BinaryField(default=bytes, editable=False)
    phones_sealed = models.BinaryField(default=bytes, editable=False)
    addresses_sealed = models.BinaryField(default=bytes, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="duplicates"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            FLOW.constraint(),
            models.CheckConstraint(condition=Q(kind__in=[PERSON, COMPANY]), name="customers_kind"),
            models.CheckConstraint(
                condition=Q(status="anonymised") | ~Q(key=b""), name="customers_key_until_anonymised"
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False), name="customers_merged_into"
            ),
            models.UniqueConstraint(
                fields=["document_hash"],
                condition=Q(status=ACTIVE) & ~Q(document_hash=""),
                name="customers_one_per_document",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="customers_by_status"),
            models.Index(fields=["name_key"], name="customers_by_name"),
            models.Index(fields=["document_hash"], name="customers_by_document"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def document(self) -> str:
        """CPF or CNPJ in clear, without punctuation; empty where none is known."""
        return self._open("document") or ""

    @property
    def email(self) -> str:
        return self._open("email") or ""

    @property
    def phones(self) -> list[str]:
        """With country and area code: `+5511987654321`."""
        return self._open("phones") or []

    @property
    def addresses(self) -> list[Address]:
        return [Address.of(data) for data in self._open("addresses") or []]

    @property
    def document_masked(self) -> str:
        """The middle of the document only."""
        text = self.document
        return kind_of(text).mask(text) if text else ""

    @property
    def place(self) -> str:
        """City and UF of the first address."""
        return next((address.place for address in self.addresses if address.place), "")

    def _open(self, name: str) -> Any:
        return vault.unseal(self.key, name, getattr(self, f"{name}_sealed"))


def kind_of(document: str) -> documents.Document:
    """CPF or CNPJ, by its length."""
    return documents.cpf if len(documents.cpf.normalize(document)) == 11 else documents.cnpj


class CustomerWord(models.Model):
    """One word of a customer's name, with the whole name beside it, so that one index answers a search while typing.

    Names without accents, in capitals. Customers that are not active have no words.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=60)
    name_key = models.CharField(max_length=140)

    class Meta:
        indexes = [
            models.Index(
                fields=["word", "name_key", "customer"],
                name="customers_by_word",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.word


class CustomerContact(models.Model):
    """Keyed hash of a telephone or an e-mail address, by which its owner is found and duplicates are suggested."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["hash"], name="customers_by_contact")]

    def __str__(self) -> str:
        return self.kind


class CustomerOrder(models.Model):
    """A past order as some source told it. `items` is a list of {sku, description, quantity, unit_value}."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    order = models.CharField(max_length=60)
    day = models.DateField()
    channel = models.CharField(max_length=60, blank=True, default="")
    total = MoneyField(default=0)
    items = models.JSONField(default=list)

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["customer", "order"], name="customers_order_once")]

    def __str__(self) -> str:
        return self.order


class Tombstone(models.Model):
    """Somebody who was anonymised: a backup from before is anonymised again by it. Holds nothing personal."""

    uid = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.uid)
