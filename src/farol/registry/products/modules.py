"""Products as pages, REST and import show them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.module import Fact, Facts, Module, Section
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column
from farol.registry.products import lookup, services
from farol.registry.products.forms import ProductForm
from farol.registry.products.models import Product


def rows(principal: Principal) -> QuerySet:
    return Product.objects.select_related("owner", "created_by")


def item(product: Product, principal: Principal) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "unit": product.unit,
        "cost": None if product.cost is None else f"{product.cost:.2f}",
        "versions": product.versions,
    }


def facts(product: Product, principal: Principal) -> list[Facts]:
    known = (
        Fact(_("SKU"), product.sku),
        Fact(_("Name"), product.name),
        Fact(_("Unit"), product.unit),
        Fact(_("Cost"), product.cost, "money"),
        Fact(_("Versions"), ", ".join(product.versions)),
    )
    return [Facts(_("Product"), known)]


def initial(product: Product) -> dict[str, Any]:
    named = ("sku", "name", "unit", "cost")
    return {**{name: getattr(product, name) for name in named}, "versions": ", ".join(product.versions)}


def _stock(product: Product, principal: Principal) -> dict[str, Any]:
    """Only the place: the figures come afterwards, from a request of their own that may take its time."""
    return {"product": product}


MODULE = Module(
    name="products",
    model=Product,
    label=_("Product"),
    plural=_("Products"),
    prefix="PR",
    path="produtos",
    icon="package",
    order=20,
    view="stock.view",
    work="stock.manage",
    form=ProductForm,
    rows=rows,
    columns=(
        Column("sku", _("SKU"), sort="sku_key", link=True),
        Column("name", _("Name"), sort="name_key"),
        Column("unit", _("Unit")),
        Column("cost", _("Cost"), kind="money"),
        Column("versions", _("Versions"), value=lambda product: ", ".join(product.versions), shown=False),
    ),
    item=item,
    facts=facts,
    create=services.create,
    change=services.change,
    initial=initial,
    title=str,
    search=lookup.search,
    sections=(Section("stock", _("Stock in Tiny"), "products/place.html", _stock, side=True),),
    import_right="import.stock",
    board=False,
    group="registry",
)
MODULES = [MODULE]
