"""Housekeeping."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.accounts import sessions, throttle
from farol.platform.jobs import Job, JobRun


def tidy(run: JobRun) -> None:
    sessions.forget_expired()
    throttle.forget_old()


JOBS = [Job("accounts.tidy", _("Drop sessions that are over"), "17 * * * *", tidy, quiet=True)]
