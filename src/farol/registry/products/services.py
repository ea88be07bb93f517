"""Opening and changing products."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.core.names import name_key, words
from farol.engines import workflow
from farol.platform.accounts.principal import Principal
from farol.registry.products.lookup import sku_key
from farol.registry.products.models import Product, ProductWord


class SkuTaken(Refused):
    """Another product has this SKU."""

    code = "sku_taken"


def create(principal: Principal, values: dict[str, Any]) -> Product:
    """`values` as `ProductForm` gives them; `SkuTaken` where somebody else was first."""
    principal.require("stock.manage")
    try:
        with transaction.atomic():
            product = workflow.start(Product(**columns(values), erp_id=values.get("erp_id", "")), principal)
            _index(product)
    except IntegrityError as error:
        raise _taken(error) from error
    return product


def change(product: Product, principal: Principal, values: dict[str, Any], version: int) -> Product:
    """Refuses like `create` and `workflow.edit`."""
    try:
        with transaction.atomic():
            workflow.edit(product, principal, columns(values), version=version)
            _index(product)
    except IntegrityError as error:
        raise _taken(error) from error
    return product


def _taken(error: IntegrityError) -> Exception:
    known = "sku_key" in str(error)
    return SkuTaken(_("Another product has this SKU already. Search for it.")) if known else error


def columns(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "sku": values["sku"].strip(),
        "sku_key": sku_key(values["sku"]),
        "name": values["name"],
        "name_key": name_key(values["name"]),
        "unit": values["unit"],
        "cost": values["cost"],
        "versions": values["versions"],
    }


def _index(product: Product) -> None:
    ProductWord.objects.filter(product=product).delete()
    rows = [ProductWord(product=product, word=w, name_key=product.name_key) for w in words(product.name_key)]
    ProductWord.objects.bulk_create(rows)
