"""Retention of merchants after their first 60 days, on every engine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from farol.engines.metrics import Query, parse_period
from farol.engines.metrics.answer import answer

from .conftest import fact


def ask(reader, *measures, **options):
    return answer(reader, Query("payments", measures, **options), {}).rows


def test_retention_of_the_merchants_first_seen(load):
    """m0 and m1 start on 1 January, m2 on 2 January, late ones too late to be judged."""
    start, day = dt.date(2025, 1, 1), dt.timedelta(days=1)
    visits = {"m0": (0, 30, 31), "m1": (0, 15, 30, 61), "m2": (1, 61), "m3": (1, 95), "late": (60, 95)}
    rows = [fact(start + day * n, 1000, 1, merchant=m, product="pix") for m, days in visits.items() for n in days]
    rows += [fact(start + day * n, 1000, 1, merchant="other", product="pos") for n in range(100)]
    reader = load(rows)
    query = {"by": ["day"], "period": parse_period("2025-01-01..2025-03-30"), "where": {"product": ["pix"]}}
    found = {row["day"]: row["cohort_retention"] for row in ask(reader, "cohort_retention", **query)}
    assert found == {start: 50, start + day: 50}
    (row,) = ask(reader, "cohort_retention", "tpv", period=parse_period("2025-01-02"), compare=["d1"])
    assert (row["cohort_retention"], row["tpv"]) == (50, 30)
    assert row["compare"]["cohort_retention"]["d1"].base == Decimal(200) / 3  # the first day has "other" as well
    (row,) = ask(reader, "cohort_retention", period=parse_period("2025-03-15"))
    assert row["cohort_retention"] is None
    both = ask(reader, "tpv", "cohort_retention", by=["product"], period=parse_period("2025-01-05"), compare=["d1"])
    assert [(row["product"], row["tpv"], row["cohort_retention"]) for row in both] == [("pos", 10, None)]
