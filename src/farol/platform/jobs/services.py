"""What people do to jobs."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core.errors import NotFound, Refused
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.jobs import plan
from farol.platform.jobs.job import Job, jobs
from farol.platform.jobs.models import Cause, Schedule


def job_called(name: str) -> Job:
    """`NotFound` unless a room declares it."""
    try:
        return jobs()[name]
    except KeyError as error:
        raise NotFound(_("There is no task called %(name)s.") % {"name": name}) from error


@transaction.atomic
def ask_to_run(job: Job, principal: Principal) -> None:
    """The worker begins it within a second; `Refused` while it runs or is already asked for."""
    row = plan.schedule_of(job)
    asked = Schedule.objects.filter(pk=row.pk, holder="", requested="").update(
        requested=Cause.PERSON, requested_by=principal.user
    )
    if not asked:
        raise Refused(_("This task is already running, or about to."))
    audit.record(principal, "job.run", target=f"job:{job.name}", params={"job": job.name})


@transaction.atomic
def pause(job: Job, principal: Principal) -> None:
    """No scheduled run begins until `resume`; one that runs goes on."""
    row = plan.schedule_of(job)
    if Schedule.objects.filter(pk=row.pk, paused=False).update(paused=True):
        audit.record(principal, "job.paused", target=f"job:{job.name}", params={"job": job.name})


@transaction.atomic
def resume(job: Job, principal: Principal) -> None:
    """Planned from now on: what was missed during the pause was not wanted."""
    row = plan.schedule_of(job)
    if Schedule.objects.filter(pk=row.pk, paused=True).update(paused=False, next_at=None):
        plan.schedule_of(job)
        audit.record(principal, "job.resumed", target=f"job:{job.name}", params={"job": job.name})
