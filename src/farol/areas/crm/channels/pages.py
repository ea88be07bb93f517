"""The pages of the channel rules: their list, and trying one lead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from farol.areas.crm.channels import trying
from farol.areas.crm.channels.rules import FIELDS, LONGEST, TESTS, UNCLASSIFIED, Rule, checked
from farol.areas.crm.channels.services import current_rules, save_rules
from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import RuleSet
from farol.core.errors import BadInput, NotFound, Refused
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of

COLUMNS = ("id", "field", "test", "value", "source", "channel", "and_field", "and_test", "and_value")
VERSIONS = 10


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def channels(request: HttpRequest) -> HttpResponse:
    """The rules in their order; what a change would do is shown before it is saved."""
    number, rules = current_rules()
    if request.method == "GET":
        return _page(request, number, rules)
    wanted = _moved(_posted(request.POST), request.POST.get("do", ""))
    if request.POST.get("do") not in ("show", "save"):
        return _page(request, number, wanted)
    try:
        if request.POST["do"] == "save":
            saved = save_rules(wanted, request.POST.get("note", ""), asker_of(request))
            messages.success(
                request, _("Version %(number)s of the rules is saved; the figures follow.") % {"number": saved.number}
            )
            return redirect("crm:channels")
        return _page(request, number, wanted, change=trying.change(rules, checked(wanted)))
    except (BadInput, Refused) as error:
        return _page(request, number, wanted, error=str(error.detail))


@require_GET
@requires("goals.manage")
def channels_try(request: HttpRequest) -> HttpResponse:
    """What the rules make of a lead of the CRM, or of values typed in."""
    number, rules = current_rules()
    lead, error, verdict = request.GET.get("lead", "").strip(), "", None
    values = {field: request.GET.get(field, "")[:LONGEST] for field in FIELDS}
    try:
        if lead:
            values = trying.values_of(lead)
        if any(values.values()):
            verdict = trying.judged(values, rules)
    except (NotFound, Refused) as refused:
        error = str(refused.detail)
    fields = [(name, FIELDS[name], value) for name, value in values.items()]
    context = {"fields": fields, "lead": lead, "error": error, "verdict": verdict, "number": number}
    if verdict:
        context["channel"] = CHANNELS.get(verdict.channel, verdict.channel)
        context["unclassified"] = verdict.channel == UNCLASSIFIED
        context["position"] = next((n for n, rule in enumerate(rules, 1) if rule["id"] == verdict.rule), None)
    return render(request, "crm/channels_try.html", context, status=404 if error and lead else 200)


def _page(request: HttpRequest, number: int, rules: list[Rule], **more: Any) -> HttpResponse:
    context = {
        "number": number,
        "rows": [_row(rule) for rule in rules],
        "fields": FIELDS.items(),
        "tests": TESTS.items(),
        "channels": [(slug, label) for slug, label in CHANNELS.items() if slug != UNCLASSIFIED],
        "versions": RuleSet.objects.select_related("made_by")[:VERSIONS],
        "changed": request.method == "POST",
        "note": request.POST.get("note", ""),
        **more,
    }
    return render(request, "crm/channels.html", context, status=422 if more.get("error") else 200)


def _row(rule: Rule) -> dict[str, Any]:
    also = (rule.get("and") or [{}])[0]
    value, also_value = (", ".join(v) if isinstance(v, list) else v for v in (rule["value"], also.get("value", "")))
    parts = {"and_field": also.get("field", ""), "and_test": also.get("test", ""), "and_value": also_value}
    return {**rule, **parts, "value": value}


def _posted(data: QueryDict) -> list[Rule]:
    """The rules as the form has them, not checked yet."""
    rules = []
    for parts in zip(*(data.getlist(name) for name in COLUMNS), strict=False):
        row = dict(zip(COLUMNS, parts, strict=True))
        names = {"field": "and_field", "test": "and_test", "value": "and_value"}
        also = {name: row.pop(column) for name, column in names.items()}
        rules.append({**row, "and": [also] if also["field"] else []})
    return rules


def _moved(rules: list[Rule], do: str) -> list[Rule]:
    """The rules after a button of a row (`up:3`, `down:3`, `remove:3`) or `add`, which begins one at the top."""
    word, _colon, place = do.partition(":")
    if word == "add":
        first = {"id": "", "field": "utm_source", "test": "equals", "value": "", "source": "", "channel": "other"}
        return [{**first, "and": []}, *rules]
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else len(rules)
    if at >= len(rules):
        return rules
    rule, rest = rules[at], rules[:at] + rules[at + 1 :]
    if word == "remove":
        return rest
    to = {"up": max(0, at - 1), "down": at + 1}.get(word, at)
    return [*rest[:to], rule, *rest[to:]]
