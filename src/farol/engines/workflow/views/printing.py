"""A record on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.engines.workflow.module import Module
from farol.engines.workflow.printed import paper, pdf
from farol.platform.accounts.principal import asker_of


@require_safe
def show(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    """A page for the printer, or (`formato=pdf`) the file."""
    principal = asker_of(request)
    record = module.get(number, principal)
    content = paper(module, record, principal)
    if request.GET.get("formato") == "pdf":
        disposition = {"Content-Disposition": f'attachment; filename="{record.number}.pdf"'}
        return HttpResponse(pdf(content), content_type="application/pdf", headers=disposition)
    context = {"module": module, "record": record, "paper": content, "address": module.url(record)}
    return render(request, "workflow/print.html", context)
