"""Every morning, once the data of yesterday are there: judge them, wake what was to sleep, and hear the silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.errors import Refused, Unavailable
from farol.engines.alerts.cases import check_silence, judge, wake_due
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.rules import AreaRules, Rules, all_rules
from farol.engines.warehouse import current_version
from farol.platform.jobs import Job, JobRun
from farol.platform.notifications import notify, people_with


def judge_yesterday(run: JobRun) -> None:
    today = clock.local(run.due_at).date()
    wake_due(today)
    areas = list(all_rules().values())
    for done, area in enumerate(areas):
        run.progress(done, len(areas), str(area[0].label))
        if isinstance(area[0], AreaRules) or current_version(area[0].dataset):  # counts may come from nowhere at all
            _tell(area[0], [check_silence(area[0], today)])
        for rules in area:
            with suppress(Refused, Unavailable):  # no data of yesterday: `check_silence` has said so
                _tell(rules, judge(rules, today - dt.timedelta(days=1)))


def _tell(rules: Rules, cases: Iterable[AlertCase | None]) -> None:
    """Once of every case to those who may judge it."""
    to = set(people_with("alerts.judge")) & set(people_with(rules.permission))
    for case in cases:
        if case:
            page = reverse("alerts:alert", args=[case.pk])
            notify(
                to, "alerts.new", record=f"alert:{case.pk}", url=page, params={"case": case.pk}, key=f"alert:{case.pk}"
            )


JOBS = [Job("alerts.daily", _("Alerts: judge yesterday"), "5 6 * * *", judge_yesterday)]
