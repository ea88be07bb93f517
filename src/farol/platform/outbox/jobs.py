"""Every five minutes: administrators hear of a way out that stays shut."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.platform.jobs import Job, JobRun
from farol.platform.notifications import notify, people_with
from farol.platform.outbox.notices import SHUT
from farol.platform.outbox.shown import resting

LONG = dt.timedelta(minutes=10)


def watch(run: JobRun) -> None:
    """Once for each time that a channel is shut for longer than `LONG`; a short pause is everyday life."""
    for found in resting(longer_than=LONG):
        notify(
            people_with("administration"),
            SHUT,
            url=f"{reverse('outbox:messages')}?channel={found.name}",
            params={"channel": found.name, "reason": found.reason},
            key=f"{SHUT}:{found.name}:{found.since.isoformat()}",
        )


JOBS = [Job("outbox.watch", _("Outbox: ways that are shut"), "*/5 * * * *", watch, quiet=True)]
