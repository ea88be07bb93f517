"""Work that a page only asks for: the worker makes the report and sends it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django_tasks import task

from farol.engines.reports import archive, sending
from farol.engines.reports.definition import get_report
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import principal_of


@task()
def make_report(name: str, asked: str, user_id: int, send: bool) -> None:
    """Make the report of a day with the rights the person has now, and send it to the configured recipients."""
    user = User.objects.get(pk=user_id)
    principal, report, day = principal_of(user), get_report(name), dt.date.fromisoformat(asked)
    principal.require("reports.view")
    archive.issue(report, day, principal, user.language or settings.LANGUAGE_CODE)
    if send:
        principal.require("reports.send")
        sending.send(report, day, principal)
