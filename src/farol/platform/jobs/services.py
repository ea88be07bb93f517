"""What people do to jobs."""

from __future__ import annotations

from cronsim import CronSimError
from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, NotFound, Refused
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.jobs import plan
from farol.platform.jobs.job import Job, jobs
from farol.platform.jobs.models import Cause, Schedule

LONGEST, FIELDS = 80, 5


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
def set_plan(job: Job, text: str, principal: Principal) -> None:
    """Run it by another plan (five fields, business time zone); without text by the declared one again.

    `BadInput` for what is no plan, or one that never falls due.
    """
    cron = " ".join(text.split())
    if cron:
        _check_plan(cron)
    row = plan.schedule_of(job)
    if row.own_cron == cron:
        return
    Schedule.objects.filter(pk=row.pk).update(own_cron=cron)
    row.own_cron = cron
    plan.schedule_of(job, row)
    audit.record(principal, "job.planned", target=f"job:{job.name}", params={"job": job.name, "cron": row.cron})


def _check_plan(cron: str) -> None:
    try:
        if len(cron) > LONGEST or len(cron.split()) != FIELDS:
            raise CronSimError
        plan.next_after(cron, clock.now())
    except (CronSimError, StopIteration) as error:
        sentence = _("This is no plan. It has five fields: minute, hour, day, month, weekday, such as 0 8 * * 1.")
        raise BadInput("cron", sentence) from error


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
