"""Products: SKU, name, unit, cost, versions; with the stock that the ERP tells.

Other rooms use what is named here.

    sku = ProductField(label=_("SKU"))        in a form: the SKU as the table has it, or as it was typed by hand
    products.by_sku("fx-100")                 the record, whatever its case
    products.stock_of("FX-100")               balance in the ERP, at most five minutes old, in two seconds at most
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from farol.registry.products.fields import ProductField

if TYPE_CHECKING:
    from farol.registry.products.models import Product
    from farol.registry.products.stock import Balance

__all__ = ["ProductField", "by_sku", "stock_of"]


def by_sku(text: str) -> Product | None:
    """The product of a SKU, whatever its case."""
    from farol.registry.products import lookup

    return lookup.by_sku(text)


def stock_of(sku: str) -> Balance:
    """What the ERP says is there, or why it says nothing; never an error."""
    from farol.registry.products import stock

    return stock.stock_of(sku)
