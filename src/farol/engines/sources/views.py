"""The page “Fontes de dados”: state of each source, upload, history, versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from farol.core.errors import BadInput, NotFound, Refused
from farol.engines.sources import queries
from farol.engines.sources.compared import gaps_in_words
from farol.engines.sources.forms import OptionsForm
from farol.engines.sources.loader import Loader, LoadRequest, find_loader
from farol.engines.sources.models import LoadRun
from farol.engines.sources.runs import new_run
from farol.engines.sources.tasks import load_uploaded
from farol.engines.sources.uploads import forget, keep
from farol.engines.warehouse import find_dataset, rollback
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.tables.uploads import takes_files

MOST_WAITING = 5


@require_GET
@requires("sources.view", "upload", "upload.payments")
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its state, and the latest loads."""
    principal = _principal(request)
    states = queries.source_states(principal)
    runs = [(run, queries.outcome(run)) for run in queries.runs_of(principal)[: queries.HISTORY]]
    cards = [(state, _may_load(principal, state.loader), _form(state.loader)) for state in states]
    context = {
        "cards": cards,
        "alone": queries.panels_alone(principal),
        "runs": runs,
        "may_manage": principal.may("sources.manage"),
        "may_fetch": principal.may("sources.load"),
    }
    return render(request, "sources/sources.html", context)


@takes_files("FAROL_UPLOAD_MB")
@require_POST
@requires("upload", "upload.payments")
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the files and let the worker load them."""
    principal, loader = _principal(request), find_loader(name)
    if not _may_load(principal, loader):
        principal.require(loader.permission)
    form = _form(loader, request.POST)
    if not form.is_valid():
        raise BadInput("options", _("Choose how to read the files from the lists."))
    waiting = LoadRun.objects.filter(user_id=principal.user_id, status__in=("waiting", "running")).count()
    if waiting >= MOST_WAITING:
        raise Refused(_("You already have %(count)s loads waiting. Wait until they end.") % {"count": waiting})
    run = _queued(request, principal, loader, form)
    return redirect("sources:run", run_id=run.pk)


@require_GET
@requires("sources.view", "upload", "upload.payments")
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One load: its progress, then how it ended."""
    return render(request, "sources/run.html", _run_context(request, run_id))


@require_GET
@requires("sources.view", "upload", "upload.payments")
def run_state(request: HttpRequest, run_id: int) -> HttpResponse:
    """The part of the page that is asked for again every second until the load has ended."""
    return render(request, "sources/run_state.html", _run_context(request, run_id))


@require_GET
@requires("sources.view", "upload", "upload.payments")
def rejects(request: HttpRequest, run_id: int) -> FileResponse:
    """The refused rows with their reasons, as a file to correct."""
    path = _run(request, run_id).rejects_path
    if path is None or not path.is_file():
        raise NotFound(_("This load has no file of refused rows."))
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"farol-recusadas-{run_id}.csv", content_type="text/csv"
    )


@require_POST
@requires("sources.manage")
def roll_back(request: HttpRequest, name: str) -> HttpResponse:
    """Let everybody see another kept version."""
    loader = find_loader(name)
    version = rollback(loader.dataset, request.POST.get("version", ""), _principal(request))
    messages.success(request, _("Everybody now sees version %(version)s.") % {"version": version.name})
    return redirect("sources:list")


def _queued(request: HttpRequest, principal: Principal, loader: Loader, form: OptionsForm) -> LoadRun:
    """The waiting run and its task are there together or not at all."""
    options = form.options()
    kept: LoadRun | None = None
    try:
        with transaction.atomic():
            kept = new_run(loader, LoadRequest(), principal)
            files = keep(kept.pk, request.FILES.getlist("files"))
            kept.files = [{"name": f.name, "size": f.path.stat().st_size} for f in files]
            kept.options = options
            kept.save()
            load_uploaded.enqueue(kept.pk)
    except BaseException:
        if kept is not None and kept.pk:
            forget(kept.pk)
        raise
    return kept


def _run_context(request: HttpRequest, run_id: int) -> dict[str, Any]:
    found = _run(request, run_id)
    labels = queries.entity_labels(found)
    entities = [(labels.get(name, name), counts) for name, counts in found.entities.items()]
    shown = {"look": queries.outcome(found), "step": queries.step_label(found), "gaps": gaps_in_words(found)}
    return {"run": found, "entities": entities, **shown}


def _run(request: HttpRequest, run_id: int) -> LoadRun:
    found = queries.runs_of(_principal(request)).filter(pk=run_id).first()
    if found is None:
        raise NotFound(_("There is no such load."))
    return found


def _form(loader: Loader, data: Any = None) -> OptionsForm:
    checks = [(c.name, c.label) for c in find_dataset(loader.dataset).checks if c.hard and c.may_pass]
    return OptionsForm(data, checks=checks)


def _may_load(principal: Principal, loader: Loader) -> bool:
    return principal.may("upload") or principal.may(loader.permission)


def _principal(request: HttpRequest) -> Principal:
    return asker_of(request)
