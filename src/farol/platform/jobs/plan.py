"""When a job is due, and the one door by which a run begins and ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cronsim import CronSim
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from farol.core import clock
from farol.platform.jobs.job import Job, LostLease
from farol.platform.jobs.models import Cause, Outcome, Presence, Run, Schedule

SLIP = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Claim:
    """The right to run `job` once, until `finish` or until others declare it lost."""

    job: Job
    token: int
    holder: str
    cause: str
    due_at: dt.datetime


def next_after(cron: str, instant: dt.datetime) -> dt.datetime:
    """The first instant after `instant` that the expression names in the business time zone."""
    return next(CronSim(cron, clock.local(instant))).astimezone(dt.UTC)


def schedule_of(job: Job, known: Schedule | None = None) -> Schedule:
    """The job's row, planned anew where the expression changed or the clock was set back by more than a correction.

    `known` is the row where it has been read already.
    """
    now = clock.now()
    row = known or Schedule.objects.get_or_create(name=job.name, defaults={"cron": job.cron})[0]
    ahead: dt.datetime | None = row.next_at
    cron = row.own_cron or job.cron
    if row.cron != cron or ahead is None or ahead > next_after(cron, now + SLIP):
        next_at = next_after(cron, now)
        Schedule.objects.filter(pk=row.pk, token=row.token).update(cron=cron, next_at=next_at)
        row.cron, row.next_at = cron, next_at
    return row


def claim(job: Job, row: Schedule, holder: str, cause: str) -> Claim | None:
    """Begin a run if nobody else did since `row` was read. A plan missed several times is caught up by this one run."""
    now = clock.now()
    due_at = row.next_at if cause == Cause.SCHEDULE else now
    next_at = next_after(row.cron, now) if cause == Cause.SCHEDULE else F("next_at")
    with transaction.atomic():
        begun = Schedule.objects.filter(pk=row.pk, token=row.token, holder="", requested=row.requested).update(
            holder=holder, token=row.token + 1, next_at=next_at, requested="", requested_by=None, last_started_at=now
        )
        if not begun:
            return None
        if not job.quiet:
            Run.objects.create(
                job=job.name,
                token=row.token + 1,
                cause=cause,
                requested_by_id=row.requested_by_id,
                due_at=due_at,
                started_at=now,
            )
    return Claim(job, row.token + 1, holder, cause, due_at)


def due(row: Schedule) -> str:
    """Why a free job should begin now; empty if it should not."""
    if row.holder:
        return ""
    if row.requested:
        return row.requested
    return Cause.SCHEDULE if not row.paused and row.next_at and row.next_at <= clock.now() else ""


def hold(claim: Claim) -> None:
    """Raises `LostLease` unless the claim still stands; inside a transaction it stands until the commit."""
    kept = Schedule.objects.filter(name=claim.job.name, token=claim.token, holder=claim.holder)
    if not kept.update(token=F("token")):
        raise LostLease(claim.job.name)


def finish(claim: Claim, outcome: Outcome, error: str = "") -> bool:
    """End the run; False if it had been declared lost, and then nothing is written."""
    return _end(claim.job.name, claim.token, claim.holder, outcome, error)


def _end(name: str, token: int, holder: str, outcome: Outcome, error: str, again: bool = False) -> bool:
    now = clock.now()
    changes: dict = {"holder": "", "last_finished_at": now, "last_outcome": outcome, "last_error": error}
    if outcome == Outcome.DONE:
        changes["last_done_at"] = now
    if again:
        changes["requested"] = Cause.RETRY
    with transaction.atomic():
        ended = Schedule.objects.filter(name=name, token=token, holder=holder).update(**changes)
        if ended:
            Run.objects.filter(job=name, token=token).update(finished_at=now, outcome=outcome, error=error)
    return bool(ended)


def free_orphans() -> int:
    """End the runs of buried processes; each begins once more, unless it already was such a second try. How many."""
    orphans = Schedule.objects.exclude(holder="").exclude(holder__in=Presence.objects.values("id"))
    return sum(break_off(row, _("The process that ran it stopped.")) for row in orphans)


def break_off(row: Schedule, reason: str) -> bool:
    """Declare a run lost."""
    retried = Run.objects.filter(job=row.name, token=row.token, cause=Cause.RETRY).exists()
    return _end(row.name, row.token, row.holder, Outcome.LOST, reason, again=not retried)
