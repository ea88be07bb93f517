"""The scheduler's own housekeeping."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from farol.core import clock
from farol.platform.jobs.job import Job, JobRun
from farol.platform.jobs.models import Outcome, Run

KEPT = dt.timedelta(days=180)


def tidy(run: JobRun) -> None:
    """Forget runs and finished background tasks of half a year ago."""
    before = clock.now() - KEPT
    Run.objects.filter(started_at__lt=before).exclude(outcome=Outcome.RUNNING).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()


JOBS = [Job("jobs.tidy", _("Forget old runs"), "47 3 * * *", tidy)]
