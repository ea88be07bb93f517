"""Records from a file: template, preview, all or nothing.

PRICES = Importer(
    name="prices",
    label=_("Prices"),
    columns=(Field("sku", "SKU", required=True), Field("price", _("Price"), kind="money", required=True)),
    check=check_prices,        # all rows at once: what is wrong with which
    save=save_price,           # one row; everything is saved in one transaction or nothing is
)

from farol.platform.imports.pages import import_page

IMPORTERS = [PRICES]           in the room's `importers.py`: large files are checked and saved by the worker

@requires("import")
def prices_import(request):
    return import_page(request, PRICES, back_url=reverse("prices:list"))
"""

from __future__ import annotations

from farol.platform.imports.declared import Checked, Field, Given, Importer, Problem

__all__ = ["Checked", "Field", "Given", "Importer", "Problem"]
