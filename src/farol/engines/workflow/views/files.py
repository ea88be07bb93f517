"""Files on a record: added, listed and opened under the record's own rights."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.core.errors import BadInput, Refused
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module
from farol.engines.workflow.views.common import may_work
from farol.platform import attachments
from farol.platform.accounts.principal import Principal, asker_of

MOST_AT_ONCE = 20


@require_POST
def attach(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    """Add files; what was refused is said, what was taken stays."""
    from farol.engines.workflow.views.details import page

    principal = asker_of(request)
    record = module.get(number, principal)
    try:
        chosen = request.FILES.getlist("file")
        if not chosen:
            raise BadInput("file", _("Choose a file first."))
        if len(chosen) > MOST_AT_ONCE:
            raise BadInput("file", _("At most %(most)s files at once.") % {"most": MOST_AT_ONCE})
        for uploaded in chosen:
            attachments.attach(record.reference, uploaded, principal)
    except (BadInput, Refused) as refusal:
        return page(request, module, record, upload_error=refusal.detail, status=refusal.status)
    return redirect(module.url(record) + "#files")


@require_safe
def download(request: HttpRequest, module: Module, number: str, pk: int) -> HttpResponseBase:
    principal = asker_of(request)
    record = module.get(number, principal)
    return attachments.response(attachments.find(record.reference, pk), principal)


@require_POST
def remove(request: HttpRequest, module: Module, number: str, pk: int) -> HttpResponseBase:
    principal = asker_of(request)
    record = module.get(number, principal)
    attachments.remove(attachments.find(record.reference, pk), principal)
    return redirect(module.url(record) + "#files")


def shelf(module: Module, record: Case, principal: Principal, error: Any = "") -> dict[str, Any]:
    """What the record's page shows of them."""
    return {
        "files": list(attachments.of(record.reference)),
        "may_attach": may_work(module, principal),
        "upload_error": error,
    }
