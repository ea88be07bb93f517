"""The list of a kind of record."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from farol.engines.workflow import lists
from farol.engines.workflow.module import Module
from farol.platform.accounts.principal import asker_of


@require_safe
def show(request: HttpRequest, module: Module) -> HttpResponseBase:
    principal = asker_of(request)
    imported = module.importable and module.form and module.create
    context = {"module": module, "may_import": imported and principal.may(module.import_right)}
    declared = lists.list_for(module, principal)
    return declared.respond(request, lists.rows_for(module, principal), template="workflow/list.html", context=context)
