"""What becomes of the tasks that were asked of Kommo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farol.areas.crm.models import LeadTask


def arrived(payload: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Kommo has it: `result` carries the id it gave."""
    _tasks(payload).update(state="done", external_id=str(result.get("id", ""))[:80])


def told(payload: Mapping[str, Any], state: str, sentence: str) -> None:
    """How the delivery stands; what will not be tried again has failed, so that it can be asked for anew."""
    if state == "failed":
        _tasks(payload).filter(state="queued").update(state="failed")


def _tasks(payload: Mapping[str, Any]) -> Any:
    """The task that a message is for: its `record` is `crm.task:` and the id."""
    kind, _colon, number = str(payload.get("record", "")).partition(":")
    return (
        LeadTask.objects.filter(pk=int(number)) if kind == "crm.task" and number.isdigit() else LeadTask.objects.none()
    )


HOOKS = [("kommo.task", arrived, told)]
