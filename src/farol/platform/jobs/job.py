"""What a room declares and what its function is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farol.platform.apps import collect


class LostLease(Exception):
    """This run was declared dead (its process fell silent, or it hung) and must not change anything any more."""


@dataclass(frozen=True)
class Job:
    """A scheduled job.

    `cron` is read in the business time zone (five fields, or six with seconds first). A run that says nothing
    (`run.progress`, `run.check`) for `lease_seconds` counts as hung: it is fenced off and the job is free again.
    A `quiet` job is short housekeeping: it runs in the scheduler's own thread and only its failures enter the history.
    """

    name: str
    label: Any
    cron: str
    run: Callable[[JobRun], None]
    lease_seconds: int = 900
    quiet: bool = False


class JobRun:
    """One run as its function sees it. `due_at` is the instant it was due (the start, if a person asked for it)."""

    def __init__(self, job: Job, token: int, cause: str, due_at: dt.datetime) -> None:
        self.job, self.token, self.cause, self.due_at = job, token, cause, due_at

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Show how far the run is; also a sign of life. Raises `LostLease` like `check`."""
        self.check()

    def check(self) -> None:
        """Raises `LostLease` when fenced off. Inside a transaction it also keeps the lease until the commit."""


def jobs() -> dict[str, Job]:
    """All jobs by name."""
    return {job.name: job for job in collect("jobs", "JOBS")}
