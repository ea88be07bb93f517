"""The page of goals."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farol.areas.payments.forms import GoalForm
from farol.areas.payments.goals import set_goal
from farol.areas.payments.models import MonthGoal
from farol.core import clock
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of

SHOWN = 24


@require_http_methods(["GET", "POST"])
@requires("goals.manage")
def goals(request: HttpRequest) -> HttpResponse:
    """The goals of the last months, and setting one."""
    form = GoalForm(request.POST or None, initial={"month": f"{clock.today():%Y-%m}"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        set_goal(data["month"], data["tpv"], data["largest_share"], asker_of(request))
        messages.success(request, _("Goal saved."))
        return redirect("payments:goals")
    context = {"form": form, "goals": MonthGoal.objects.all()[:SHOWN]}
    return render(request, "payments/goals.html", context, status=422 if form.errors else 200)
