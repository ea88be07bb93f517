"""The page of data health."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from farol.areas.crm.quality import queries
from farol.areas.crm.quality.services import check_now
from farol.core.errors import Unavailable
from farol.engines.warehouse import current_version
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of


@require_GET
@requires("sources.view")
def health(request: HttpRequest) -> HttpResponse:
    """Every check as it stands, the scores, and the records of the chosen check."""
    principal, version = asker_of(request), current_version("crm")
    states = queries.states()
    chosen = next((state for state in states if state.name == request.GET.get("check")), None)
    context = {
        "version": version,
        "states": states,
        "failing": sum(state.passed is False for state in states),
        "scores": queries.scores() if version else None,
        "chosen": chosen,
        "records": queries.records(chosen.name, principal) if chosen and version else [],
        "may_see": principal.may("dashboard.commercial"),
    }
    return render(request, "crm/health.html", context)


@require_POST
@requires("sources.view")
def health_check(request: HttpRequest) -> HttpResponse:
    """Ask every check again."""
    try:
        checked = check_now(asker_of(request))
    except Unavailable as error:
        messages.error(request, str(error.detail))
        return redirect("crm:health")
    failed = sum(outcome.passed is False for outcome in checked.outcomes)
    if failed:
        messages.warning(request, _("Checked: %(count)s checks do not hold.") % {"count": failed})
    else:
        messages.success(request, _("Checked: everything holds."))
    return redirect("crm:health")
