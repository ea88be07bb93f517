"""Runs one claimed job and writes down how it ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError

from farol.core.errors import FarolError
from farol.platform.jobs import plan
from farol.platform.jobs.job import JobRun, LostLease
from farol.platform.jobs.models import Outcome, Run
from farol.platform.operation.redaction import redact

log = logging.getLogger(__name__)
Report = Callable[[int, int | None, str], None]


class ActiveRun(JobRun):
    """A run that holds its lease. `spoke_at` (monotonic) is its last sign of life."""

    def __init__(self, claim: plan.Claim, report: Report | None = None) -> None:
        super().__init__(claim.job, claim.token, claim.cause, claim.due_at)
        self.claim, self._report = claim, report
        self.spoke_at = time.monotonic()

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        self.check()
        Run.objects.filter(job=self.job.name, token=self.token).update(done=done, total=total, text=text[:200])
        if self._report:
            self._report(done, total, text)

    def check(self) -> None:
        plan.hold(self.claim)
        self.spoke_at = time.monotonic()

    def hung(self) -> bool:
        return time.monotonic() - self.spoke_at > self.job.lease_seconds


def execute(run: ActiveRun) -> tuple[Outcome, str]:
    """Run to the end; the outcome and, where it failed, the error in words."""
    outcome, error = _outcome(run)
    try:
        if not plan.finish(run.claim, outcome, error):
            outcome = Outcome.LOST
    except DatabaseError:
        # the run stays open; the process's own watch breaks it off when the database is back
        log.exception("job %s: the outcome could not be written", run.job.name)
    log.log(logging.DEBUG if run.job.quiet else logging.INFO, "job %s: %s", run.job.name, outcome.value)
    return outcome, error


def _outcome(run: ActiveRun) -> tuple[Outcome, str]:
    try:
        run.job.run(run)
    except LostLease:
        return Outcome.LOST, ""
    except FarolError as error:
        log.warning("job %s: %s", run.job.name, error)
        return Outcome.FAILED, redact(str(error))
    except Exception as error:
        log.exception("job %s failed", run.job.name)
        return Outcome.FAILED, redact(f"{type(error).__name__}: {error}")[:2000]
    return Outcome.DONE, ""
