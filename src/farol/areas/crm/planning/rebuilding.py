"""New goals and spend reach the published data by a rebuild, which the worker does."""

from __future__ import annotations

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from farol.engines.sources.sync import rebuild
from farol.platform.accounts.principal import SYSTEM


@task()
def rebuild_commercial(cause: str) -> None:
    """Publish the commercial data anew from what was loaded; nothing happens while a load is under way."""
    rebuild("crm", SYSTEM, cause)


def ask_for_rebuild(cause: str) -> None:
    """Have it done soon; one that has not begun yet will do for any number of changes."""
    waiting = DBTaskResult.objects.filter(
        task_path=rebuild_commercial.module_path, status=TaskResultStatus.READY
    ).exists()
    if not waiting:
        rebuild_commercial.enqueue(cause)
