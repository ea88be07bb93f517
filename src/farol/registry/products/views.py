"""Suggestions while typing, and the stock in the ERP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.registry.products import lookup
from farol.registry.products.modules import MODULE
from farol.registry.products.stock import stock_of


@requires("stock.view")
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    found = lookup.suggest(request.GET.get("q", "")[:200])
    return JsonResponse({"items": [suggestion.as_json() for suggestion in found]})


@requires("stock.view")
@require_safe
def stock(request: HttpRequest, number: str) -> HttpResponse:
    """A part of a page where a page asks, JSON for anybody else."""
    product = MODULE.get(number, asker_of(request))
    found = stock_of(product.sku)
    if request.headers.get("HX-Request"):
        return render(request, "products/stock.html", {"stock": found})
    return JsonResponse(found.as_json())
