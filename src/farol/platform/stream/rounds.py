"""One look at the database for all listeners together: who may still listen, and what each topic says now."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from django.utils.translation import override

from farol.core.errors import FarolError
from farol.platform.accounts.models import SignIn
from farol.platform.accounts.principal import Principal, principal_of
from farol.platform.accounts.sessions import expired
from farol.platform.stream.ticket import Ticket
from farol.platform.stream.topic import Topic, topics

log = logging.getLogger(__name__)
Shared: TypeAlias = dict[str, dict[int | None, Any]]  # topic -> person -> state


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
    shared = _together(people, wanted)
    return {
        listener: _snapshots(people[listener], names, shared)
        for listener, names in wanted.items()
        if listener in people
    }


def _present(listeners: Iterable[Listener]) -> dict[Listener, Principal]:
    """Those whose session is not over and who are still active, with the rights they hold now."""
    keys = [listener.session for listener in listeners]
    rows = SignIn.objects.filter(session_key__in=keys, user__is_active=True)
    rows = rows.select_related("user").prefetch_related("user__roles")
    return {Listener(row.user_id, row.session_key): principal_of(row.user) for row in rows if not expired(row)}


def _together(people: dict[Listener, Principal], wanted: dict[Listener, set[str]]) -> Shared:
    """What topics say to everybody who listens to them, for those that can be asked once for all."""
    found: Shared = {}
    for topic in topics().values():
        asking = [who for listener, who in people.items() if topic.name in wanted[listener] and _may(who, topic)]
        if topic.together and asking:
            found[topic.name] = _safely(topic, partial(topic.together, asking)) or {}
    return found


def _may(principal: Principal, topic: Topic) -> bool:
    return topic.permission is None or principal.may(topic.permission)


def _snapshots(principal: Principal, names: set[str], shared: Shared) -> dict[str, str]:
    """Topics that the person has no right to are silently left out."""
    found = {}
    with override((principal.user.language if principal.user else "") or "pt-br"):
        for topic in (topic for name, topic in topics().items() if name in names):
            if _may(principal, topic):
                state = _state(topic, principal, shared)
                if state is not None:
                    found[topic.name] = json.dumps(state, ensure_ascii=False, default=str)
    return found


def _state(topic: Topic, principal: Principal, shared: Shared) -> Any:
    if topic.together:
        return shared.get(topic.name, {}).get(principal.user_id)
    return _safely(topic, partial(topic.snapshot, principal))


def _safely(topic: Topic, ask: Callable[[], Any]) -> Any:
    """A topic that fails says nothing; the others go on."""
    try:
        return ask()
    except FarolError as error:
        log.info("topic %s has nothing to say: %s", topic.name, error)
    except Exception:
        log.exception("topic %s is broken", topic.name)
    return None
