"""Begins what is due. Several schedulers may run at once: the claim decides."""

from __future__ import annotations

import threading

from django.db import connections
from django.utils.translation import gettext as _

from farol.platform.jobs import plan
from farol.platform.jobs.job import Job, jobs
from farol.platform.jobs.models import Schedule
from farol.platform.jobs.presence import Life
from farol.platform.jobs.runner import ActiveRun, execute

AT_ONCE = 3


class Scheduler:
    """The jobs of one worker process."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.active: dict[tuple[str, int], ActiveRun] = {}
        self._lock = threading.Lock()

    def tick(self) -> None:
        """Begin what is due; returns at once, except for quiet jobs."""
        known = {row.name: row for row in Schedule.objects.all()}
        for job in jobs().values():
            row = plan.schedule_of(job, known.get(job.name))
            cause = plan.due(row)
            if not cause or not (job.quiet or len(self.active) < AT_ONCE):
                continue
            run = self._claim(job, row, cause)
            if run and job.quiet:
                self._work(run)
            elif run:
                threading.Thread(target=self._work_apart, args=(run,), name=job.name, daemon=True).start()

    def _claim(self, job: Job, row: Schedule, cause: str) -> ActiveRun | None:
        with self._lock:
            claim = plan.claim(job, row, self.life.id, cause)
            if claim is None:
                return None
            run = self.active[job.name, claim.token] = ActiveRun(claim)
            return run

    def _work(self, run: ActiveRun) -> None:
        try:
            execute(run)
        finally:
            with self._lock:
                del self.active[run.job.name, run.token]

    def _work_apart(self, run: ActiveRun) -> None:
        try:
            self._work(run)
        finally:
            connections.close_all()

    def supervise(self) -> None:
        """After each beat: break off what hangs here, and free what buried processes held."""
        plan.free_orphans()
        with self._lock:
            hung = {key for key, run in self.active.items() if run.hung()}
            kept = self.active.keys() - hung
            mine = list(Schedule.objects.filter(holder=self.life.id))
        for row in mine:
            if (row.name, row.token) in hung:
                plan.break_off(row, _("It gave no sign of life for too long."))
            elif (row.name, row.token) not in kept:
                plan.break_off(row, _("Its outcome could not be written."))

    def interrupt(self, reason: str) -> None:
        """The process stops: give up what still runs, so that it begins again elsewhere."""
        for row in Schedule.objects.filter(holder=self.life.id):
            plan.break_off(row, reason)
