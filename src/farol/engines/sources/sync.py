"""Loads from sources: what may begin one, and what happens without one."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import Refused
from farol.engines.sources.loader import Progress, silent
from farol.engines.sources.models import LoadRun
from farol.engines.sources.runs import version_name
from farol.engines.sources.source import Source
from farol.engines.sources.syncing import Sync, SyncOutcome, close_interrupted, ended, syncs_of
from farol.engines.warehouse import Version, find_dataset, open_stage, publish
from farol.engines.warehouse.connection import warehouse_home
from farol.engines.warehouse.lease import writer_lease
from farol.platform.accounts.principal import Principal

log = logging.getLogger(__name__)
STALE_START = dt.timedelta(minutes=15)


def start(source: Source, principal: Principal, *, full: bool, since: dt.date | None, cause: str) -> LoadRun:
    """A waiting run. `NotAllowed` without the right; `Refused` where the source is not set up (`not_configured`) or is
    being loaded (`already_running`)."""
    principal.require(source.permission)
    if not source.configured():
        words = _("%(source)s is not set up. Settings: %(names)s.")
        names = ", ".join(source.settings)
        raise Refused(words % {"source": source.label, "names": names}, code="not_configured")
    with _lease(source):
        close_interrupted(source)
        waiting = syncs_of(source).filter(status=LoadRun.Status.WAITING, created_at__gt=clock.now() - STALE_START)
        if cause == "person" and waiting.exists():
            raise _already_running()
    return LoadRun.objects.create(
        loader=source.name,
        kind="sync",
        cause=cause,
        full=full,
        user=principal.user,
        actor=principal.label,
        options={"since": since.isoformat() if since else None},
        created_at=clock.now(),
        version_before=version_name(source.dataset),
    )


def sync(
    source: Source,
    run: LoadRun,
    *,
    full: bool = False,
    since: dt.date | None = None,
    accepted: Sequence[str] = (),
    progress: Progress = silent,
) -> SyncOutcome:
    """Fetch what changed, compare the days, publish. How it went, also badly, is in the outcome and in the run;
    `Refused` with code `already_running` where another process is at it."""
    with ExitStack() as held:
        try:
            held.enter_context(_lease(source))
        except Refused as error:
            ended(source, run, "failed", error)
            raise
        return Sync(source, run, full, since, accepted, progress).go()


def rebuild(dataset: str, principal: Principal, cause: str) -> Version | None:
    """Publish anew from the stage, without fetching (`cause` goes to the log); None while a load is under way or has
    not ended well: the next one that does publishes."""
    declared = find_dataset(dataset)
    with open_stage(declared) as stage:
        if stage.dirty is not None:
            stage.set_mark("wanted", "1")
            return None
        log.info("%s is published anew: %s, %s", dataset, cause, principal.label)
        return publish(stage)


@contextmanager
def _lease(source: Source) -> Iterator[None]:
    """Only one load into a stage at a time, in all processes; a dead one lets go."""
    with ExitStack() as held:
        try:
            held.enter_context(writer_lease(warehouse_home() / source.dataset / "sync", 0))
        except Refused as error:
            raise _already_running() from error
        yield


def _already_running() -> Refused:
    return Refused(_("This source is being loaded already. Wait until that ends."), code="already_running")
