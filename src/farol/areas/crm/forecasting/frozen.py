"""Forecasts are kept as they were made, and graded once their month is complete."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from farol.areas.crm.forecasting.estimates import RIVALS, TARGETS
from farol.areas.crm.forecasting.spans import last_of, total
from farol.areas.crm.models import Forecast
from farol.core import clock
from farol.platform import audit
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.areas.crm.forecasting.outlook import Outlook

CENT = Decimal("0.01")


def is_frozen(as_of: dt.date) -> bool:
    """Whether the forecast of that day was kept."""
    return Forecast.objects.filter(as_of=as_of, subject="").exists()


@transaction.atomic
def freeze(found: Outlook, principal: Principal) -> int:
    """Keep what every model and rival says; what was kept before stays as it is. How many rows are new."""
    before = Forecast.objects.filter(as_of=found.as_of, month=found.month, subject="").count()
    Forecast.objects.bulk_create(_rows(found), ignore_conflicts=True)
    made = Forecast.objects.filter(as_of=found.as_of, month=found.month, subject="").count() - before
    if made:
        params = {"month": f"{found.month:%Y-%m}", "as_of": found.as_of.isoformat()}
        audit.record(principal, "crm.forecast_frozen", target="crm", params=params)
    return made


def _rows(found: Outlook) -> list[Forecast]:
    judged, rows = found.contest, []
    for target in TARGETS:
        for model, one in judged.found[target].items():
            low, high = _kept(target, one.low), _kept(target, one.high)
            rows.append(_row(found, target, model, one.value, low=low, high=high, chosen=model == judged.chosen))
        for rival in RIVALS:
            if rival in judged.rivals[target]:
                rows.append(_row(found, target, rival, judged.rivals[target][rival]))
    return rows


def _row(found: Outlook, target: str, model: str, value: float, **more: Decimal | bool) -> Forecast:
    return Forecast(
        as_of=found.as_of,
        month=found.month,
        target=target,
        model=model,
        value=_kept(target, value),
        data_version=found.data_version,
        **more,
    )


def _kept(target: str, value: float) -> Decimal:
    """Reais, or pieces with two decimals."""
    return Decimal(str(value / 100 if target == "revenue" else value)).quantize(CENT)


def grade(found: Outlook) -> int:
    """Add to the kept forecasts of months that are complete what came of them, once. How many were graded."""
    graded = 0
    for row in Forecast.objects.filter(subject="", graded_at=None, month__lte=found.complete_until):
        if last_of(row.month) <= found.complete_until:
            actual = _kept(row.target, _actual(found, row))
            row.error_pct = abs(row.value - actual) * 100 / actual if actual else None
            row.actual, row.graded_at = actual, clock.now()
            row.save(update_fields=["actual", "error_pct", "graded_at"])
            graded += 1
    return graded


def _actual(found: Outlook, row: Forecast) -> float:
    days = {"revenue": found.known.revenue, "won": found.known.won, "leads": found.known.leads}[row.target]
    return total(days, row.month, last_of(row.month))
