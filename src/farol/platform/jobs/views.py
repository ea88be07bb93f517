"""Administration, Tasks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from farol.core import clock
from farol.core.errors import BadInput
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.jobs import services
from farol.platform.jobs.job import Job, jobs
from farol.platform.jobs.models import OUTCOMES, Outcome, Run, Schedule
from farol.platform.web.lists import Column, Empty, Filter, List, Status

TONES = {
    Outcome.RUNNING: ("info", "loader"),
    Outcome.DONE: ("success", "circle-check"),
    Outcome.FAILED: ("danger", "alert-circle"),
    Outcome.LOST: ("warning", "alert-triangle"),
}


@dataclass(frozen=True)
class Line:
    """A declared job with its row."""

    job: Job
    row: Schedule

    @property
    def label(self) -> str:
        return str(self.job.label)

    @property
    def state(self) -> Status:
        if self.row.holder:
            return _status(Outcome.RUNNING, self.row.outcome_label)
        if self.row.requested:
            return Status(_("Waiting for the worker"), "info", "hourglass")
        if self.row.paused:
            return Status(_("Paused"), "warning", "clock-pause")
        if not self.row.last_outcome:
            return Status(_("Has not run yet"), "neutral", "clock")
        return _status(Outcome(self.row.last_outcome), self.row.outcome_label)

    @property
    def next_at(self) -> dt.datetime | None:
        return None if self.row.paused else self.row.next_at

    @property
    def seconds(self) -> float | None:
        return _seconds(self.row.last_started_at, self.row.last_finished_at)


def _status(outcome: Outcome, label: Any) -> Status:
    return Status(label, *TONES[outcome])


def _seconds(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end and end >= start else None


JOBS = List(
    name="jobs",
    title=gettext_lazy("Tasks"),
    subtitle=gettext_lazy("What Farol does by itself, when it last did it and how it went."),
    columns=(
        Column("label", gettext_lazy("Task"), sort="label", link=True),
        Column("state", gettext_lazy("State"), kind="status"),
        Column(
            "last", gettext_lazy("Last run"), value="row.last_started_at", sort="row.last_started_at", kind="datetime"
        ),
        Column("seconds", gettext_lazy("Duration (s)"), kind="number", sort="seconds"),
        Column("next_at", gettext_lazy("Next run"), sort="next_at", kind="datetime"),
        Column("error", gettext_lazy("Error"), value="row.last_error"),
        Column("cron", gettext_lazy("Plan"), value="row.cron", shown=False),
    ),
    search=("label",),
    order="label",
    row_url=lambda line: reverse("jobs:job", args=[line.job.name]),
    empty=Empty(gettext_lazy("No tasks"), gettext_lazy("No part of Farol has declared one."), icon="clock"),
)
HISTORY = List(
    name="runs",
    title=gettext_lazy("Runs"),
    columns=(
        Column("started_at", gettext_lazy("Start"), sort="started_at", kind="datetime"),
        Column(
            "outcome",
            gettext_lazy("Outcome"),
            value=lambda r: _status(Outcome(r.outcome), r.outcome_label),
            kind="status",
        ),
        Column(
            "seconds",
            gettext_lazy("Duration (s)"),
            value=lambda r: _seconds(r.started_at, r.finished_at),
            kind="number",
        ),
        Column("progress", gettext_lazy("Progress"), value=lambda r: _progress(r)),
        Column("cause", gettext_lazy("Cause"), value=lambda r: f"{r.cause_label}{_by(r)}"),
        Column("error", gettext_lazy("Error")),
    ),
    filters=(Filter("outcome", gettext_lazy("Outcome"), [(o.value, label) for o, label in OUTCOMES.items()]),),
    order="-started_at",
    empty=Empty(gettext_lazy("No runs yet"), gettext_lazy("Run it now, or wait for its time."), icon="history"),
)


def _by(run: Run) -> str:
    return f": {run.requested_by}" if run.requested_by else ""


def _progress(run: Run) -> str:
    if run.done is None:
        return run.text
    count = f"{run.done} / {run.total}" if run.total else str(run.done)
    return f"{count} {run.text}".strip()


@requires("administration")
@require_safe
def job_list(request: HttpRequest) -> HttpResponseBase:
    lines = [Line(job, _row(job)) for job in jobs().values()]
    return JOBS.respond(request, lines, template="jobs/jobs.html")


@requires("administration")
@require_safe
def job_page(request: HttpRequest, name: str) -> HttpResponseBase:
    job = services.job_called(name)
    runs = Run.objects.filter(job=name).select_related("requested_by")
    context = {"line": Line(job, _row(job)), "zone": clock.zone().key}
    return HISTORY.respond(request, runs, template="jobs/job.html", context=context)


@requires("administration")
@require_POST
def job_run(request: HttpRequest, name: str) -> HttpResponse:
    services.ask_to_run(services.job_called(name), asker_of(request))
    messages.success(request, _("The worker begins it within a few seconds."))
    return redirect("jobs:job", name)


@requires("administration")
@require_POST
def job_plan(request: HttpRequest, name: str) -> HttpResponse:
    try:
        services.set_plan(services.job_called(name), request.POST.get("cron", ""), asker_of(request))
    except BadInput as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("The plan is saved."))
    return redirect("jobs:job", name)


@requires("administration")
@require_POST
def job_pause(request: HttpRequest, name: str) -> HttpResponse:
    services.pause(services.job_called(name), asker_of(request))
    messages.success(request, _("Paused. It runs again when somebody resumes it."))
    return redirect("jobs:job", name)


@requires("administration")
@require_POST
def job_resume(request: HttpRequest, name: str) -> HttpResponse:
    services.resume(services.job_called(name), asker_of(request))
    messages.success(request, _("Resumed. It runs at its next time."))
    return redirect("jobs:job", name)


def _row(job: Job) -> Schedule:
    """As the worker left it; reading plans nothing."""
    return Schedule.objects.filter(name=job.name).first() or Schedule(name=job.name, cron=job.cron)
