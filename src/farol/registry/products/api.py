"""REST operations of products beside those of every module."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.registry.products.lookup import suggest
from farol.registry.products.modules import MODULE
from farol.registry.products.stock import stock_of

router = Router(tags=["products"])
searching = Router(tags=["products"])
ROUTERS = [("/products", router), ("/lookup/products", searching)]


@searching.get("", summary="Products while typing", operation_id="products_lookup")
@requires("stock.view")
def lookup(request: HttpRequest, q: str = "") -> dict[str, Any]:
    """By the beginning of the SKU or of words of the name; the ten that fit best."""
    return {"items": [suggestion.as_json() for suggestion in suggest(q[:200])], "next": None}


@router.get("/{number}/stock", summary="Stock of a product in the ERP", operation_id="products_stock")
@requires("stock.view")
def stock(request: HttpRequest, number: str) -> dict[str, Any]:
    """At most five minutes old; `note` says why there is none."""
    return stock_of(MODULE.get(number, asker_of(request)).sku).as_json()
