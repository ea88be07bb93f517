"""What the page of tasks listens to."""

from __future__ import annotations

from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.jobs.models import Outcome, Run
from farol.platform.stream import Topic


def running(principal: Principal) -> dict[str, Any]:
    """Changes whenever a run begins, goes on or ends."""
    last = Run.objects.order_by("-id").values_list("id", flat=True).first()
    now = Run.objects.filter(outcome=Outcome.RUNNING).values_list("job", "done", "text")
    return {"last": last, "running": [list(row) for row in now]}


TOPICS = [Topic("jobs", "administration", running)]
