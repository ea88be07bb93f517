"""The page of one record, and what people do there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.core.errors import BadInput, FarolError, Refused
from farol.engines.workflow import deeds, detail, links, lists
from farol.engines.workflow.detail import Attempt
from farol.engines.workflow.engine import assign, comment, run
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module
from farol.engines.workflow.timeline import history, timeline
from farol.engines.workflow.views.common import may_work, version_of
from farol.engines.workflow.views.files import shelf
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import asker_of


@require_safe
def show(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    return page(request, module, module.get(number, asker_of(request)))


@require_POST
def act(request: HttpRequest, module: Module, number: str, action: str) -> HttpResponseBase:
    """Do one action; a refusal stands beside it, with what was typed."""
    principal = asker_of(request)
    record = module.get(number, principal)
    reason = request.POST.get("reason", "")
    form = detail.asked(module, action, request.POST, request.FILES, record)
    if form is not None and not form.is_valid():
        wrong = Attempt(action, _("Check the fields that are marked."), reason, form)
        return page(request, module, record, attempt=wrong, status=422)
    data = form.cleaned_data if form else {}
    try:
        run(record, action, principal, reason=reason, version=version_of(request), data=data)
    except (Refused, BadInput) as refusal:
        _mark(form, refusal)
        record = module.get(number, principal)
        attempt = Attempt(action, refusal.detail, reason, form)
        return page(request, module, record, attempt=attempt, status=refusal.status)
    messages.success(request, f"{record.number}: {module.flow.actions[action].label}")
    return redirect(module.url(record))


def _mark(form: Any, refusal: FarolError) -> None:
    """A wrong value that only the action could know is marked on its field."""
    if form is not None and isinstance(refusal, BadInput) and refusal.field in form.fields:
        form.add_error(refusal.field, str(refusal.detail))


@require_POST
def say(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    principal = asker_of(request)
    record = module.get(number, principal)
    text = request.POST.get("text", "")
    try:
        comment(record, principal, text)
    except BadInput as wrong:
        return page(request, module, record, said=(text, wrong.detail), status=422)
    return redirect(module.url(record) + "#timeline")


@require_POST
def give(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    """Make somebody responsible for a record, or nobody."""
    principal = asker_of(request)
    record = module.get(number, principal)
    chosen = request.POST.get("owner", "")
    try:
        assign(record, principal, owner_of(module, chosen), version=version_of(request))
    except (Refused, BadInput) as refusal:
        record = module.get(number, principal)
        return page(request, module, record, attempt=Attempt("assign", refusal.detail), status=refusal.status)
    messages.success(request, _("%(number)s assigned.") % {"number": record.number})
    return redirect(module.url(record))


def owner_of(module: Module, chosen: str) -> int | None:
    """The id of a person who may have such records; None for nobody."""
    if not chosen:
        return None
    user = User.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if user is None or not detail.may_own(module, user):
        raise BadInput("owner", _("Choose a person who may see this record."))
    return user.pk


def page(
    request: HttpRequest,
    module: Module,
    record: Case,
    *,
    attempt: Attempt | None = None,
    said: tuple[str, Any] = ("", ""),
    upload_error: Any = "",
    status: int = 200,
) -> HttpResponse:
    principal = asker_of(request)
    working = may_work(module, principal)
    steps = history(record)
    links.remember(record)
    deeds.keep(record, ((step.action, step.person_id) for step in steps))
    actions = detail.offers(module, record, principal, attempt)
    rule = module.flow.edit
    context: dict[str, Any] = {
        "module": module,
        "record": record,
        "title": module.title(record),
        "state": lists.state_of(module, record),
        "groups": module.facts(record, principal),
        "main_parts": detail.parts(module, record, principal, side=False),
        "side_parts": detail.parts(module, record, principal, side=True),
        "neighbours": detail.neighbours(record, principal),
        "spawns": detail.spawns(module, principal),
        "offers": actions,
        "attempt": attempt,
        "people": detail.candidates(module, record) if working else [],
        "may_assign": working,
        "may_edit": bool(module.change and rule and principal.may(rule.permission) and record.status in rule.states),
        "said": said[0],
        "said_error": said[1],
        "entries": timeline(record, steps),
        "address": module.url(record),
        **shelf(module, record, principal, upload_error),
    }
    return render(request, "workflow/detail.html", context, status=status)
