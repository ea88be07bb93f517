"""Connecting records by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farol.core.errors import BadInput, Refused
from farol.engines.workflow.module import get_module
from farol.handoffs import services
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of


@require_POST
@requires("triage.work")
def link_warranty(request: HttpRequest, number: str) -> HttpResponse:
    module = get_module("triage")
    principal = asker_of(request)
    triage = module.get(number, principal)
    try:
        services.link_warranty(triage, request.POST.get("warranty", ""), principal)
    except (BadInput, Refused) as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("Connected: each now shows the other."))
    return redirect(module.url(triage))
