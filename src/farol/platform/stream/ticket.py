"""A short-lived, encrypted permission to listen. It travels in an address, so it must be useless a minute later."""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from django.conf import settings

LIFETIME = 60.0


@dataclass(frozen=True)
class Ticket:
    """Who listens, by which session, to which topics; `until` in real seconds."""

    user: int
    session: str
    topics: tuple[str, ...]
    until: float


def issue(user: int, session: str, topics: tuple[str, ...]) -> str:
    body = asdict(Ticket(user, session, topics, time.time() + LIFETIME))
    return base64.urlsafe_b64encode(settings.KEYRING.encrypt(json.dumps(body).encode())).decode()


def redeem(text: str) -> Ticket | None:
    """The ticket, or None for one that is expired, damaged or foreign."""
    try:
        body = json.loads(settings.KEYRING.decrypt(base64.urlsafe_b64decode(text.encode())))
    except (InvalidTag, KeyError, ValueError, binascii.Error):
        return None
    ticket = Ticket(body["user"], body["session"], tuple(body["topics"]), body["until"])
    return ticket if ticket.until > time.time() else None
