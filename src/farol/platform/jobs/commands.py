"""`farol jobs list`, `farol jobs run NAME`."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time

import click
from django.utils.translation import gettext as _
from tqdm import tqdm

from farol.core import clock
from farol.core.errors import Refused
from farol.platform import audit
from farol.platform.accounts.operator import acting
from farol.platform.jobs import plan
from farol.platform.jobs.job import Job, jobs
from farol.platform.jobs.models import Cause, Outcome, Presence, Schedule
from farol.platform.jobs.presence import BEAT, SILENCE, living
from farol.platform.jobs.runner import ActiveRun, execute
from farol.platform.jobs.services import job_called

as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


@click.group("jobs")
def group() -> None:
    """Scheduled jobs."""


@group.command("list")
@as_json_option
def list_jobs(as_json: bool) -> None:
    """Every job with its plan, its last and its next run."""
    rows = [_row(job, plan.schedule_of(job)) for job in jobs().values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']:<24} {row['cron']:<16} {row['outcome'] or '-':<8} {row['next'] or 'paused'}")


def _row(job: Job, row: Schedule) -> dict[str, object]:
    return {
        "name": job.name,
        "cron": row.cron,
        "paused": row.paused,
        "running": bool(row.holder),
        "next": None if row.paused else _instant(row.next_at),
        "last": _instant(row.last_started_at),
        "outcome": row.last_outcome or None,
        "error": row.last_error or None,
    }


def _instant(value: dt.datetime | None) -> str | None:
    return clock.local(value).isoformat(timespec="seconds") if value else None


@group.command("run")
@click.argument("name")
@click.option("--as", "email", help="Act as this person instead of the local operator.")
@as_json_option
def run_job(name: str, email: str | None, as_json: bool) -> None:
    """Run one job here and now. Exit 1 if it fails, or if it is running already."""
    principal = acting(email)
    principal.require("administration")
    job = job_called(name)
    with living("command") as life, tqdm(desc=name, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        claim = _claim(job, life.id)
        audit.record(principal, "job.run", target=f"job:{job.name}", params={"job": job.name})
        outcome, error = execute(ActiveRun(claim, lambda done, total, text: _show(bar, done, total, text)))
    if as_json:
        click.echo(json.dumps({"job": name, "run": claim.token, "outcome": outcome, "error": error or None}))
    else:
        click.echo(f"farol: {name}: {outcome} {error}".rstrip(), err=True)
    sys.exit(0 if outcome == Outcome.DONE else 1)


def _claim(job: Job, holder: str) -> plan.Claim:
    """Wait out a holder that may be dead: a living one is told apart by its beats within a few seconds."""
    until = time.monotonic() + SILENCE + 3 * BEAT
    while True:
        row = plan.schedule_of(job)
        claim = None if row.holder else plan.claim(job, row, holder, Cause.PERSON)
        if claim:
            return claim
        if time.monotonic() > until or _holder_lives(row):
            raise Refused(_("This task is already running, or about to."))
        time.sleep(1)
        plan.free_orphans()


def _holder_lives(row: Schedule) -> bool:
    before = Presence.objects.filter(pk=row.holder).values_list("beat", flat=True).first()
    time.sleep(BEAT + 1)
    after = Presence.objects.filter(pk=row.holder).values_list("beat", flat=True).first()
    return before is not None and after is not None and after != before


def _show(bar: tqdm, done: int, total: int | None, text: str) -> None:
    bar.total = total
    bar.set_postfix_str(text, refresh=False)
    bar.update(done - bar.n)


COMMANDS = [group]
