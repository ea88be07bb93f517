"""The daily round at 06:00 of the business time zone, and the weekly one on Sundays at 08:00."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import Unavailable
from farol.engines.reports.definition import reports
from farol.engines.reports.sending import send
from farol.platform.accounts.principal import SYSTEM
from farol.platform.jobs import Job, JobRun


def send_daily(run: JobRun) -> None:
    """Make and send every daily report of yesterday."""
    _send(run, ".daily")


def send_weekly(run: JobRun) -> None:
    """Make and send every report of the week that ended yesterday."""
    _send(run, ".weekly")


def _send(run: JobRun, cadence: str) -> None:
    asked = clock.today() - dt.timedelta(days=1)
    wanted = [report for report in reports().values() if report.name.endswith(cadence)]
    for done, report in enumerate(wanted):
        run.check()
        run.progress(done, len(wanted), str(report.label))
        try:
            sent = send(report, asked, SYSTEM)
        except Unavailable as error:  # an area without data yet has nothing to report
            run.progress(done + 1, len(wanted), f"{report.label}: {error}")
            continue
        counts = {"new": len(sent.new), "before": sent.before}
        run.progress(done + 1, len(wanted), _("%(new)d to send, %(before)d sent before") % counts)


JOBS = [
    Job("reports.daily", gettext_lazy("Daily reports"), "0 6 * * *", send_daily, lease_seconds=600),
    Job("reports.weekly", gettext_lazy("Weekly reports"), "0 8 * * 0", send_weekly, lease_seconds=600),
]
