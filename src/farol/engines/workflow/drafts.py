"""What a person has typed into a form and not sent yet: kept through a reload, a crash and the end of a session."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.http import QueryDict

from farol.core import clock
from farol.engines.workflow.models import Draft
from farol.platform.accounts.principal import Principal

KEPT_DAYS = 30
LARGEST = 200_000  # characters
MOST = 50  # of one person; beyond, the oldest go
LEFT_OUT = ("csrfmiddlewaretoken", "place", "add_row", "remove_row")


def keep(principal: Principal, place: str, data: QueryDict) -> Draft | None:
    """Keep what the form of `place` holds; None where it is too much to be somebody's typing."""
    pairs = [(name, value) for name, values in data.lists() if name not in LEFT_OUT for value in values]
    body = json.dumps(pairs)
    if principal.user_id is None or len(body) > LARGEST:
        return None
    sealed = settings.KEYRING.encrypt(body.encode())
    kept, new = Draft.objects.update_or_create(
        person_id=principal.user_id, place=place[:160], defaults={"body": sealed, "at": clock.now()}
    )
    if new:
        own = Draft.objects.filter(person_id=principal.user_id).order_by("-at", "-pk")
        Draft.objects.filter(pk__in=list(own.values_list("pk", flat=True)[MOST:])).delete()
    return kept


def of(principal: Principal, place: str) -> Draft | None:
    return Draft.objects.filter(person_id=principal.user_id, place=place).first()


def typed(draft: Draft) -> QueryDict:
    """As the form would have posted it."""
    data = QueryDict(mutable=True)
    pairs: list[Any] = json.loads(settings.KEYRING.decrypt(bytes(draft.body)))
    for name, value in pairs:
        data.appendlist(name, value)
    return data


def drop(principal: Principal, place: str) -> None:
    Draft.objects.filter(person_id=principal.user_id, place=place).delete()


def prune() -> int:
    """Forget drafts that nobody came back to; how many."""
    return Draft.objects.filter(at__lt=clock.now() - dt.timedelta(days=KEPT_DAYS)).delete()[0]
