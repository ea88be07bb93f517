"""The files of a record, under the rights, limits and checks that they have on its page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router, Status

from farol.core.errors import BadInput
from farol.engines.workflow.module import Module, workers
from farol.engines.workflow.rest import document
from farol.engines.workflow.rest.rows import Page, known
from farol.platform import attachments
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.api.idempotency import takes_form
from farol.platform.attachments.models import Attachment

Answer = dict[str, Any]
ALL, ONE = "/{number}/attachments", "/{number}/attachments/{int:pk}"


def add_to(router: Router, module: Module) -> None:
    """`GET` and `POST /{number}/attachments`, `GET` and `DELETE /{number}/attachments/{id}`."""
    _reading(router, module)
    _changing(router, module)


def _reading(router: Router, module: Module) -> None:
    @router.get(
        ALL,
        summary="Its files, the latest first",
        operation_id=f"{module.name}_attachments",
        openapi_extra=document.paging(),
    )
    @requires(module.view)
    def index(request: HttpRequest, number: str) -> Answer:
        known(request.GET, ["after", "limit"])
        record = module.get(number, asker_of(request))
        return Page.asked(request.GET).answer(attachments.of(record.reference), told)

    @router.get(
        ONE, summary="The file itself", operation_id=f"{module.name}_attachment", openapi_extra=document.download()
    )
    @requires(module.view)
    def download(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
        principal = asker_of(request)
        record = module.get(number, principal)
        return attachments.response(attachments.find(record.reference, pk), principal)


def _changing(router: Router, module: Module) -> None:
    @router.post(
        ALL,
        summary="Attach a file",
        operation_id=f"{module.name}_attach",
        response={201: Answer},
        openapi_extra=document.upload(),
    )
    @requires(*workers(module))
    @takes_form
    def attach(request: HttpRequest, number: str) -> Status:
        principal = asker_of(request)
        record = module.get(number, principal)
        sent = request.FILES.getlist("file")
        if len(sent) != 1:
            raise BadInput("file", _("Send one file, as “file” in a form (multipart/form-data)."))
        return Status(201, told(attachments.attach(record.reference, sent[0], principal)))

    @router.delete(
        ONE, summary="Take the file away from the record", operation_id=f"{module.name}_detach", response={204: None}
    )
    @requires(*workers(module))
    def remove(request: HttpRequest, number: str, pk: int) -> Status:
        principal = asker_of(request)
        record = module.get(number, principal)
        attachments.remove(attachments.find(record.reference, pk), principal)
        return Status(204, None)


def told(file: Attachment) -> Answer:
    return {
        "id": file.pk,
        "name": file.name,
        "kind": file.kind,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "at": file.at.isoformat(),
        "person": file.person_id,
        "by": str(file.person) if file.person else file.actor,
    }
