"""The page of the forecast."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from farol.areas.crm.forecasting import shown
from farol.areas.crm.forecasting.outlook import outlook
from farol.areas.crm.models import Forecast
from farol.core.errors import Unavailable
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal

SHOWN = 12


@requires("dashboard.commercial")
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The month as of the last complete day: models beside rivals, goal and gap, what to do, and past forecasts."""
    principal: Principal = request.principal  # type: ignore[attr-defined]
    try:
        found = outlook(None, principal)
    except Unavailable as error:
        return render(request, "crm/forecast.html", {"nothing": str(error)})
    graded = Forecast.objects.filter(target="revenue", subject="", chosen=True, graded_at__isnull=False)
    context = {
        "found": found,
        "facts": shown.facts(found),
        "models": shown.models(found),
        "days_left": found.targets["revenue"].days_left,
        "graded": [] if principal.own_only("dashboard.commercial") else list(graded[:SHOWN]),
    }
    return render(request, "crm/forecast.html", context)
