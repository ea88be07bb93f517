"""Forecasts are kept as they were made, and graded once their month is complete."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from farol.areas.crm.boards.records import open_records
from farol.areas.crm.forecasting.estimates import RIVALS, TARGETS
from farol.areas.crm.forecasting.goals import rows_of
from farol.areas.crm.forecasting.past import Known, known
from farol.areas.crm.forecasting.spans import last_of, total
from farol.areas.crm.models import Forecast
from farol.core import clock
from farol.platform import audit
from farol.platform.accounts.principal import SYSTEM, Principal

if TYPE_CHECKING:
    from farol.areas.crm.forecasting.outlook import Outlook

CENT = Decimal("0.01")


def is_frozen(as_of: dt.date) -> bool:
    """Whether the forecast of that day was kept."""
    return Forecast.objects.filter(as_of=as_of, subject="").exists()


@transaction.atomic
def freeze(found: Outlook, principal: Principal, others: Mapping[str, Outlook] | None = None) -> int:
    """Keep what every model and rival says of everybody, and of each subject of `others`; what was kept before stays as
    it is. How many rows are new."""
    kept = Forecast.objects.filter(as_of=found.as_of, month=found.month)
    before = kept.count()
    rows = [row for subject, one in {"": found, **(others or {})}.items() for row in _rows(one, subject)]
    Forecast.objects.bulk_create(rows, ignore_conflicts=True)
    made = kept.count() - before
    if made:
        params = {"month": f"{found.month:%Y-%m}", "as_of": found.as_of.isoformat()}
        audit.record(principal, "crm.forecast_frozen", target="crm", params=params)
    return made


def _rows(found: Outlook, subject: str) -> list[Forecast]:
    judged, rows = found.contest, []
    for target in TARGETS:
        said: dict[str, tuple[float | None, ...]] = {
            model: (one.value, one.low, one.high) for model, one in judged.found[target].items()
        }
        said |= {
            rival: (judged.rivals[target][rival], None, None) for rival in RIVALS if rival in judged.rivals[target]
        }
        for model, amounts in said.items():
            value, low, high = (None if amount is None else _kept(target, amount) for amount in amounts)
            rows.append(
                Forecast(
                    as_of=found.as_of,
                    month=found.month,
                    target=target,
                    subject=subject,
                    model=model,
                    value=value,
                    low=low,
                    high=high,
                    chosen=model == judged.chosen,
                    data_version=found.data_version,
                )
            )
    return rows


def _kept(target: str, value: float) -> Decimal:
    """Reais, or pieces with two decimals."""
    return Decimal(str(value / 100 if target == "revenue" else value)).quantize(CENT)


def grade(found: Outlook) -> int:
    """Add to the kept forecasts of months that are complete what came of them, once. How many were graded."""
    waiting = Forecast.objects.filter(graded_at=None, month__lte=found.complete_until).order_by("subject", "pk")
    graded = 0
    for subject, rows in itertools.groupby(waiting, key=lambda row: row.subject):
        over = [row for row in rows if last_of(row.month) <= found.complete_until]
        facts = _facts(found, subject) if over else found.known
        for row in over:
            actual = _kept(row.target, total(facts.days(row.target), row.month, last_of(row.month)))
            row.error_pct = abs(row.value - actual) * 100 / actual if actual else None
            row.actual, row.graded_at = actual, clock.now()
            row.save(update_fields=["actual", "error_pct", "graded_at"])
        graded += len(over)
    return graded


def _facts(found: Outlook, subject: str) -> Known:
    if not subject:
        return found.known
    with open_records(SYSTEM, rows_of(subject)) as records:
        return known(records, found.as_of)
