"""Accuracy on the monthly series of the M3 competition: the last 18 months of each, forecast from those before."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from farol.engines.forecast.methods import seasonal_naive, theta
from farol.engines.forecast.seasons import profile_of
from farol.engines.forecast.series import forecast, smape

SAMPLE = Path(__file__).resolve().parents[6] / "shared" / "data" / "m3_monthly" / "M3Month.csv"
YEAR, AHEAD = 12, 18

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLE.exists(), reason="needs ../shared/data/m3_monthly, which is beside the project"),
]


@cache
def _series() -> list[list[float]]:
    with SAMPLE.open(encoding="utf-8") as file:
        return [[float(row[str(i + 1)]) for i in range(int(row["N"]))] for row in csv.DictReader(file)]


def _mean(errors: list[float]) -> float:
    return sum(errors) / len(errors)


def _theta(history: list[float]) -> list[float]:
    profile = profile_of(history, YEAR)
    return profile.into(theta(profile.out_of(history), AHEAD), len(history))


def test_a_fifth_below_seasonal_naive_and_not_above_theta() -> None:
    ours, naive, classic, inside = [], [], [], 0
    for values in _series():
        history, truth = values[:-AHEAD], values[-AHEAD:]
        points = forecast(history, YEAR, AHEAD)
        ours.append(smape([point.value for point in points], truth))
        naive.append(smape(seasonal_naive(history, YEAR, AHEAD), truth))
        classic.append(smape(_theta(history), truth))
        inside += sum(point.low <= seen <= point.high for point, seen in zip(points, truth, strict=True))
    assert len(ours) == 286
    assert _mean(ours) == pytest.approx(13.4, abs=0.05)
    assert _mean(ours) <= 0.8 * _mean(naive)
    assert _mean(ours) <= min(_mean(classic), 13.7)
    assert 0.75 <= inside / (len(ours) * AHEAD) <= 0.85  # the range of 80 %
