"""The page of the forecast."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from farol.areas.crm import people
from farol.areas.crm.boards.records import open_records
from farol.areas.crm.forecasting import shown
from farol.areas.crm.forecasting.outlook import outlook
from farol.areas.crm.models import Forecast
from farol.core.errors import Unavailable
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of

SHOWN = 12


@requires("dashboard.commercial")
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The month as of the last complete day: models beside rivals, goal and gap, what to do, and past forecasts;
    beside it what was said of each seller and channel with a goal. A seller sees only the own one."""
    principal = asker_of(request)
    try:
        found = outlook(None, principal)
    except Unavailable as error:
        return render(request, "crm/forecast.html", {"nothing": str(error)})
    own = people.own_rows(principal).get("responsible_id")
    graded = Forecast.objects.filter(target="revenue", chosen=True, graded_at__isnull=False)
    others = []
    if own is None:
        with open_records(principal) as records:
            others = shown.subjects(records, found.month)
    context = {
        "found": found,
        "facts": shown.facts(found),
        "models": shown.models(found),
        "caution": shown.caution(found),
        "days_left": found.targets["revenue"].days_left,
        "subjects": others,
        "graded": graded.filter(subject__in=[""] if own is None else own)[:SHOWN],
    }
    return render(request, "crm/forecast.html", context)
