"""Document and key of a beneficiary in clear; the categories."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from farol.areas.aftersales.payables import categories as kinds
from farol.areas.aftersales.payables import services
from farol.areas.aftersales.payables.categories import RIGHT
from farol.areas.aftersales.payables.forms import CategoryForm
from farol.areas.aftersales.payables.modules import MODULE
from farol.areas.aftersales.payables.payment import PIX_KINDS, copy_and_paste
from farol.core import documents
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of


@requires("customers.reveal")
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    principal = asker_of(request)
    principal.require(MODULE.view)
    payable = services.reveal(MODULE.get(number, principal), principal)
    document = payable.document
    context = {
        "payable": payable,
        "url": MODULE.url(payable),
        "document": (documents.cpf if len(document) == 11 else documents.cnpj).format(document) if document else "",
        "key": payable.pix_key,
        "kind": PIX_KINDS.get(payable.pix_kind, ""),
        "code": copy_and_paste(payable),
    }
    return render(request, "payables/details.html", context)


@requires(RIGHT)
@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: HttpRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kinds.add(form.cleaned_data["name"], asker_of(request))
        return redirect("payable_categories:list")
    context = {"form": form, "categories": kinds.with_use()}
    return render(request, "payables/categories.html", context, status=422 if form.errors else 200)


@requires(RIGHT)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    kinds.switch(pk, asker_of(request))
    return redirect("payable_categories:list")
