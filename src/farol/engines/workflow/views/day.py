"""The page “Meu dia”."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.core import clock
from farol.engines.workflow import work
from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import asker_of


@signed_in
@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    context = {**work.summary(asker_of(request)), "most": work.MOST, "today": clock.today()}
    return render(request, "workflow/day.html", context)
