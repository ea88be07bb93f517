"""The page “Alertas”."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from farol.core import clock
from farol.core.errors import BadInput, FarolError, Refused
from farol.engines.alerts import lists, picture, queries, words
from farol.engines.alerts.forms import AssignForm, CommentForm, SnoozeForm
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.rules import AreaRules, Condition, rules_for
from farol.engines.metrics import Period, explain
from farol.engines.workflow import allowed, comment, run
from farol.engines.workflow.timeline import timeline
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.web.lists import chosen

ASKING = ("snooze", "assign")


@require_GET
@requires("alerts.view")
def alerts(request: HttpRequest) -> HttpResponse:
    """The list, open ones at first sight by their filter; how often the rule was right stands above it."""
    principal = _principal(request)
    found = queries.by_weight(queries.cases_for(principal))
    return lists.ALERTS.respond(
        request, found, template="alerts/list.html", context={"precision": queries.precision(principal)}
    )


@require_GET
@requires("alerts.view")
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: what was seen and expected, why, and what can be done."""
    return _detail(request, queries.case_for(_principal(request), pk))


@require_POST
@requires("alerts.judge")
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one action of the flow; a refusal stands beside the actions, with what was typed."""
    principal = _principal(request)
    case = queries.case_for(principal, pk)
    try:
        run(
            case,
            action,
            principal,
            reason=request.POST.get("reason", ""),
            version=_version(request),
            data={name: request.POST[name] for name in ("until", "assignee") if name in request.POST},
        )
    except (Refused, BadInput) as refusal:
        return _detail(request, queries.case_for(principal, pk), refusal=refusal, status=refusal.status)
    messages.success(request, case.flow.actions[action].label)
    return redirect("alerts:alert", pk=pk)


@require_POST
@requires("alerts.view")
def add_comment(request: HttpRequest, pk: int) -> HttpResponse:
    principal = _principal(request)
    case = queries.case_for(principal, pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _detail(request, case, comment_form=form, status=422)
    comment(case, principal, form.cleaned_data["text"])
    return redirect(reverse("alerts:alert", args=[pk]) + "#timeline")


@require_POST
@requires("alerts.judge")
def acknowledge_selected(request: HttpRequest) -> HttpResponse:
    """Acknowledge the new ones among the selected; the others stay as they are."""
    principal = _principal(request)
    found = chosen(request, lists.ALERTS, queries.by_weight(queries.cases_for(principal)))
    done = 0
    for case in found.filter(status="new"):
        try:
            run(case, "acknowledge", principal)
        except Refused:
            continue  # somebody was faster
        done += 1
    messages.success(request, ngettext("%(n)s alert acknowledged.", "%(n)s alerts acknowledged.", done) % {"n": done})
    return redirect("alerts:list")


def _principal(request: HttpRequest) -> Principal:
    return asker_of(request)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise BadInput("version", _("This page is incomplete. Open it again."))
    return int(text)


def _detail(
    request: HttpRequest,
    case: AlertCase,
    *,
    refusal: FarolError | None = None,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    principal = _principal(request)
    actions = allowed(case, principal)
    names = {action.transition.name for action in actions}
    tomorrow = clock.today() + dt.timedelta(days=1)
    context: dict[str, Any] = {
        "case": case,
        "title": words.title(case),
        "sentence": words.sentence(case),
        "state": lists.state(case),
        "direction": lists.direction(case),
        "actions": [a for a in actions if a.transition.name not in ASKING and not a.transition.reason],
        "reasoned": [a for a in actions if a.transition.reason],
        "snooze": SnoozeForm(initial={"until": tomorrow.isoformat()}) if "snooze" in names else None,
        "assign": AssignForm(queries.assignable(case), initial={"assignee": case.assignee_id})
        if "assign" in names
        else None,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "comment_form": comment_form or CommentForm(),
        "entries": timeline(case),
        "page_url": _page_url(case),
        **_figures(case, principal),
    }
    return render(request, "alerts/alert.html", context, status=status)


def _figures(case: AlertCase, principal: Principal) -> dict[str, Any]:
    """Figures, chart and causes; a refusal of the data leaves the case itself readable."""
    measure = words.measure_of(case)
    if measure is None:
        return {}
    names = {"observed": _("Observed"), "expected": _("Expected"), "delta": _("Difference")}
    facts = [(label, words.shown(measure, case.figure(name), sign=name == "delta")) for name, label in names.items()]
    rules = rules_for(case.area, case.rule)
    if isinstance(rules, AreaRules) and case.measure != rules.weight:
        weight = rules.semantic_model.measure(rules.weight)
        facts.append((_("Change in reais"), words.shown(weight, case.figure("impact"), sign=True)))
    try:
        points = queries.history(case, principal)
        causes = _causes(case, rules, principal) if isinstance(rules, AreaRules) else None
    except FarolError as error:
        return {"measure": measure, "facts": facts, "failure": error}
    language = get_language() or "pt-br"
    drawn = picture.draw(points, case.first_day, case.last_day, measure.unit, language)
    rows = [
        (point.day, *(words.shown(measure, _plain(v)) for v in (point.observed, point.expected, point.low, point.high)))
        for point in reversed(points)
    ]
    return {"measure": measure, "facts": facts, "picture": drawn, "points": rows, "causes": causes}


def _plain(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _causes(case: AlertCase, rules: AreaRules, principal: Principal) -> list[tuple[str, str]]:
    """The few segments inside that explain the change against a week before."""
    if case.kind == "new":
        return []
    model, measure = rules.semantic_model, rules.semantic_model.measure(case.measure)
    where = {name: (value,) for name, value in case.segment.items()}
    found = explain(rules.model, case.measure, case.last_day, "w1", (), principal, where)
    deltas = [(part.segment, part.delta) for part in found.segments if part.segment in found.explained_by]
    return [(words.segment_name(model, segment), words.shown(measure, delta, sign=True)) for segment, delta in deltas]


def _page_url(case: AlertCase) -> str:
    """The dashboard with the days and the segment as filters; for a condition, the page that tells more."""
    rules = rules_for(case.area, case.rule)
    if isinstance(rules, Condition):
        return reverse(rules.page) if rules.page else ""
    if not rules.board:
        return ""
    if isinstance(rules, AreaRules):
        asked = {"period": case.last_day.isoformat(), "base": "expected"}
    else:
        first = case.last_day - dt.timedelta(days=case.evidence.get("days", 1) - 1)
        asked = {"period": str(Period(first, case.last_day)), "base": "w1"}
    return f"{reverse(rules.board)}?{urlencode({**asked, **case.segment})}"
