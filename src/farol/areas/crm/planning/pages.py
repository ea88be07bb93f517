"""The pages of goals, marketing spend and marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farol.areas.crm.importers import GOALS, SPEND
from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import Goal, Mark, Spend
from farol.areas.crm.planning.forms import GoalForm, MarkForm, SpendForm
from farol.areas.crm.planning.goals import GoalValues, set_goal
from farol.areas.crm.planning.marks import LABELS, STATISTICS, UNITS, set_mark
from farol.areas.crm.planning.sellers import sellers
from farol.areas.crm.planning.spend import key_of, set_spend
from farol.core import clock, formats
from farol.core.errors import BadInput, NotFound
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.imports.pages import import_page

SHOWN = 200
SHOULD = {"gt": gettext_lazy("%(what)s above"), "lt": gettext_lazy("%(what)s below")}


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def goals(request: HttpRequest) -> HttpResponse:
    """The goals of the latest months; setting one, and taking one away."""
    if request.POST.get("remove"):
        goal = _find(Goal, request.POST["remove"])
        set_goal(goal.month, goal.responsible_id, goal.channel, GoalValues(), asker_of(request))
        messages.success(request, _("Goal removed."))
        return redirect("crm:goals")
    names = sellers()
    changing = _find(Goal, request.GET["goal"]) if request.GET.get("goal") else None
    form = GoalForm(request.POST or None, sellers=names, initial=_goal_form(changing))
    if request.method == "POST" and form.is_valid():
        data, who = form.cleaned_data, asker_of(request)
        if _saved(form, partial(set_goal, data["month"], data["responsible_id"], data["channel"], form.values, who)):
            messages.success(request, _("Goal saved."))
            return redirect("crm:goals")
    rows = [_goal_row(goal, names) for goal in Goal.objects.select_related("changed_by")[:SHOWN]]
    return _page(request, "goals", form, {"rows": rows, "shown": SHOWN, "changing": changing})


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def spend(request: HttpRequest) -> HttpResponse:
    """The latest marketing spend; entering some, and taking some away."""
    if request.POST.get("remove"):
        entry = _find(Spend, request.POST["remove"])
        set_spend(entry.first, entry.last, key_of(entry), None, asker_of(request))
        messages.success(request, _("Spend removed."))
        return redirect("crm:spend")
    first = clock.today().replace(day=1)
    form = SpendForm(request.POST or None, initial={"first": first, "last": clock.today()})
    if request.method == "POST" and form.is_valid():
        data, who = form.cleaned_data, asker_of(request)
        if _saved(form, partial(set_spend, data["first"], data["last"], form.key, data["amount"], who)):
            messages.success(request, _("Spend saved."))
            return redirect("crm:spend")
    rows = [_spend_row(entry) for entry in Spend.objects.select_related("changed_by")[:SHOWN]]
    return _page(request, "spend", form, {"rows": rows, "shown": SHOWN})


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def marks(request: HttpRequest) -> HttpResponse:
    """Every mark with a form of its own."""
    form = MarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, who = form.cleaned_data, asker_of(request)
        if _saved(form, partial(set_mark, data["name"], data["value"], who)):
            messages.success(request, _("Mark saved."))
            return redirect("crm:marks")
    rows = [_mark_row(mark, form) for mark in Mark.objects.select_related("changed_by")]
    return _page(request, "marks", form, {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def goals_import(request: HttpRequest) -> HttpResponseBase:
    return import_page(request, GOALS, back_url=reverse("crm:goals"))


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def spend_import(request: HttpRequest) -> HttpResponseBase:
    return import_page(request, SPEND, back_url=reverse("crm:spend"))


def _saved(form: Form, save: Callable[[], object]) -> bool:
    """True if it was taken; otherwise what is wrong stands at the field."""
    try:
        save()
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.detail))
        return False
    return True


def _goal_form(goal: Goal | None) -> dict[str, Any]:
    """What the form begins with: the goal to change, or the month under way."""
    if goal is None:
        return {"month": f"{clock.today():%Y-%m}"}
    whose = {"responsible_id": goal.responsible_id, "channel": goal.channel}
    return {"month": f"{goal.month:%Y-%m}", **whose, "revenue": goal.revenue, "won": goal.won, "leads": goal.leads}


def _goal_row(goal: Goal, names: Mapping[str, str]) -> dict[str, Any]:
    seller, channel = names.get(goal.responsible_id, goal.responsible_id), _channel(goal)
    whose = " · ".join(str(part) for part in (seller or _("Everybody"), channel) if part)
    said = {"month": formats.month(goal.month, get_language() or "pt-br"), "whose": whose}
    return {
        "goal": goal,
        "dialog": f"remove-{goal.pk}",
        "seller": seller,
        "channel": channel,
        "change": _("Change the goal of %(month)s: %(whose)s") % said,
        "remove": _("Remove the goal of %(month)s: %(whose)s") % said,
    }


def _spend_row(entry: Spend) -> dict[str, Any]:
    utm = (entry.utm_source, entry.utm_medium, entry.utm_campaign)
    return {
        "spend": entry,
        "dialog": f"remove-{entry.pk}",
        "channel": _channel(entry),
        "utm": " · ".join(part or "—" for part in utm) if any(utm) else "",
        "remove": _("Remove the spend on %(channel)s") % {"channel": _channel(entry)},
    }


def _mark_row(mark: Mark, posted: MarkForm) -> dict[str, Any]:
    same = posted.is_bound and posted.data.get("name") == mark.name
    form = posted if same else MarkForm(initial={"name": mark.name, "value": _short(mark.value)})
    form.auto_id = f"id_{mark.name}_%s"
    return {
        "mark": mark,
        "label": LABELS.get(mark.name, mark.name),
        "should": SHOULD[mark.comparison] % {"what": STATISTICS[mark.statistic]},
        "unit": UNITS[mark.unit],
        "form": form,
    }


def _short(value: Decimal) -> Decimal:
    """Without the zeros of the column, and never in powers of ten."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _page(request: HttpRequest, name: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    tabs = [
        {"label": label, "url": reverse(f"crm:{tab}"), "current": tab == name}
        for tab, label in (("goals", _("Goals")), ("spend", _("Marketing spend")), ("marks", _("Marks")))
    ]
    status = 422 if form.errors else 200
    return render(request, f"crm/{name}.html", {**context, "form": form, "tabs": tabs}, status=status)


def _find(model: Any, text: str) -> Any:
    found = model.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    if found is None:
        raise NotFound(_("It is not there any more."))
    return found


def _channel(record: Goal | Spend) -> Any:
    return CHANNELS.get(record.channel, record.channel)
