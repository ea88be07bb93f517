"""Means, trend and periods: what is drawn over the days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core import clock
from farol.engines.dashboards import scope
from farol.engines.dashboards.cards.days import adjusted, mean
from farol.engines.metrics import Period

DAY = dt.date(2025, 2, 28)
NOON = dt.datetime(2025, 3, 1, 15, tzinfo=dt.UTC)


def days(count: int) -> list[dt.date]:
    return [DAY - dt.timedelta(days=count - 1 - i) for i in range(count)]


@given(st.lists(st.integers(1, 10**9), min_size=7, max_size=40))
def test_mean_needs_all_of_its_days(amounts):
    shown = days(len(amounts))
    found = mean(dict(zip(shown, amounts, strict=True)), shown)
    assert found[:6] == [None] * 6
    assert found[-1] == sum(map(Decimal, amounts[-7:]), Decimal(0)) / 7


def test_a_gap_is_no_zero():
    shown = days(10)
    values = {day: 10 for day in shown if day != shown[5]}
    assert mean(values, shown)[6:] == [None] * 4


def test_trend_without_the_calendar_is_flat_when_only_the_calendar_moves():
    shown = days(42)
    usual = {day: Decimal(50 if day.weekday() >= 5 else 100) for day in shown}
    line = adjusted({day: value * 2 for day, value in usual.items()}, usual, shown)
    known = [float(v) for v in line if v is not None]
    weekly = 2 * 600 / 7
    assert known
    assert all(abs(v - weekly) < weekly * 0.1 for v in known)
    assert known[-1] == pytest.approx(weekly)


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("yesterday", DAY, DAY),
        ("7d", dt.date(2025, 2, 22), DAY),
        ("28d", dt.date(2025, 2, 1), DAY),
        ("90d", dt.date(2024, 12, 1), DAY),
        ("month", dt.date(2025, 2, 1), DAY),
        ("last-month", dt.date(2025, 1, 1), dt.date(2025, 1, 31)),
        ("quarter", dt.date(2025, 1, 1), DAY),
    ],
)
def test_presets_end_with_the_last_complete_day(preset, start, end):
    with clock.frozen(NOON):
        span = scope.Span(dt.date(2024, 1, 1), DAY)
        assert scope._preset(preset, span.latest) == Period(start, end)
        ahead = scope.Span(dt.date(2024, 1, 1), DAY + dt.timedelta(days=30))
        assert ahead.latest == DAY, "days that have not been are never looked at"
