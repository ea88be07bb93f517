"""Scheduled work on imports."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.imports import kept, services
from farol.platform.imports.models import ImportRun
from farol.platform.jobs.job import Job, JobRun


def tidy(run: JobRun) -> None:
    """Forget files that nobody decided about within a day, and contents that belong to no open run."""
    open_states = (ImportRun.State.CHECKING, ImportRun.State.READY, ImportRun.State.BAD, ImportRun.State.FAILED)
    before = clock.now() - services.LIFE
    for old in ImportRun.objects.filter(state__in=open_states, created_at__lt=before):
        services.expire(old)
    root = settings.FAROL_HOME / "imports"
    for place in root.iterdir() if root.is_dir() else ():
        run.check()
        wanted = ImportRun.objects.filter(token=place.name, state__in=(*open_states, ImportRun.State.SAVING)).exists()
        if not wanted and clock.now().timestamp() - place.stat().st_mtime > services.LIFE.total_seconds():
            kept.forget(place.name)


JOBS = [Job("imports.tidy", _("Forget files that were not imported"), "53 3 * * *", tidy)]
