"""The daily message, and the end of old notices."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from farol.core import clock
from farol.platform.accounts.models import User
from farol.platform.jobs import Job, JobRun
from farol.platform.notifications.models import Notification
from farol.platform.notifications.telling import address
from farol.platform.outbox import enqueue

BATCH = 2000
MOST_LINES = 100


def digest(run: JobRun) -> None:
    """One e-mail to each person for whom something waits; a run that is repeated finds nothing."""
    waiting = Notification.objects.filter(digest=True, mailed_at=None).order_by()
    for person in User.objects.filter(pk__in=list(waiting.values_list("person", flat=True).distinct())):
        run.check()
        _send(person, waiting.filter(person=person))


@transaction.atomic
def _send(person: User, waiting: QuerySet[Notification]) -> None:
    rows = list(waiting.select_for_update().order_by("pk"))
    if rows and person.is_active and settings.FAROL_SMTP_HOST:
        with override(person.language or "pt-br"):
            mail = {"to": [person.email], "subject": _("What happened since yesterday"), "text": _text(rows)}
        enqueue("email", f"notices:{person.pk}:{rows[-1].pk}", mail)
    waiting.filter(pk__in=[row.pk for row in rows]).update(mailed_at=clock.now())


def _text(rows: list[Notification]) -> str:
    lines = [f"- {row}\n  {address(row.url)}" for row in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(_("and %(n)s more: %(address)s") % {"n": len(rows) - MOST_LINES, "address": address("")})
    return "\n".join([*lines, "", _("You can choose what Farol tells you in your profile.")])


def tidy(run: JobRun) -> None:
    """In small bites: each holds a lock on SQLite."""
    before = clock.now() - dt.timedelta(days=settings.FAROL_NOTIFICATION_DAYS)
    while True:
        run.check()
        old = list(Notification.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:BATCH])
        if not old:
            return
        Notification.objects.filter(pk__in=old).delete()


JOBS = [
    Job("notifications.digest", gettext_lazy("Daily e-mail of notices"), "0 7 * * *", digest),
    Job("notifications.tidy", gettext_lazy("Drop old notices"), "26 3 * * *", tidy, quiet=True),
]
