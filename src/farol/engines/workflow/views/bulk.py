"""One action on many records: each in a transaction of its own, each with its outcome in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farol.core.errors import BadInput, NotAllowed, NotFound, Refused
from farol.engines.workflow import detail, lists
from farol.engines.workflow.engine import assign, run
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module
from farol.engines.workflow.views.details import owner_of
from farol.platform.accounts.principal import asker_of
from farol.platform.web.lists import Outcome, chosen, outcome_page


@require_POST
def act(request: HttpRequest, module: Module, action: str) -> HttpResponseBase:
    """What an action asks, it asks once, and takes the answer for all."""
    step = module.flow.actions.get(action)
    form = detail.asked(module, action, request.POST if "answered" in request.POST else None)
    if step is None or step.system or (form and form.needed_one_by_one()):
        raise NotFound("")
    principal = asker_of(request)
    principal.require(step.permission)
    rows, reason = _rows(request, module), request.POST.get("reason", "")
    left_out = form.of_many() if form else []
    missing = step.reason and not reason.strip()
    if form and (missing or not form.is_valid()):
        more = {"step": step, "form": form, "left_out": left_out}
        return _ask(request, module, rows, "ask", step.label, 422 if form.is_bound else 200, **more)
    if missing:
        raise BadInput("reason", _("Say why: it stays in the history."), code="required")
    data = form.cleaned_data if form else {}
    outcomes = [_tried(module, one, lambda r: run(r, action, principal, reason=reason, data=data)) for one in rows]
    return outcome_page(request, f"{module.plural}: {step.label}", outcomes, _back(request, module))


@require_POST
def give(request: HttpRequest, module: Module) -> HttpResponseBase:
    """First asks to whom, then gives the chosen records to that person."""
    principal = asker_of(request)
    rows = _rows(request, module)
    if "owner" not in request.POST:
        people = detail.candidates(module, None)
        return _ask(request, module, rows, "give", _("Change owner"), people=people)
    owner_id = owner_of(module, request.POST["owner"])
    outcomes = [_tried(module, record, lambda r: assign(r, principal, owner_id)) for record in rows]
    return outcome_page(request, _("Change owner"), outcomes, _back(request, module))


def _ask(
    request: HttpRequest, module: Module, rows: list[Case], page: str, title: Any, status: int = 200, **more: Any
) -> HttpResponseBase:
    """The question about exactly these records, however the list changes meanwhile."""
    context = {
        "module": module,
        "title": title,
        "count": len(rows),
        "keys": [row.pk for row in rows],
        "back_url": _back(request, module),
        "address": request.POST.get("address", ""),
        "reason": request.POST.get("reason", ""),
        **more,
    }
    return render(request, f"workflow/{page}.html", context, status=status)


def _rows(request: HttpRequest, module: Module) -> list[Case]:
    principal = asker_of(request)
    declared = lists.list_for(module, principal)
    return list(chosen(request, declared, lists.rows_for(module, principal)))


def _tried(module: Module, record: Case, do: Callable[[Case], Any]) -> Outcome:
    """Nothing but a refusal is caught: a fault of ours must be seen as one."""
    url = module.url(record)
    try:
        do(record)
    except (Refused, BadInput, NotAllowed, NotFound) as refusal:
        return Outcome(record.number, False, refusal.detail, url)
    return Outcome(record.number, True, lists.state_of(module, record).label, url)


def _back(request: HttpRequest, module: Module) -> str:
    address = request.POST.get("address", "")
    return reverse(f"{module.name}:list") + (f"?{address}" if address else "")
