"""Keeps what each check found, so that one can see since when something does not hold."""

from __future__ import annotations

import datetime as dt

from farol.areas.crm.models import QualityRun
from farol.core import clock
from farol.engines.warehouse.dataset import Results

KEPT = dt.timedelta(days=180)


def keep_results(version: str, run: str, results: Results) -> None:
    """One row for each check; `version` is empty where the checks stopped the publication."""
    now, number = clock.now(), int(run) if run.isdecimal() else None
    QualityRun.objects.bulk_create(
        QualityRun(
            at=now,
            version=version,
            run=number,
            check_name=check.name,
            passed=params is None,
            hard=check.hard,
            params=params or {},
        )
        for check, params in results
    )
    QualityRun.objects.filter(at__lt=now - KEPT).delete()
