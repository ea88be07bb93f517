"""Every morning, once the data of yesterday are there: judge them, wake what was to sleep, and hear the silence."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.errors import Refused, Unavailable
from farol.engines.alerts.cases import check_silence, record, wake_due
from farol.engines.alerts.detection import detect
from farol.engines.alerts.rules import all_rules
from farol.platform.accounts.principal import SYSTEM
from farol.platform.jobs import Job, JobRun


def judge_yesterday(run: JobRun) -> None:
    today = clock.local(run.due_at).date()
    wake_due(today)
    areas = list(all_rules().values())
    for done, rules in enumerate(areas):
        run.progress(done, len(areas), str(rules.label))
        check_silence(rules, today)
        try:
            record(rules, detect(rules, today - dt.timedelta(days=1), SYSTEM))
        except (Refused, Unavailable):
            continue  # no data of yesterday: `check_silence` has said so


JOBS = [Job("alerts.daily", _("Alerts: judge yesterday"), "5 6 * * *", judge_yesterday)]
