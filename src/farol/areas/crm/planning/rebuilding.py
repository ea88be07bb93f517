"""New goals and spend reach the published data by a rebuild, which the worker does."""

from __future__ import annotations

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from farol.engines.sources.tasks import run_rebuild

DATASET = "crm"


def ask_for_rebuild(cause: str) -> None:
    """Have the commercial data published anew soon; one that has not begun yet will do for any number of changes."""
    waiting = DBTaskResult.objects.filter(
        task_path=run_rebuild.module_path, status=TaskResultStatus.READY, args_kwargs__args__0=DATASET
    )
    if not waiting.exists():
        run_rebuild.enqueue(DATASET, cause)
