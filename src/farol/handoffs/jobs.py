"""Effects that waited for a module, looked at again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.handoffs.receivers import carry_out
from farol.platform.jobs import Job, JobRun


def look_again(run: JobRun) -> None:
    found = carry_out()
    if found.done or found.refused:
        run.progress(found.done, found.done + len(found.refused), "; ".join(text for _row, text in found.refused[:3]))


JOBS = [Job("handoffs.carry_out", _("Effects that waited for their module"), "*/10 * * * *", look_again, quiet=True)]
