"""Home, search and the page of components."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.core import clock
from farol.platform.accounts.access import requires, signed_in
from farol.platform.web import search as searching
from farol.platform.web import showcase
from farol.platform.web.home import first_steps, panels_for


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    principal = request.principal  # type: ignore[attr-defined]
    panels = panels_for(request, principal)
    steps = [] if panels else first_steps(principal)
    return render(request, "web/home.html", {"panels": panels, "steps": steps, "today": clock.today()})


@signed_in
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "").strip()[:100]
    return JsonResponse({"items": searching.find(request.principal, text) if text else []})  # type: ignore[attr-defined]


@requires("administration")
@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    return showcase.LIST.respond(request, showcase.runs(), template="web/components.html", context=showcase.examples())
