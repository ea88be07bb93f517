"""How far the sendings of a report got, as the outbox knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from farol.engines.reports.models import Delivery, Issue
from farol.platform.outbox.models import LABELS, NEEDS_A_PERSON, OutboxMessage, State


@dataclass(frozen=True)
class Sending:
    """One delivery with the state of its message: label, tone, icon, and what the other side said."""

    delivery: Delivery
    state: State
    error: str = ""

    @property
    def label(self) -> Any:
        return LABELS[self.state]

    @property
    def tone(self) -> str:
        return "danger" if self.state in NEEDS_A_PERSON else "success" if self.state is State.DONE else "info"

    @property
    def icon(self) -> str:
        return {"danger": "alert-triangle", "success": "check"}.get(self.tone, "clock")


def of_issue(issue: Issue) -> list[Sending]:
    """The sendings of an issue. A message the outbox has forgotten was delivered long ago."""
    deliveries = list(issue.deliveries.all())
    messages = OutboxMessage.objects.filter(key__in=[delivery.key for delivery in deliveries])
    known = {(m.channel, m.key): m for m in messages.only("channel", "key", "state", "error")}
    return [_sending(delivery, known.get((delivery.channel, delivery.key))) for delivery in deliveries]


def _sending(delivery: Delivery, message: OutboxMessage | None) -> Sending:
    if message is None:
        return Sending(delivery, State.DONE)
    return Sending(delivery, State(message.state), message.error)
