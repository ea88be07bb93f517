"""Forecasts of series: what the methods find again, and that equal histories give equal answers."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from farol.engines.forecast.days import forecast_days
from farol.engines.forecast.methods import damped, dynamic_theta, line, seasonal_naive, seasonal_smoothing, theta
from farol.engines.forecast.seasons import profile_of
from farol.engines.forecast.series import LEAST, expected, forecast, smape
from farol.platform.calendar import BusinessCalendar

YEAR = 12


def _wave(count: int, growth: float = 0.0) -> list[float]:
    return [100 + growth * i + 20 * math.sin(2 * math.pi * i / YEAR) for i in range(count)]


def test_a_constant_series_stays_what_it_is() -> None:
    for point in forecast([7.0] * 40, YEAR, 12):
        assert (point.value, point.low, point.high) == pytest.approx((7.0, 7.0, 7.0))


def test_a_season_comes_again() -> None:
    seen = forecast(_wave(60), YEAR, YEAR)
    assert smape([point.value for point in seen], _wave(72)[60:]) < 2


def test_growth_goes_on_and_the_range_widens() -> None:
    points = forecast(_wave(72, growth=0.8), YEAR, 18)
    assert smape([point.value for point in points], _wave(90, growth=0.8)[72:]) < 6
    widths = [point.high / point.low for point in points]
    assert widths == sorted(widths)
    assert all(point.low <= point.value <= point.high for point in points)


@pytest.mark.parametrize("values", [[0.0] * 30, [0, 3, 0, 0, 5, 1] * 6, [-4.0, 2, -1, 5] * 8, [1e-9, 1e9] * 10])
def test_zeros_negatives_and_extremes_give_finite_numbers(values: list[float]) -> None:
    for point in forecast(values, 7, 14):
        assert all(math.isfinite(number) for number in vars(point).values())
        assert point.low >= 0 or min(values) < 0


def test_a_short_history_is_enough_from_four_values_on() -> None:
    assert len(forecast([3.0, 4, 3, 5], YEAR, 3)) == 3
    with pytest.raises(ValueError, match="too few"):
        forecast([3.0] * (LEAST - 1), YEAR, 3)


def test_equal_histories_give_equal_bytes() -> None:
    noise = random.Random(4)
    values = [value + noise.gauss(0, 5) for value in _wave(80)]
    assert repr(forecast(values, YEAR, 6)) == repr(forecast(list(values), YEAR, 6))


def test_what_is_expected_is_the_middle_of_the_forecast() -> None:
    for values in (_wave(30), [0.0, 3, 1, 0, 5, 1]):
        assert expected(values, YEAR, 4) == [point.value for point in forecast(values, YEAR, 4)]


def test_methods_continue_a_straight_line() -> None:
    values = [10.0 + 2 * i for i in range(40)]
    assert line(values) == pytest.approx((10.0, 2.0))
    assert theta(values, 2)[1] - theta(values, 2)[0] == pytest.approx(1.0)  # half the slope, by definition
    for method in (dynamic_theta, damped):
        assert method(values, 1)[0] == pytest.approx(90, abs=1.5)


def test_seasonal_methods_know_the_place_in_the_season() -> None:
    values = [5.0, 1, 1] * 10 + [5.0]
    assert seasonal_naive(values, 3, 4) == [1, 1, 5, 1]
    assert seasonal_smoothing(values, profile_of(values, 3), 3) == pytest.approx([1, 1, 5], abs=0.1)


def test_days_know_the_holiday_ahead() -> None:
    calendar = BusinessCalendar("SP")
    first = dt.date(2024, 1, 1)
    days = [first + dt.timedelta(days=i) for i in range(500)]
    history = {day: (20.0 if day.weekday() >= 5 or not calendar.is_business_day(day) else 100.0) for day in days}
    labour_day = dt.date(2025, 5, 1)
    known = {day: value for day, value in history.items() if day < dt.date(2025, 4, 28)}
    ahead = forecast_days(known, 10, calendar)
    assert list(ahead) == [dt.date(2025, 4, 28) + dt.timedelta(days=i) for i in range(10)]
    assert ahead[labour_day].value < 40 < 80 < ahead[dt.date(2025, 4, 30)].value
    assert ahead[dt.date(2025, 5, 3)].value == pytest.approx(20, rel=0.2)
