"""Pages of the work lists."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.areas.crm.boards.links import lead_page
from farol.areas.crm.worklists import leads
from farol.areas.crm.worklists.asking import ask_task
from farol.areas.crm.worklists.lists import RULES, STALE, UNANSWERED, USUAL_RULE, offered, shown
from farol.core.errors import FarolError, NotFound
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.web.lists import List, Outcome, chosen, outcome_page

MOST_AT_ONCE = 200


@requires("dashboard.commercial")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The work lists with how many leads stand on each."""
    stale, waiting = leads.counts(asker_of(request))
    entries = [
        {"title": STALE.title, "subtitle": STALE.subtitle, "count": stale, "url": reverse("crm:stale")},
        {
            "title": UNANSWERED.title,
            "subtitle": UNANSWERED.subtitle,
            "count": waiting,
            "url": reverse("crm:unanswered"),
        },
    ]
    return render(request, "crm/worklist.html", {"entries": entries})


@requires("dashboard.commercial")
@require_safe
def stale_leads(request: HttpRequest) -> HttpResponseBase:
    principal = asker_of(request)
    rows = leads.stale(principal, _rule(request.GET))
    return offered(STALE, principal).respond(request, shown(rows, principal))


def _rule(query: QueryDict) -> str:
    """The rule of the address, or the usual one; what is no choice is refused by the list itself."""
    asked = query.get("parado", "")
    return asked if asked in dict(RULES) else USUAL_RULE


@requires("dashboard.commercial")
@require_safe
def unanswered_leads(request: HttpRequest) -> HttpResponseBase:
    principal = asker_of(request)
    return offered(UNANSWERED, principal).respond(request, shown(leads.unanswered(principal), principal))


@requires("dashboard.commercial")
@require_POST
def create_task(request: HttpRequest) -> HttpResponseBase:
    """One click on one lead (`only`)."""
    principal = asker_of(request)
    lead = leads.find(principal, request.POST.get("only", "")[:120])
    if lead is None:
        raise NotFound("")
    ask_task(principal, lead)
    messages.success(request, _("The task is on its way to Kommo."))
    return _back(request)


@requires("dashboard.commercial")
@require_POST
def create_stale_tasks(request: HttpRequest) -> HttpResponseBase:
    principal = asker_of(request)
    rule = _rule(QueryDict(request.POST.get("address", "")))
    return _create(request, STALE, leads.stale(principal, rule), reverse("crm:stale"))


@requires("dashboard.commercial")
@require_POST
def create_unanswered_tasks(request: HttpRequest) -> HttpResponseBase:
    return _create(request, UNANSWERED, leads.unanswered(asker_of(request)), reverse("crm:unanswered"))


def _create(request: HttpRequest, declared: List, rows: list[leads.LeadRow], back: str) -> HttpResponseBase:
    """A task for each ticked lead; what was refused is said lead by lead."""
    principal = asker_of(request)
    ticked = chosen(request, declared, shown(rows, principal), most=MOST_AT_ONCE)
    return outcome_page(request, _("Create tasks"), [_outcome(principal, one.row) for one in ticked], back)


def _outcome(principal: Principal, lead: leads.LeadRow) -> Outcome:
    url = lead_page(lead.connection_id, lead.lead_id)
    try:
        ask_task(principal, lead)
    except FarolError as error:
        return Outcome(lead.name or lead.lead_id, False, str(error), url)
    return Outcome(lead.name or lead.lead_id, True, _("The task is on its way to Kommo."), url)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asked, if it is one of ours."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(came_from)
    return redirect("crm:worklist")
