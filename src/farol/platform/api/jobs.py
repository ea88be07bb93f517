"""Housekeeping."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.api.models import KeptAnswer
from farol.platform.jobs import Job, JobRun

KEPT = dt.timedelta(hours=48)
BATCH = 5000


def tidy(run: JobRun) -> None:
    """Keys may be sent again for at least a day; we keep their answers for two. In small bites: it holds a lock."""
    while True:
        run.check()
        old = KeptAnswer.objects.filter(at__lt=clock.now() - KEPT).values("pk")[:BATCH]
        if not KeptAnswer.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]:
            return


JOBS = [Job("api.tidy", _("Drop answers kept for repeated requests"), "43 * * * *", tidy, quiet=True)]
