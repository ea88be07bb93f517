"""The page “Meu dia”."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.core import clock
from farol.engines.workflow import work
from farol.engines.workflow.views.common import principal_of
from farol.platform.accounts.access import signed_in


@signed_in
@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    context = {**work.summary(principal_of(request)), "most": work.MOST, "today": clock.today()}
    return render(request, "workflow/day.html", context)
