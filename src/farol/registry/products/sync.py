"""Products out of Tiny into the local table, by which people search while typing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from farol.connectors import tiny
from farol.platform.accounts.principal import Principal
from farol.registry.products import services
from farol.registry.products.forms import ProductForm
from farol.registry.products.lookup import by_sku
from farol.registry.products.models import Product


@dataclass
class Result:
    """Counts of what happened to the ERP's products."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def sync(text: str, principal: Principal) -> Result:
    """Take over what Tiny finds for a text (one page: at most a hundred). Cost and versions stay as they are here.

    `ErpError` where Tiny does not answer; nothing is changed before it has.
    """
    principal.require("stock.manage")
    result = Result()
    for found in tiny.gateway().search_products(text):
        result.read += 1
        outcome = _take(found, principal)
        setattr(result, outcome, getattr(result, outcome) + 1)
    return result


def _take(found: tiny.Found, principal: Principal) -> str:
    product = by_sku(found.sku)
    data = {**_kept(product), "sku": found.sku, "name": found.name[:120], "unit": found.unit[:10]}
    form = ProductForm(data, principal=principal, record=product)
    if not form.is_valid():
        return "refused"
    if product is None:
        services.create(principal, {**form.values, "erp_id": found.id})
        return "new"
    before = product.version
    services.change(product, principal, form.values, product.version)
    return "changed" if product.version != before else "unchanged"


def _kept(product: Product | None) -> dict[str, Any]:
    return {} if product is None else {"cost": product.cost, "versions": ", ".join(product.versions)}
