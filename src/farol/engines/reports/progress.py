"""How far the sendings of a report got, as the outbox knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True)
class Whole:
    """The state of all sendings of a report in one word."""

    label: Any
    tone: str
    icon: str


def of_issues(issues: Sequence[Issue]) -> dict[int, list[Sending]]:
    """The sendings of several issues, by issue. A message the outbox has forgotten was delivered long ago."""
    deliveries = list(Delivery.objects.filter(issue__in=issues))
    messages = OutboxMessage.objects.filter(key__in=[delivery.key for delivery in deliveries])
    known = {(m.channel, m.key): m for m in messages.only("channel", "key", "state", "error")}
    found: dict[int, list[Sending]] = {issue.pk: [] for issue in issues}
    for delivery in deliveries:
        message = known.get((delivery.channel, delivery.key))
        sending = Sending(delivery, State(message.state), message.error) if message else Sending(delivery, State.DONE)
        found[delivery.issue_id].append(sending)
    return found


def whole(sendings: Sequence[Sending]) -> Whole | None:
    """The worst state first; None where nothing was sent."""
    tones = {sending.tone: sending for sending in sendings}
    for tone, label in (("danger", _("Not delivered")), ("info", _("On its way")), ("success", _("Sent"))):
        if tone in tones:
            return Whole(label, tone, tones[tone].icon)
    return None
