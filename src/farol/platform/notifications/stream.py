"""The unread count in the header of every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max

from farol.platform.accounts.principal import Principal
from farol.platform.notifications.models import Notification
from farol.platform.stream import Topic


def of_one(principal: Principal) -> dict[str, Any]:
    return of_all([principal])[principal.user_id]


def of_all(principals: Sequence[Principal]) -> dict[int | None, dict[str, Any]]:
    """However many listen, one look at the index of what is unread."""
    people = {principal.user_id for principal in principals}
    rows = Notification.objects.filter(person__in=people, shown=True, read_at=None).order_by()
    found = {
        person: {"unread": count, "latest": latest}
        for person, count, latest in rows.values_list("person").annotate(Count("id"), Max("id"))
    }
    return {person: found.get(person, {"unread": 0, "latest": 0}) for person in people}


TOPICS = [Topic("notifications", None, of_one, together=of_all)]
