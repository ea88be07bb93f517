"""Home, search and the page of components."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.core import clock
from farol.platform.accounts.access import requires, signed_in
from farol.platform.web import saved, showcase
from farol.platform.web import search as searching
from farol.platform.web.home import first_steps, panels_for


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    principal = request.principal
    panels = panels_for(request, principal)
    steps = [] if panels else first_steps(principal)
    return render(request, "web/home.html", {"panels": panels, "steps": steps, "today": clock.today()})


@signed_in
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "").strip()[:100]
    return JsonResponse({"items": searching.find(request.principal, text) if text else []})


@requires("administration")
@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    return showcase.LIST.respond(request, showcase.runs(), template="web/components.html", context=showcase.examples())


@signed_in
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep how the person looks at a list."""
    principal, data = request.principal, request.POST
    name = saved.list_named(data.get("ticket", ""), principal)
    view = saved.save(principal, name, data.get("name", ""), data.get("address", ""), shared=bool(data.get("shared")))
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return _back(request, view.address)


@signed_in
@require_POST
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    data = request.POST
    view = saved.change(request.principal, pk, data.get("name", ""), shared=bool(data.get("shared")))
    messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
    return _back(request, view.address)


@signed_in
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = saved.own(request.principal, pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return _back(request, view.address)


def _back(request: HttpRequest, address: str) -> HttpResponse:
    """To the list that the form was on, looked at through the view."""
    path = request.POST.get("path", "").partition("?")[0]
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        path = "/"
    return redirect(f"{path}?{address}" if address and path != "/" else path)
