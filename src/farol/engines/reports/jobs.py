"""The daily round, at 06:00 of the business time zone."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import Unavailable
from farol.engines.reports.definition import reports
from farol.engines.reports.sending import send_daily
from farol.platform.accounts.principal import SYSTEM
from farol.platform.jobs import Job, JobRun


def send_reports(run: JobRun) -> None:
    """Make and send every daily report of yesterday."""
    asked = clock.today() - dt.timedelta(days=1)
    daily = [report for report in reports().values() if report.name.endswith(".daily")]
    for done, report in enumerate(daily):
        run.check()
        run.progress(done, len(daily), str(report.label))
        try:
            sent = send_daily(report, asked, SYSTEM)
        except Unavailable as error:  # an area without data yet has nothing to report
            run.progress(done + 1, len(daily), f"{report.label}: {error}")
            continue
        counts = {"new": len(sent.new), "before": sent.before}
        run.progress(done + 1, len(daily), _("%(new)d to send, %(before)d sent before") % counts)


JOBS = [Job("reports.daily", gettext_lazy("Daily reports"), "0 6 * * *", send_reports, lease_seconds=600)]
