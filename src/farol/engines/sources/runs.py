"""Runs a load with its history: whatever happens, the run says how it ended."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError, Unavailable
from farol.engines.sources.loader import Loader, LoadOutcome, LoadRequest, Progress, RowsRejected
from farol.engines.sources.models import LoadRun
from farol.engines.warehouse import current_version
from farol.platform import audit
from farol.platform.accounts.principal import Principal

LOST_AFTER = dt.timedelta(minutes=15)
_COUNTS = ("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_deleted", "rows_rejected")


def new_run(loader: Loader, request: LoadRequest, principal: Principal) -> LoadRun:
    """A waiting run. `NotAllowed` without the right to load this (or to upload anything)."""
    if not principal.may("upload"):
        principal.require(loader.permission)
    files = [{"name": f.name, "size": f.path.stat().st_size if f.path.exists() else 0} for f in request.files]
    if request.postgres:
        files = [{"name": request.postgres[1], "size": 0}]
    return LoadRun.objects.create(
        loader=loader.name,
        user=principal.user,
        actor=principal.label,
        files=files,
        options={"replace_days": request.replace_days, "accepted": list(request.accepted)},
        created_at=clock.now(),
        version_before=version_name(loader.dataset),
    )


def perform(run: LoadRun, loader: Loader, request: LoadRequest, progress: Progress) -> LoadOutcome:
    """Do the load and keep its outcome in the run; errors are kept and raised again."""
    _close_interrupted(loader)
    run.status, run.started_at = LoadRun.Status.RUNNING, clock.now()
    run.beat_at = run.started_at
    run.save()
    try:
        outcome = loader.load(request, str(run.pk), progress)
    except FarolError as error:
        _end_badly(run, loader, error)
        raise
    except OSError as error:
        failure = Unavailable(
            _("The load stopped: %(reason)s. Nothing was changed.") % {"reason": error.strerror or error}
        )
        _end_badly(run, loader, failure)
        raise failure from error
    except BaseException:
        _end_badly(run, loader, Unavailable(_("The load was interrupted. Nothing was changed; load again.")))
        raise
    _keep(run, outcome)
    changed = outcome.data_version != (run.version_before or None)
    _end(run, loader, "done" if changed else "unchanged")
    return outcome


def _close_interrupted(loader: Loader) -> None:
    """Runs whose process was killed say so instead of running for ever."""
    lost = LoadRun.objects.filter(
        loader=loader.name, status=LoadRun.Status.RUNNING, beat_at__lt=clock.now() - LOST_AFTER
    )
    lost.update(
        status=LoadRun.Status.FAILED,
        error_code="interrupted",
        error=_("The load was interrupted. Nothing was changed; load again."),
        finished_at=clock.now(),
    )


def _end_badly(run: LoadRun, loader: Loader, error: FarolError) -> None:
    rejected = isinstance(error, RowsRejected)
    if isinstance(error, RowsRejected):
        _keep(run, error.outcome)
    run.error_code, run.error = error.code, str(error.detail)
    _end(run, loader, "rejected" if rejected else "failed")


def _keep(run: LoadRun, outcome: LoadOutcome) -> None:
    for name in _COUNTS:
        setattr(run, name, getattr(outcome, name))
    run.columns = outcome.columns
    run.rejects_file = Path(outcome.rejects_file).name if outcome.rejects_file else ""
    for entry, digest in zip(run.files, outcome.digests, strict=False):
        entry["digest"] = digest


def _end(run: LoadRun, loader: Loader, status: str) -> None:
    run.status, run.finished_at, run.version_after = status, clock.now(), version_name(loader.dataset)
    run.save()
    params: dict[str, Any] = {
        "run": run.pk,
        "status": status,
        "rows_new": run.rows_new,
        "rows_changed": run.rows_changed,
    }
    principal = Principal(frozenset(), user=run.user, label=run.actor)
    audit.record(principal, "sources.load", target=loader.name, params=params)


def version_name(dataset: str) -> str:
    """The version that readers see; empty if there is none yet."""
    found = current_version(dataset)
    return found.name if found else ""
