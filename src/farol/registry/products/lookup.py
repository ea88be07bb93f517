"""Finding products by the beginning of the SKU or of words of the name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from farol.core.names import words
from farol.platform.web.lists.searching import begins
from farol.registry.products.flow import ACTIVE
from farol.registry.products.models import Product, ProductWord

SHOWN = 10
MOST = 1000


@dataclass(frozen=True)
class Suggestion:
    """`fill` goes into the empty fields of the same row."""

    value: str
    label: str
    note: str = ""
    fill: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label, "note": self.note, "fill": self.fill}


def by_sku(text: str) -> Product | None:
    """The product of a SKU, whatever its case."""
    key = sku_key(text)
    return Product.objects.filter(sku_key=key).first() if key and "\0" not in key else None


def sku_key(text: str) -> str:
    return text.strip().upper()


def suggest(text: str) -> list[Suggestion]:
    """Active products, those whose SKU begins with the text first; ten at most."""
    text = text.strip().replace("\0", "")
    if not text:
        return []
    active = Product.objects.filter(status=ACTIVE)
    by_code = list(active.filter(begins("sku_key", text.upper())).order_by("sku_key")[:SHOWN])
    known = {product.pk for product in by_code}
    by_name = [one for one in active.filter(pk__in=named(text, 2 * SHOWN)) if one.pk not in known]
    found = [*by_code, *sorted(by_name, key=lambda one: (one.name_key, one.pk))]
    return [_suggestion(product) for product in found[:SHOWN]]


def _suggestion(product: Product) -> Suggestion:
    note = ", ".join(product.versions)
    return Suggestion(product.sku, product.name, note, {"description": product.name})


def named(text: str, most: int = MOST) -> list[int]:
    """Primary keys of products whose names have every word of the text, or its beginning."""
    wanted = sorted(words(text), key=len, reverse=True)
    if not wanted:
        return []
    rows = ProductWord.objects.filter(begins("word", wanted[0]))
    for word in wanted[1:]:
        rows = rows.filter(Q(name_key__startswith=word) | Q(name_key__contains=f" {word}"))
    return list(dict.fromkeys(rows.order_by().values_list("product_id", flat=True)[: 2 * most]))[:most]


def search(found: QuerySet, text: str) -> QuerySet:
    """For the list: by number, SKU or words of the name."""
    plain = text.strip().upper()
    codes = begins("number", plain, found.db) | begins("sku_key", plain, found.db)
    return found.filter(codes | Q(pk__in=named(text)))
