"""Files on the screen: send them, say which column is what, look at the first rows, load."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farol.areas.crm.files import drafts
from farol.areas.crm.files.forms import ColumnsForm
from farol.areas.crm.files.guess import Look, columns_of, look_at
from farol.areas.crm.files.mapping import FIELDS, Mapping, from_json
from farol.core.errors import BadInput
from farol.engines.sources.loader import FileToLoad, LoadRequest, find_loader
from farol.engines.sources.models import LoadRun
from farol.engines.sources.runs import new_run
from farol.engines.sources.tasks import load_uploaded
from farol.engines.sources.uploads import forget, upload_folder
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.tables.uploads import takes_files


@takes_files("FAROL_UPLOAD_MB")
@require_http_methods(["GET", "POST"])
@requires("upload")
def files(request: HttpRequest) -> HttpResponse:
    """Send the files of deals, leads and people."""
    error = ""
    if request.method == "POST":
        try:
            sent = {table: request.FILES[table] for table in FIELDS if table in request.FILES}
            if "deals" not in sent:
                raise BadInput("deals", _("Choose the file of the deals."))
            drafts.keep(request.user.pk, sent)
            _looks(drafts.kept(request.user.pk), None)
            return redirect("crm:files-columns")
        except BadInput as problem:
            drafts.forget(request.user.pk)
            error = str(problem.detail)
    return render(request, "crm/files.html", {"error": error}, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@requires("upload")
def columns(request: HttpRequest) -> HttpResponse:
    """Say which column is what; “carregar” loads, anything else shows the words of the chosen column again."""
    sent = drafts.kept(request.user.pk)
    if not sent:
        return redirect("crm:files")
    before, data = _last_mapping(request.user.pk), request.POST or None
    stage = data.get("deals-stage", "") if data else _stage(sent, before)
    new_words = data is not None and data.get("asked") != stage
    looks = _looks(sent, stage)
    form, error = ColumnsForm(data, looks, before, new_words=new_words), ""
    loads = data is not None and data.get("acao") == "carregar" and not new_words
    if loads and form.is_valid():
        try:
            return redirect("sources:run", run_id=_queued(request, sent, form).pk)
        except BadInput as problem:
            error = str(problem.detail)
    context = {"form": form, "looks": looks, "asked": stage or "", "files": sent, "error": error}
    return render(request, "crm/files_columns.html", context, status=422 if error or (loads and form.errors) else 200)


def _looks(sent: dict[str, FileToLoad], stage: str | None) -> dict[str, Look]:
    return {table: look_at(file, stage if table == "deals" else None) for table, file in sent.items()}


def _stage(sent: dict[str, FileToLoad], before: Mapping | None) -> str | None:
    """The column of stages that is suggested first."""
    headers = look_at(sent["deals"], None).headers
    last = before.tables["deals"].columns.get("stage") if before else None
    return last if last in headers else columns_of("deals", headers).get("stage")


def _last_mapping(user: int) -> Mapping | None:
    run = LoadRun.objects.filter(loader="crm", kind="file", user_id=user, status__in=("done", "unchanged")).last()
    kept = (run.options.get("extra") or {}).get("mapping") if run else None
    return from_json(kept) if kept else None


def _queued(request: HttpRequest, sent: dict[str, FileToLoad], form: ColumnsForm) -> LoadRun:
    """The waiting run and its task are there together or not at all."""
    extra: dict[str, Any] = {"tables": list(sent), "mapping": form.mapping().to_json()}
    options = {name: form.cleaned_data[name] or None for name in ("date_format", "decimal")}
    run: LoadRun | None = None
    try:
        with transaction.atomic():
            run = new_run(find_loader("crm"), LoadRequest(tuple(sent.values())), asker_of(request))
            drafts.hand_over(sent, upload_folder(run.pk))
            run.options = {**options, "extra": extra}
            run.save()
            load_uploaded.enqueue(run.pk)
    except BaseException:
        if run is not None and run.pk:
            forget(run.pk)
        raise
    drafts.forget(request.user.pk)
    return run
