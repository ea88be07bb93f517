"""Pages beside the board: what moved the open deals, and one lead."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from farol.areas.crm.boards import steps
from farol.areas.crm.boards.lead import STATES, classified_by, find_lead, lasted
from farol.areas.crm.boards.links import kommo_page
from farol.areas.crm.boards.records import Record
from farol.areas.crm.dashboard import CRM_BOARD
from farol.areas.crm.measuring.activities import KINDS
from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.worklists.asking import last_asked, may_ask
from farol.core.errors import Unavailable
from farol.engines.dashboards import pages
from farol.engines.dashboards.answers import answer_cards
from farol.engines.dashboards.views import nothing, scope_of
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of


@requires("dashboard.commercial")
@require_GET
def waterfall(request: HttpRequest) -> HttpResponse:
    """Each step of the value of the open deals with its leads, under the filters of the board."""
    try:
        scope = scope_of(request, CRM_BOARD)
    except Unavailable as error:
        return nothing(request, CRM_BOARD, error)
    (answered,) = answer_cards(scope, [steps.CARD])
    context = {
        **pages.common(scope),
        **pages.context(scope, None, request),
        "page": "crm:waterfall",
        "shown": pages.Shown(scope, answered),
        "movement": steps.with_leads(scope),
    }
    return render(request, "crm/waterfall.html", context)


@requires("dashboard.commercial")
@require_GET
def lead(request: HttpRequest, connection_id: str, lead_id: str) -> HttpResponse:
    """Everything about one lead; whoever may not see it is told the same as of one that does not exist."""
    principal = asker_of(request)
    found = find_lead(principal, connection_id, lead_id)
    label, tone = STATES[found["status"]]
    task = last_asked(connection_id, lead_id)
    context: dict[str, Any] = {
        "lead": found,
        "channel": CHANNELS.get(found["channel"], found["channel"]),
        "state": label,
        "tone": tone,
        "response": lasted(found["response_seconds"]),
        "business_response": lasted(found["business_response_seconds"]),
        "classified": classified_by(found["rule"], found["rule_version"]),
        "way": [{**row, "lasted": lasted(row["seconds"]), "since": _days(found, row)} for row in found["way"]],
        "log": [{**row, "kind": KINDS.get(row["kind"], row["kind"])} for row in found["log"]],
        "kommo": kommo_page(connection_id, lead_id),
        "task": task,
        "may_ask": may_ask(principal, found) and not (task and task["state"] == "queued"),
    }
    return render(request, "crm/lead.html", context)


def _days(found: Record, row: Record) -> int:
    """Whole days from the creation of a lead to its entry into a stage."""
    return max(0, (row["entered_at"] - found["created_at"]).days)
