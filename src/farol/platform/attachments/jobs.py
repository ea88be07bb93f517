"""Scheduled work on files of records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.attachments.sweep import sweep
from farol.platform.jobs.job import Job, JobRun


def _sweep(run: JobRun) -> None:
    run.progress(sweep(), text=str(_("files without a record deleted")))


JOBS = [Job("attachments.sweep", _("Delete files that belong to no record"), "23 4 * * *", _sweep)]
