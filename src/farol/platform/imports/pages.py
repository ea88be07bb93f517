"""The page of an import: one address for template, upload, preview, confirmation and the rows to correct."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, FarolError, Refused
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.imports import files, kept, services, tasks
from farol.platform.imports.cells import text_of
from farol.platform.imports.declared import Importer
from farol.platform.imports.models import ImportRun

SHOWN_ROWS = 10
SHOWN_PROBLEMS = 100


def import_page(request: HttpRequest, importer: Importer, *, back_url: str = "") -> HttpResponseBase:
    """Answers everything at the address of an import; the view around it has the mark of who may open it."""
    principal = asker_of(request)
    principal.require(importer.permission)
    if principal.user_id is None:
        raise Refused(_("Only a person can import a file."))
    if request.method == "POST":
        return _post(request, importer, principal, back_url)
    if "modelo" in request.GET:
        return files.template(importer)
    if token := request.GET.get("importacao"):
        return _run(request, importer, principal, token, back_url)
    return _start(request, importer, principal, back_url)


def _start(
    request: HttpRequest, importer: Importer, principal: Principal, back_url: str, error: Any = "", status: int = 200
) -> HttpResponseBase:
    from farol.platform.imports.models import ImportRun

    runs = ImportRun.objects.filter(importer=importer.name, person=principal.user_id)[:10]
    context = {"importer": importer, "runs": runs, "error": error, "back_url": back_url, "most_mb": services.MOST_MB}
    return render(request, "imports/start.html", context, status=status)


def _run(request: HttpRequest, importer: Importer, principal: Principal, token: str, back_url: str) -> HttpResponseBase:
    run = services.find(importer, token, principal)
    open_still = run.state in (run.State.READY, run.State.BAD)
    lines = kept.lines(run.token) if open_still else []
    problems, notes = kept.findings(run.token) if open_still else ([], [])
    if "recusadas" in request.GET and problems:
        return files.bad_rows(importer, lines, problems)
    labels = {field.name: field.label for field in importer.columns}
    context = {
        "importer": importer,
        "run": run,
        "back_url": back_url,
        "heading": [text_of(cell) for cell in lines[0].cells] if lines else [],
        "rows": [(line.number, [text_of(cell) for cell in line.cells]) for line in lines[1 : SHOWN_ROWS + 1]],
        "problems": [(p.line, labels.get(p.column, ""), p.text) for p in problems[:SHOWN_PROBLEMS]],
        "more_problems": max(0, len(problems) - SHOWN_PROBLEMS),
        "notes": notes,
        "before": services.done_before(run) if run.state == run.State.READY else None,
        "stuck": run.state == run.State.SAVING and run.changed_at < clock.now() - services.STUCK,
    }
    return render(request, "imports/run.html", context)


def _post(request: HttpRequest, importer: Importer, principal: Principal, back_url: str) -> HttpResponseBase:
    action = request.POST.get("acao", "enviar")
    if action == "enviar":
        return _upload(request, importer, principal, back_url)
    run = services.find(importer, request.POST.get("importacao", ""), principal)
    if action == "descartar":
        services.discard(run)
        return redirect(request.path)
    if services.claim(run, again=bool(request.POST.get("again"))):
        _bring_on(run, importer, principal)
    return _to(request, run)


def _upload(request: HttpRequest, importer: Importer, principal: Principal, back_url: str) -> HttpResponseBase:
    try:
        uploaded = request.FILES.get("file")
        if uploaded is None:
            raise BadInput("file", _("Choose a file first."))
        run = services.receive(importer, uploaded, principal)
    except FarolError as error:
        return _start(request, importer, principal, back_url, error.detail, error.status)
    _bring_on(run, importer, principal)
    return _to(request, run)


def _bring_on(run: ImportRun, importer: Importer, principal: Principal) -> None:
    """A small file at once, a large one by the worker."""
    if run.rows > services.AT_ONCE:
        with transaction.atomic():
            tasks.bring_on.enqueue(run.pk)
    elif run.state == run.State.CHECKING:
        services.check(run, importer, principal)
    else:
        services.save(run, importer, principal)


def _to(request: HttpRequest, run: ImportRun) -> HttpResponseBase:
    return redirect(f"{request.path}?{urlencode({'importacao': run.token})}")
