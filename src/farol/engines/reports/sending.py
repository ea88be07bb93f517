"""Who gets a report, and sending it once: the outbox delivers what is noted here in the same transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from farol.engines.reports import archive, messages
from farol.engines.reports.definition import Report
from farol.engines.reports.models import Delivery, Issue
from farol.platform import audit, outbox
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import SYSTEM, Principal, principal_of

EMAIL, SLACK = "email", "slack"  # names of the outbox's channels


@dataclass
class Sent:
    """What a sending did: deliveries noted now, those noted before, and addresses left out with the reason."""

    new: list[Delivery] = field(default_factory=list)
    before: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)


def send(report: Report, asked: dt.date, principal: Principal) -> Sent:
    """Send a day's report to everybody configured, each with the rights of their own; once, however often called."""
    sent, made = Sent(), dict[tuple[str, str], Issue]()
    for channel, recipient in targets():
        reader = _reader(recipient) if channel == EMAIL else SYSTEM
        if not reader.may(report.permission):
            sent.left_out.append((recipient, "forbidden"))
            continue
        variant = (archive.scope_of(report, reader), _language(reader))
        if variant not in made:
            made[variant] = archive.issue(report, asked, reader, variant[1])
        _note(made[variant], channel, recipient, once_key(report.name, asked, channel, recipient), principal, sent)
    return sent


def resend(issue: Issue, channel: str, recipient: str, turn: int, principal: Principal) -> Sent:
    """Send a kept report again. `turn` counts the sendings the person saw, so that a double click sends once."""
    key = f"{once_key(issue.report, issue.asked, channel, recipient)}:{issue.pk}.{turn}"
    sent = Sent()
    _note(issue, channel, recipient, key, principal, sent)
    return sent


def targets() -> list[tuple[str, str]]:
    """Channel and recipient of every configured destination."""
    mail = settings.FAROL_REPORT_RECIPIENTS if settings.FAROL_SMTP_HOST else ()
    found = [(EMAIL, address.strip().lower()) for address in mail]
    return found + ([(SLACK, "webhook")] if settings.FAROL_SLACK_WEBHOOK else [])


def once_key(report: str, asked: dt.date, channel: str, recipient: str) -> str:
    """What makes a sending unique."""
    return f"{report}:{asked.isoformat()}:{channel}:{recipient}"


def _note(issue: Issue, channel: str, recipient: str, key: str, principal: Principal, sent: Sent) -> None:
    with transaction.atomic():
        payload = messages.email(issue, recipient) if channel == EMAIL else messages.slack(issue)
        if not outbox.enqueue(channel, key, payload):
            sent.before += 1
            return
        sent.new.append(Delivery.objects.create(issue=issue, key=key, channel=channel, recipient=recipient))
        params = {"report": issue.report, "day": issue.day.isoformat(), "channel": channel}
        audit.record(principal, "report.sent", target=f"report:{issue.pk}", params=params)


def _reader(address: str) -> Principal:
    """The person behind an address with their own rights; an address of nobody is the operator's choice."""
    user = User.objects.filter(email=address).first()
    return principal_of(user) if user else SYSTEM


def _language(reader: Principal) -> str:
    return (reader.user.language if reader.user else "") or settings.LANGUAGE_CODE
