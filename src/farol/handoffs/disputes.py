"""Returns that the rules call disputable: the dispute waits, with its deadline, until its module exists."""

from __future__ import annotations

from farol.areas.aftersales.triage.models import Triage
from farol.areas.aftersales.triage.queries import dispute_rule
from farol.engines.workflow import Act, links
from farol.engines.workflow.models import PendingHandoff
from farol.platform import calendar

KIND = "dispute"


def consider(triage: Triage, act: Act) -> None:
    """One dispute per triage; while it still waits it follows what is written there."""
    there = PendingHandoff.objects.filter(record=triage.reference, kind=KIND).first()
    if there and there.done_at:
        return
    rule = dispute_rule(triage.channel, triage.reason)
    if rule is None:
        if there:
            there.delete()
        return
    data = {
        "channel": triage.channel,
        "reason": triage.reason.name if triage.reason else "",
        "order": triage.order,
        "deadline": calendar.default().add_business_days(triage.received_on, rule.days).isoformat(),
    }
    if there is None:
        links.pend(triage.reference, KIND, data)
    elif there.data != data:
        there.data = data
        there.save(update_fields=["data"])
