"""One look at the database for all listeners together: who may still listen, and what each topic says now."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import override

from farol.core.errors import FarolError
from farol.platform.accounts.models import SignIn
from farol.platform.accounts.principal import Principal, principal_of
from farol.platform.accounts.sessions import expired
from farol.platform.stream.ticket import Ticket
from farol.platform.stream.topic import Topic, topics

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listener:
    """Connections of one person in one session share a look."""

    user: int
    session: str

    @classmethod
    def of(cls, ticket: Ticket) -> Listener:
        return cls(ticket.user, ticket.session)


def look(wanted: dict[Listener, set[str]]) -> dict[Listener, dict[str, str]]:
    """For everyone who may still listen: topic -> JSON. Whoever is missing (signed out, deactivated) is cut off."""
    people = _present(wanted)
    return {listener: _snapshots(people[listener], names) for listener, names in wanted.items() if listener in people}


def _present(listeners: Iterable[Listener]) -> dict[Listener, Principal]:
    """Those whose session is not over and who are still active, with the rights they hold now."""
    keys = [listener.session for listener in listeners]
    rows = SignIn.objects.filter(session_key__in=keys, user__is_active=True).select_related("user")
    return {Listener(row.user_id, row.session_key): principal_of(row.user) for row in rows if not expired(row)}


def _snapshots(principal: Principal, names: set[str]) -> dict[str, str]:
    """Topics that the person has no right to are silently left out."""
    found = {}
    with override((principal.user.language if principal.user else "") or "pt-br"):
        for topic in (topic for name, topic in topics().items() if name in names):
            if topic.permission is None or principal.may(topic.permission):
                text = _snapshot(topic, principal)
                if text is not None:
                    found[topic.name] = text
    return found


def _snapshot(topic: Topic, principal: Principal) -> str | None:
    try:
        return json.dumps(topic.snapshot(principal), ensure_ascii=False, default=str)
    except FarolError as error:
        log.info("topic %s has nothing to say: %s", topic.name, error)
    except Exception:
        log.exception("topic %s is broken", topic.name)
    return None
