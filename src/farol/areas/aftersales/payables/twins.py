"""Bills that look like one that is there already: same beneficiary, amount and due date, or the same payment slip."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from farol.areas.aftersales.payables.flow import CANCELLED
from farol.areas.aftersales.payables.models import Payable, name_key
from farol.core import boleto, clock, documents
from farol.core.errors import BadInput
from farol.platform.web.lists.searching import prefix


@dataclass(frozen=True)
class Bill:
    """What is compared. A beneficiary is known by document, or by name where one of two has none."""

    name_key: str
    document_hash: str
    amount: Decimal
    due_on: dt.date
    barcode: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Bill:
        """Of what the form gives."""
        return cls(
            name_key(values["beneficiary"]),
            hashed(values["document"]),
            values["amount"],
            values["due_on"],
            values["barcode"],
        )


def search(rows: QuerySet, text: str) -> QuerySet:
    """By what people have at hand: number, beneficiary, whole CPF or CNPJ, invoice, line or barcode of a slip."""
    digits = re.sub(r"[\s.\-]", "", text)
    if digits.isdecimal() and len(digits) in (44, 47, 48):
        return rows.filter(barcode=_barcode(digits))
    for kind in (documents.cpf, documents.cnpj):
        if kind.is_valid(text):
            return rows.filter(document_hash=hashed(kind.normalize(text)))
    if re.fullmatch(r"(?i)cp-[0-9-]*", text.strip()):
        return prefix(rows, "number", text.strip())
    named = Q()
    for word in name_key(text).split():
        named &= Q(name_key__contains=word)
    return rows.filter(named | Q(invoice__iexact=text.strip()))


def _barcode(digits: str) -> str:
    try:
        return boleto.read(digits, clock.today()).barcode
    except BadInput:
        return digits


def hashed(document: str) -> str:
    return settings.KEYRING.lookup_hash(document) if document else ""


def find(bill: Bill, record: Payable | None = None) -> list[Payable]:
    """The twins of a bill, other than the record itself and the cancelled ones; the newest first, at most five."""
    same = Q(name_key=bill.name_key)
    if bill.document_hash:
        same = Q(document_hash=bill.document_hash) | Q(name_key=bill.name_key, document_hash="")
    twins = Q(same, amount=bill.amount, due_on=bill.due_on)
    if bill.barcode:
        twins |= Q(barcode=bill.barcode)
    found = Payable.objects.exclude(status=CANCELLED).filter(twins)
    return list((found.exclude(pk=record.pk) if record and record.pk else found).order_by("-pk")[:5])
