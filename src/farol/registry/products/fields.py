"""The form field by which other rooms name a product."""

from __future__ import annotations

from typing import Any

from django import forms

from farol.platform.web.widgets import Lookup


def _described(sku: str) -> str:
    from farol.registry.products.lookup import by_sku

    product = by_sku(sku)
    return product.name if product else ""


class ProductField(forms.CharField):
    """A SKU with suggestions. The value is the SKU as the table writes it; one that it does not have stays as typed, in
    capitals: going on by hand is always possible.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("widget", Lookup("products_lookup:search", describe=_described))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        from farol.registry.products.lookup import by_sku

        text = super().clean(value)
        product = by_sku(text) if text else None
        return product.sku if product else text.upper()
