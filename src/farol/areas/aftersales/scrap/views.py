"""The page “Refugo”."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from farol.areas.aftersales.scrap.lists import SCRAPPED
from farol.areas.aftersales.scrap.rows import scrapped, totals
from farol.platform.accounts.access import requires
from farol.platform.web.lists import State


@require_safe
@requires("scrap.view")
def index(request: HttpRequest) -> HttpResponseBase:
    """The list with the totals of everything that the filters leave, not of the page alone."""
    rows = scrapped()
    if request.GET.get("export"):
        return SCRAPPED.respond(request, rows)
    found = State(SCRAPPED, request.GET).select(rows)
    return SCRAPPED.respond(request, rows, template="scrap/list.html", context={"totals": totals(found)})
