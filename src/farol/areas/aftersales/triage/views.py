"""The page of the lists behind triage."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farol.areas.aftersales.triage.rules import BY_NAME, LISTS, RIGHT
from farol.core.errors import BadInput
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RIGHT)
def rules(request: HttpRequest) -> HttpResponse:
    """All lists on one page; each is saved by itself."""
    wrong = {}
    if request.method == "POST":
        chosen = BY_NAME.get(request.POST.get("list", ""))
        if chosen is None:
            raise BadInput("list", _("There is no such list."))
        formset = chosen.formset(request.POST)
        if formset.is_valid():
            chosen.save(formset, asker_of(request))
            messages.success(request, _("Saved."))
            return redirect("triage-rules:show")
        wrong[chosen.name] = formset
    shown = [(one, wrong.get(one.name) or one.formset()) for one in LISTS]
    return render(request, "triage/rules.html", {"lists": shown}, status=422 if wrong else 200)
