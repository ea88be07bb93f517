"""Loads that a page asked for, done by the worker."""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Any

from django.conf import settings
from django.utils import translation
from django_tasks import task

from farol.core import clock
from farol.core.errors import FarolError
from farol.engines.sources.loader import FileToLoad, LoadRequest, find_loader
from farol.engines.sources.models import LoadRun
from farol.engines.sources.runs import perform
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import rebuild, sync
from farol.engines.sources.uploads import forget, upload_folder
from farol.platform.accounts.principal import SYSTEM

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.4


@task()
def load_uploaded(run_id: int) -> None:
    """Load the files of a waiting run; how it went is in the run, also when it went badly."""
    run = LoadRun.objects.select_related("user").get(pk=run_id)
    if run.status != LoadRun.Status.WAITING:
        return  # delivered twice
    language = run.user.language if run.user else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        try:
            perform(run, find_loader(run.loader), _request(run), Beat(run))
        except FarolError as error:
            log.info("load %s ended: %s", run.pk, error.code)
        finally:
            forget(run.pk)


@task()
def run_sync(run_id: int) -> None:
    """Fetch the source of a waiting run; how it went is in the run, also when it went badly."""
    run = LoadRun.objects.select_related("user").get(pk=run_id)
    if run.status != LoadRun.Status.WAITING:
        return  # delivered twice
    since = run.options.get("since")
    language = run.user.language if run.user else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        try:
            first = dt.date.fromisoformat(since) if since else None
            sync(find_source(run.loader), run, full=run.full, since=first, accepted=run.options.get("accepted", ()))
        except FarolError as error:
            log.info("load %s ended: %s", run.pk, error.code)


@task()
def run_rebuild(dataset: str, cause: str) -> None:
    """Publish a dataset anew, because something that its figures are made with has changed."""
    try:
        rebuild(dataset, SYSTEM, cause)
    except FarolError as error:
        log.warning("%s was not published anew (%s): %s", dataset, cause, error.code)


def _request(run: LoadRun) -> LoadRequest:
    folder = upload_folder(run.pk)
    files = tuple(FileToLoad(folder / str(place), entry["name"]) for place, entry in enumerate(run.files))
    return LoadRequest(files=files, **{**run.options, "accepted": tuple(run.options.get("accepted", ()))})


class Beat:
    """Writes progress into the run's row, a few times a second at most."""

    def __init__(self, run: LoadRun) -> None:
        self._run, self._last = run, 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._run.step or time.monotonic() - self._last > BEAT_SECONDS:
            self._last, self._run.step = time.monotonic(), step
            values: dict[str, Any] = {"step": step, "done": done, "total": total, "beat_at": clock.now()}
            LoadRun.objects.filter(pk=self._run.pk).update(**values)
