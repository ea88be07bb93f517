"""Runs a load with its history: whatever happens, the run says how it ended."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from farol.core import clock
from farol.core.errors import FarolError, Unavailable
from farol.engines.sources.loader import Loader, LoadOutcome, LoadRequest, Progress, RowsRejected
from farol.engines.sources.models import LoadRun
from farol.engines.warehouse import current_version
from farol.platform import audit
from farol.platform.accounts.principal import Principal

log = logging.getLogger(__name__)
_COUNTS = ("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_deleted", "rows_rejected")


def new_run(loader: Loader, request: LoadRequest, principal: Principal) -> LoadRun:
    """A waiting run. `NotAllowed` without the right to load this."""
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
        version_before=_version(loader),
    )


def perform(run: LoadRun, loader: Loader, request: LoadRequest, progress: Progress) -> LoadOutcome:
    """Do the load and keep its outcome in the run; errors are kept and raised again."""
    run.status, run.started_at = LoadRun.Status.RUNNING, clock.now()
    run.save()
    try:
        outcome = loader.load(request, str(run.pk), progress)
    except FarolError as error:
        _end_badly(run, loader, error)
        raise
    except OSError as error:
        failure = Unavailable(f"{error.strerror or error}: {Path(error.filename).name if error.filename else ''}".rstrip(": "))
        _end_badly(run, loader, failure)
        raise failure from error
    _keep(run, outcome)
    changed = outcome.data_version != (run.version_before or None)
    _end(run, loader, LoadRun.Status.DONE if changed else LoadRun.Status.UNCHANGED)
    return outcome


def _end_badly(run: LoadRun, loader: Loader, error: FarolError) -> None:
    rejected = isinstance(error, RowsRejected)
    if isinstance(error, RowsRejected):
        _keep(run, error.outcome)
    run.error_code, run.error = error.code, str(error.detail)
    _end(run, loader, LoadRun.Status.REJECTED if rejected else LoadRun.Status.FAILED)


def _keep(run: LoadRun, outcome: LoadOutcome) -> None:
    for name in _COUNTS:
        setattr(run, name, getattr(outcome, name))
    run.columns = outcome.columns
    run.rejects_file = Path(outcome.rejects_file).name if outcome.rejects_file else ""
    for entry, digest in zip(run.files, outcome.digests, strict=False):
        entry["digest"] = digest


def _end(run: LoadRun, loader: Loader, status: str) -> None:
    run.status, run.finished_at, run.version_after = status, clock.now(), _version(loader)
    run.save()
    params: dict[str, Any] = {"run": run.pk, "status": str(status), "rows_new": run.rows_new, "rows_changed": run.rows_changed}
    principal = Principal(frozenset(), user=run.user, label=run.actor)
    audit.record(principal, "sources.load", target=loader.name, params=params)


def _version(loader: Loader) -> str:
    found = current_version(loader.dataset)
    return found.name if found else ""
