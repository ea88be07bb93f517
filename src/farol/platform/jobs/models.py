"""Who is alive, what is due, what has run."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.jobs.job import jobs


class Presence(models.Model):
    """A living process that may hold leases. `beat` grows while it lives; `beat_at` (real seconds) is for display."""

    id = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=12)
    host = models.CharField(max_length=120)
    pid = models.IntegerField()
    started_at = models.DateTimeField(default=clock.now)
    beat = models.BigIntegerField(default=0)
    beat_at = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"


class Outcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


class Cause(StrEnum):
    SCHEDULE = "schedule"
    PERSON = "person"
    RETRY = "retry"


OUTCOMES = {
    Outcome.RUNNING: _("Running"),
    Outcome.DONE: _("Done"),
    Outcome.FAILED: _("Failed"),
    Outcome.LOST: _("Broken off"),
}
CAUSES = {Cause.SCHEDULE: _("Schedule"), Cause.PERSON: _("Person"), Cause.RETRY: _("Again after a break")}


class Schedule(models.Model):
    """A job's plan and lease. `token` grows with every run, so that a run that was declared dead can be told apart.

    `cron` is the plan that `next_at` follows; `own_cron` one that a person set in place of the declared one.
    """

    name = models.CharField(max_length=80, unique=True)
    cron = models.CharField(max_length=80)
    own_cron = models.CharField(max_length=80, blank=True, default="")
    next_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    token = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=32, blank=True, default="")
    requested = models.CharField(max_length=8, blank=True, default="")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_done_at = models.DateTimeField(null=True)
    last_outcome = models.CharField(max_length=8, blank=True, default="")
    last_error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def outcome_label(self) -> Any:
        return OUTCOMES[Outcome.RUNNING if self.holder else Outcome(self.last_outcome)] if self.last_started_at else ""

    @property
    def label(self) -> Any:
        job = jobs().get(self.name)
        return job.label if job else self.name


class Run(models.Model):
    """History: one row per run."""

    job = models.CharField(max_length=80)
    token = models.BigIntegerField()
    cause = models.CharField(max_length=8)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default=Outcome.RUNNING.value)
    error = models.TextField(blank=True, default="")
    done = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    text = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["job", "token"], name="jobs_one_run_per_token")]

    def __str__(self) -> str:
        return f"{self.job} #{self.token}"

    @property
    def outcome_label(self) -> Any:
        return OUTCOMES[Outcome(self.outcome)]

    @property
    def cause_label(self) -> Any:
        return CAUSES[Cause(self.cause)]
