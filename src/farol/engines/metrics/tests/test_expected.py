"""What a day of this kind should bring."""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import statistics
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farol.engines.metrics.expected import LEAST, expected, expected_many, kind_of
from farol.platform.calendar import BusinessCalendar, DayKind

CALENDAR = BusinessCalendar("SP", "São Paulo")
START = dt.date(2024, 6, 1)
WEEKDAY = (1.0, 1.02, 1.04, 1.1, 1.2, 0.8, 0.45)
SAMPLE = Path(__file__).resolve().parents[6] / "shared/data/payments/Operations_analyst_data.csv"


def world(days: int, *, noise: float = 0.03, growth: float = 0.0, start: dt.date = START, seed: int = 7):
    """Daily values with weekdays, closed days, pay days and growth."""
    rng = random.Random(seed)
    values = {}
    for i in range(days):
        day = CALENDAR.day(start + dt.timedelta(days=i))
        factor = WEEKDAY[day.weekday] * math.exp(growth * i) * rng.lognormvariate(0, noise)
        if day.kind in (DayKind.HOLIDAY, DayKind.CARNIVAL) and day.weekday < 5:
            factor *= 0.55
        values[day.day] = 1000 * factor * (1.1 if day.pay_day else 1.0)
    return values


def one(history, day):
    return expected(history, [day], CALENDAR)[day]


def truth(day: dt.date) -> float:
    return world((day - START).days + 1, noise=0.0)[day]


@pytest.mark.parametrize(
    ("day", "tolerance"),
    [
        (dt.date(2025, 7, 16), 0.03),  # an ordinary Wednesday
        (dt.date(2025, 7, 20), 0.05),  # a Sunday that is a pay day
        (dt.date(2025, 9, 7), 0.10),  # Independence Day on a Sunday
        (dt.date(2025, 6, 19), 0.12),  # Corpus Christi, a Thursday
    ],
)
def test_meets_the_kind_of_day(day, tolerance):
    history = world((day - START).days)
    assert one(history, day).value == pytest.approx(truth(day), rel=tolerance)


def test_a_kind_of_day_never_seen_gets_a_wide_range_that_holds_it():
    carnival, friday = dt.date(2025, 3, 3), dt.date(2025, 3, 7)
    told = expected(world(400), [carnival, friday], CALENDAR)
    assert told[carnival].low < truth(carnival) < told[carnival].high
    assert told[carnival].scale > 3 * told[friday].scale


def test_follows_a_trend_instead_of_lagging_behind_it():
    history = world(200, growth=0.01, noise=0.01)
    day = START + dt.timedelta(days=200)
    told = one(history, day)
    assert told.value == pytest.approx(world(201, growth=0.01, noise=0.0)[day], rel=0.05)


def test_outliers_in_the_history_hardly_matter():
    history = world(180)
    day = START + dt.timedelta(days=180)
    clean = one(history, day).value
    for back in (3, 10, 17, 40, 41, 42):
        history[day - dt.timedelta(days=back)] *= 12
    assert one(history, day).value == pytest.approx(clean, rel=0.06)


def test_only_the_days_before_count():
    history = world(120)
    day = START + dt.timedelta(days=90)
    past = {d: v for d, v in history.items() if d < day}
    assert one(history, day) == one(past, day)


def test_the_order_of_the_history_does_not_matter():
    history = world(100)
    shuffled = dict(sorted(history.items(), key=lambda item: hash(item)))
    day = START + dt.timedelta(days=100)
    assert one(history, day) == one(shuffled, day)


def test_short_history_expects_nothing_then_widely():
    day = START + dt.timedelta(days=150)
    history = world(150)
    widths = []
    for days in (LEAST, 15, 30, 120):
        told = one({d: v for d, v in history.items() if d >= day - dt.timedelta(days=days)}, day)
        assert told.days_of_history == days
        widths.append(math.log(told.high / told.low))
    assert widths == sorted(widths, reverse=True)
    less = one({d: v for d, v in history.items() if d >= day - dt.timedelta(days=LEAST - 1)}, day)
    assert (less.value, less.low, less.high, less.score(1.0)) == (None, None, None, None)


def test_the_range_holds_nineteen_in_twenty_and_a_fall_stands_out():
    history = world(420, noise=0.05)
    days = [START + dt.timedelta(days=i) for i in range(240, 420)]
    told = expected(history, days, CALENDAR)
    inside = sum(told[d].low <= history[d] <= told[d].high for d in days) / len(days)
    assert 0.9 <= inside <= 0.995
    fallen = [told[d].score(history[d] * 0.7) for d in days]
    assert statistics.median(fallen) < -4


def test_nothing_observed_has_a_finite_score():
    history = world(100)
    score = one(history, START + dt.timedelta(days=100)).score(0.0)
    assert score is not None
    assert -200 < score < -20


def test_many_series_agree_with_one():
    histories = {seed: world(150, seed=seed) for seed in range(5)}
    day = START + dt.timedelta(days=150)
    many = expected_many(histories, day, CALENDAR)
    assert many == {seed: one(history, day) for seed, history in histories.items()}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 60).map(lambda back: dt.date(2025, 3, 10) - dt.timedelta(days=back)),
        st.floats(0, 1e12, allow_nan=False),
        max_size=60,
    )
)
def test_any_history_gives_an_ordered_range(history):
    day = dt.date(2025, 3, 10)
    told = one(history, day)
    assert told.days_of_history == sum(v > 0 for v in history.values())
    if told.value is not None:
        assert 0 < told.low <= told.value <= told.high < math.inf


@pytest.mark.parametrize("factor", [0.001, 3.7, 100])
def test_the_unit_does_not_matter(factor):
    history, day = world(150), START + dt.timedelta(days=150)
    told, scaled = one(history, day), one({d: v * factor for d, v in history.items()}, day)
    assert scaled.value == pytest.approx(told.value * factor)
    assert scaled.scale == pytest.approx(told.scale)


@pytest.mark.parametrize(
    ("day", "group"),
    [
        (dt.date(2025, 3, 3), "carnival"),
        (dt.date(2025, 12, 25), "holiday"),
        (dt.date(2025, 12, 24), "eve"),
        (dt.date(2025, 6, 20), "bridge"),  # the Friday after Corpus Christi
        (dt.date(2025, 4, 22), "after"),  # the Tuesday after Tiradentes
        (dt.date(2025, 2, 20), "pay_day"),
        (dt.date(2025, 2, 12), ""),
    ],
)
def test_kinds_of_day(day, group):
    assert kind_of(day, CALENDAR).group == group


@pytest.mark.skipif(not SAMPLE.exists(), reason="../shared is absent")
def test_nearer_than_the_mean_of_the_same_weekdays_on_real_payments():
    series = defaultdict(lambda: defaultdict(float))
    with SAMPLE.open() as file:
        for row in csv.DictReader(file):
            day, amount = dt.date.fromisoformat(row["day"]), float(row["amount_transacted"])
            for key in ("all", row["product"], row["payment_method"], row["entity"]):
                series[key][day] += amount
    ours, plain = [], []
    for history in series.values():
        days = sorted(history)[21:]
        told = expected(history, days, CALENDAR)
        for day in days:
            before = [
                history[day - dt.timedelta(weeks=w)] for w in range(1, 5) if day - dt.timedelta(weeks=w) in history
            ]
            ours.append(abs(math.log(history[day] / told[day].value)))
            plain.append(abs(math.log(history[day] / statistics.mean(before))))
    assert statistics.median(ours) < 0.8 * statistics.median(plain)
    assert statistics.mean(ours) < 0.9 * statistics.mean(plain)
