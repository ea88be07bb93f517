"""How near a deadline is, counted in business days of the installation's place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from farol.core import clock
from farol.engines.workflow.models import Case
from farol.platform import calendar
from farol.platform.web.lists import Status

FURTHEST = 60  # business days that are counted out; beyond, the date says it
CHOICES = (
    ("overdue", gettext_lazy("Overdue")),
    ("today", gettext_lazy("Due today")),
    ("soon", gettext_lazy("Due soon")),
    ("due", gettext_lazy("Due today or overdue")),
    ("none", gettext_lazy("Without a deadline")),
)


def status(record: Case) -> Status | None:
    """The deadline in words and colour; None without one, or once nothing is to be done any more.

    Green; amber for the last business days (`FAROL_DEADLINE_AMBER_DAYS`); red on the last one; dark red afterwards.
    """
    if record.deadline is None or record.state.final:
        return None
    today = clock.today()
    if record.deadline < today:
        late = _count(record.deadline, today)
        return Status(_late(late), "overdue", "alert-octagon")
    left = _count(today, record.deadline)
    if not left:
        return Status(_("Due today"), "danger", "alert-circle")
    tone = "warning" if left <= settings.FAROL_DEADLINE_AMBER_DAYS else "success"
    return Status(_left(left), tone, "clock")


def _left(days: int) -> str:
    if days >= FURTHEST:
        return _("In time")
    return ngettext("%(n)s business day left", "%(n)s business days left", days) % {"n": days}


def _late(days: int) -> str:
    if not 0 < days < FURTHEST:
        return _("Overdue")
    return ngettext("Overdue by %(n)s business day", "Overdue by %(n)s business days", days) % {"n": days}


def _count(start: dt.date, end: dt.date) -> int:
    """Business days after `start` up to `end`, at most `FURTHEST`."""
    place, found, day = calendar.default(), 0, start
    while day < end and found < FURTHEST:
        day += dt.timedelta(days=1)
        found += place.is_business_day(day)
    return found


def last_amber_day(today: dt.date) -> dt.date:
    """The last day that still counts as near."""
    place = calendar.default()
    beyond = place.add_business_days(today, settings.FAROL_DEADLINE_AMBER_DAYS + 1)
    return beyond - dt.timedelta(days=1)


def last_red_day(today: dt.date) -> dt.date:
    """The last day before the next business day: what is due on a Sunday is due on the Friday before it."""
    return calendar.default().add_business_days(today, 1) - dt.timedelta(days=1)


def narrow(rows: QuerySet, choice: str) -> QuerySet:
    """Records by their deadline, as `CHOICES` name it, or `near`: due or due soon. Of closed ones none counts."""
    today = clock.today()
    if choice == "none":
        return rows.filter(deadline=None)
    bounds: dict[str, Any] = {
        "overdue": {"deadline__lt": today},
        "today": {"deadline__gte": today, "deadline__lte": last_red_day(today)},
        "soon": {"deadline__gt": last_red_day(today), "deadline__lte": last_amber_day(today)},
        "due": {"deadline__lte": last_red_day(today)},
        "near": {"deadline__lte": last_amber_day(today)},
    }[choice]
    return rows.filter(status__in=rows.model.flow.open_states, **bounds)
