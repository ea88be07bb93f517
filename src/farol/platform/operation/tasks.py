"""Background work that requests hand over (`@task()` of django-tasks, kept in the operational database)."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from farol.platform.jobs.models import Presence
from farol.platform.jobs.presence import Life

log = logging.getLogger(__name__)


class WorkerStopped(Exception):
    """The process that ran the task stopped before its end."""


def run_next(life: Life) -> bool:
    """Run the next waiting task to its end; False if none waits. Of several workers exactly one gets it."""
    row = DBTaskResult.objects.ready().first()
    if row is None:
        return False
    taken = DBTaskResult.objects.filter(pk=row.pk, status="READY").update(
        status="RUNNING", started_at=timezone.localtime(), worker_ids=[*row.worker_ids, life.id]
    )
    if taken:
        row.refresh_from_db()
        _runner(life).run_task(row)
    return True


def _runner(life: Life) -> TaskWorker:
    return TaskWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=life.id,
        excluded_queue_names=[],
    )


def fail_orphans() -> int:
    """Tasks of buried workers end as failed: only their owner knows whether they may run twice. How many."""
    living = set(Presence.objects.values_list("id", flat=True))
    orphans = [row for row in DBTaskResult.objects.filter(status="RUNNING") if not living & set(row.worker_ids[-1:])]
    for row in orphans:
        row.set_failed(WorkerStopped("the process that ran this stopped before its end"))
    return len(orphans)
