"""Suggestions while typing, what is sealed in clear, past orders, duplicates, registration data, files."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farol.connectors.bigquery import account
from farol.core import phones
from farol.core.errors import BadInput, FarolError
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.imports.pages import import_page
from farol.platform.web.widgets import Typed
from farol.registry.customers import finding, merging, privacy, records, registration, services
from farol.registry.customers.importers import ORDERS
from farol.registry.customers.models import Customer, kind_of
from farol.registry.customers.modules import MODULE
from farol.registry.customers.orders import past_orders


@requires("customers.view")
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    """`may_open` tells the page that nobody has this complete document, and that the reader may open who it is."""
    principal, text = asker_of(request), request.GET.get("q", "")[:200]
    found = finding.suggest(text, principal)
    may_open = not found and principal.may("customers.edit") and kind_of(text).is_valid(text)
    items = [suggestion.as_json() for suggestion in found]
    return JsonResponse({"items": items, "may_open": may_open, "may_bring": may_open and account.configured()})


@requires("customers.edit")
@require_POST
def open_here(request: HttpRequest) -> JsonResponse:
    """Open the customer of a document out of another form: by hand where a name is given, else from the registration
    data. Who has the document already is who is meant."""
    principal = asker_of(request)
    document, name = request.POST.get("document", "")[:40], request.POST.get("name", "").strip()
    try:
        customer = finding.by_document(document) or _opened(document, name, principal)
    except FarolError as refusal:
        return JsonResponse({"detail": str(refusal.detail)}, status=refusal.status)
    return JsonResponse({"value": customer.number, "label": customer.name})


def _opened(document: str, name: str, principal: Principal) -> Customer:
    if not name:
        return registration.bring(document, principal)
    form = MODULE.form({"document": document, "name": name, "addresses": []}, principal=principal)  # type: ignore[misc]
    if not form.is_valid():
        raise BadInput("document", " ".join(sentence for _field, sentence in form.problems()))
    return services.create(principal, form.values)


@requires("customers.reveal")
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    customer = _customer(request, number)
    services.reveal(customer, asker_of(request))
    context = {
        "customer": customer,
        "url": MODULE.url(customer),
        "document": kind_of(customer.document).format(customer.document) if customer.document else "",
        "phones": [phones.show(phone) for phone in customer.phones],
    }
    return render(request, "customers/revealed.html", context)


@requires("customers.view")
@require_safe
def orders(request: HttpRequest, number: str) -> HttpResponse:
    """A part of a page where a page asks, JSON for anybody else."""
    found = past_orders(_customer(request, number))
    if request.headers.get("HX-Request"):
        return render(request, "customers/orders.html", {"found": found})
    return JsonResponse(found.as_json())


@requires("customers.view")
@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """What the house has done for a customer: a part of their page, and a page for browsers without scripts."""
    customer = _customer(request, number)
    found = records.of(customer, asker_of(request))
    template = "customers/records.html" if request.headers.get("HX-Request") else "customers/records_page.html"
    return render(request, template, {"customer": customer, "records": found, "most": records.MOST})


@requires("customers.merge")
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    return render(request, "customers/all_duplicates.html", {"groups": merging.suggestions()})


@requires("customers.privacy")
@require_POST
def file(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a person, to hand over."""
    customer = _customer(request, number)
    found = privacy.everything(customer, asker_of(request))
    text = json.dumps({"customer": customer.number, **found}, ensure_ascii=False, indent=1)
    name = f'attachment; filename="{customer.number}.json"'
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": name})


class DocumentForm(forms.Form):
    document = forms.CharField(label=gettext_lazy("CPF or CNPJ"), max_length=40, widget=Typed("document"))


@requires("customers.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Open a customer from the registration data, or go on by hand."""
    form = DocumentForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                customer = registration.bring(form.cleaned_data["document"], asker_of(request))
            except FarolError as refusal:
                form.add_error("document", str(refusal.detail))
                status = refusal.status if isinstance(refusal, BadInput) else 200
            else:
                messages.success(request, _("%(number)s is open.") % {"number": customer.number})
                return redirect(MODULE.url(customer))
    context: dict[str, Any] = {"form": form, "configured": account.configured(), "may_import": _may(request, "import")}
    return render(request, "customers/bring.html", context, status=status)


@requires("import")
@require_http_methods(["GET", "HEAD", "POST"])
def import_orders(request: HttpRequest) -> HttpResponseBase:
    return import_page(request, ORDERS, back_url=reverse("customers:list"))


def _may(request: HttpRequest, permission: str) -> bool:
    return asker_of(request).may(permission)


def _customer(request: HttpRequest, number: str) -> Customer:
    principal = asker_of(request)
    principal.require(MODULE.view)
    return MODULE.get(number, principal)
