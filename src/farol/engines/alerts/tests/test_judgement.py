"""One day judged on figures at hand: what sounds, what explains what, and what stays quiet."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.engines.alerts import classic
from farol.engines.alerts.explanation import Explainer
from farol.engines.alerts.findings import Kind, Status
from farol.engines.alerts.judgement import Judgement, judge, judge_classically
from farol.engines.alerts.panel import Panel
from farol.engines.alerts.rules import AreaRules
from farol.engines.alerts.significance import Tail, calibrate, discoveries
from farol.engines.metrics.formulas import Ratio, Sum
from farol.engines.metrics.model import Dimension, Measure, SemanticModel, Unit
from farol.platform.calendar import BusinessCalendar

CALENDAR = BusinessCalendar("SP", "São Paulo")
DAY = dt.date(2025, 5, 14)  # an ordinary Wednesday
AMOUNT, COUNT = Sum("amount_centavos"), Sum("quantity")
MODEL = SemanticModel(
    name="sales",
    label="Sales",
    dataset="sales",
    table="facts",
    dimensions=(Dimension("product", "Product", "product"), Dimension("method", "Method", "method")),
    measures=(
        Measure("value", "Value", "", Unit.BRL, AMOUNT),
        Measure("orders", "Orders", "", Unit.COUNT, COUNT),
        Measure("ticket", "Ticket", "", Unit.BRL, Ratio(AMOUNT, COUNT)),
    ),
    permission="dashboard.payments",
)
RULES = AreaRules(
    area="sales",
    label="Sales",
    model="sales",
    measures=("value", "orders", "ticket"),
    dimensions=("product", "method"),
    classic_segment=("product", "method"),
    classic_measures=("value", "ticket"),
)
SHARES = {
    ("shoe", "card"): 0.30, ("shoe", "cash"): 0.12, ("hat", "card"): 0.25, ("hat", "cash"): 0.13,
    ("sock", "card"): 0.12, ("sock", "cash"): 0.08,
}  # fmt: skip
WEEK = (1.0, 1.0, 1.05, 1.1, 1.2, 0.8, 0.5)


def facts(days: int = 200, noise: float = 0.02):
    rng = random.Random(5)
    found = {}
    for back in range(days, -1, -1):
        day = DAY - dt.timedelta(days=back)
        rows = {}
        for cell, share in SHARES.items():
            amount = 50_000_000 * share * WEEK[day.weekday()] * rng.lognormvariate(0, noise)
            rows[cell] = (round(amount), round(amount / 9000 * rng.lognormvariate(0, 0.01)))
        found[day] = rows
    return found


def panel_of(found) -> Panel:
    history: dict = {}
    for day, rows in found.items():
        for (product, method), sums in rows.items():
            for segment in (
                (), (("product", product),), (("method", method),), (("product", product), ("method", method)),
            ):  # fmt: skip
                before = history.setdefault(segment, {}).get(day, (0, 0))
                history[segment][day] = tuple(a + b for a, b in zip(before, sums, strict=True))
    return Panel(DAY, "7", DAY, MODEL, (AMOUNT, COUNT), frozenset(found), history)


def times(found, factor, day=DAY, **where):
    """Plant: amounts and orders of the cells in `where` times `factor`; 0 removes the rows."""
    for product, method in list(found[day]):
        if where.get("product", product) == product and where.get("method", method) == method:
            amount, count = found[day][product, method]
            if factor:
                found[day][product, method] = (round(amount * factor), round(count * factor))
            else:
                del found[day][product, method]
    return found


def alerts(found, status=Status.NEW):
    return [a for a in judge(panel_of(found), RULES, CALENDAR).alerts if a.status is status]


def named(found, status=Status.NEW):
    return [(dict(a.segment), a.measure.name, a.direction) for a in alerts(found, status)]


def test_a_quiet_day_is_quiet():
    detection = judge(panel_of(facts()), RULES, CALENDAR)
    assert detection.alerts == ()
    assert detection.checked == 3 * (1 + 3 + 2 + 6)
    assert (detection.date, detection.data_version) == (DAY, "7")


def test_a_fall_is_told_once_with_its_price():
    found = times(facts(), 0.6, product="hat")
    (alert,) = alerts(found)
    assert (dict(alert.segment), alert.measure.name, alert.direction) == ({"product": "hat"}, "value", "down")
    assert alert.kind is Kind.LEVEL
    assert alert.delta == alert.observed - alert.expected == alert.impact
    assert float(alert.observed / alert.expected) == pytest.approx(0.6, abs=0.05)
    assert alert.score < -5
    assert alert.low < alert.expected < alert.high
    assert alert.observed < alert.low
    assert alert.since == DAY


def test_parts_and_the_other_measure_are_explained_by_it():
    found = times(facts(), 0.6, product="hat")
    explained = alerts(found, Status.EXPLAINED)
    assert {a.explained_by for a in explained} == {((("product", "hat"),),)}
    names = named(found, Status.EXPLAINED)
    assert ({"product": "hat"}, "orders", "down") in names
    assert ({"product": "hat", "method": "card"}, "value", "down") in names


def causes_of(found, segment):
    judgement = Judgement(panel_of(found), RULES, CALENDAR)
    measure = MODEL.measure("value")
    observed = judgement.panel.value(measure, judgement.panel.observed(segment))
    finding = judgement._finding(segment, measure, Kind.LEVEL, observed, judgement.forecast(segment, measure))
    return Explainer(judgement.panel, RULES, judgement.forecast, [finding]).causes(finding, judgement.segments)


def test_causes_are_the_parts_that_made_most_of_it():
    hat = (("product", "hat"),)
    found = times(times(facts(), 0.2, product="hat", method="cash"), 0.93, product="hat", method="card")
    ((part, delta, share),) = causes_of(found, hat)
    assert dict(part) == {"product": "hat", "method": "cash"}
    assert delta < 0
    assert 70 < share < 100
    assert causes_of(times(facts(), 0.6, product="hat"), hat) == ()


def test_a_part_explains_the_whole_it_pulls_down():
    found = times(facts(), 0.3, product="shoe", method="cash")
    (alert,) = alerts(found)
    assert dict(alert.segment) == {"product": "shoe", "method": "cash"}
    assert ({"product": "shoe"}, "value", "down") in named(found, Status.EXPLAINED)


def test_two_causes_are_two_alerts():
    found = times(times(facts(), 0.5, product="hat"), 1.6, product="sock", method="card")
    assert {(str(s), d) for s, m, d in named(found) if m == "value"} == {
        ("{'product': 'hat'}", "down"),
        ("{'product': 'sock', 'method': 'card'}", "up"),
    }


def test_everything_falling_is_told_of_the_whole():
    (alert,) = alerts(times(facts(), 0.6))
    assert alert.segment == ()


def test_a_vanished_segment_observes_zero():
    (alert,) = alerts(times(facts(), 0, product="sock"))
    assert (dict(alert.segment), alert.kind, alert.observed) == ({"product": "sock"}, Kind.VANISHED, 0)
    assert alert.direction == "down"
    assert alert.delta == -alert.expected
    yesterday = times(times(facts(), 0, product="sock"), 0, product="sock", day=DAY - dt.timedelta(days=1))
    (alert,) = alerts(yesterday)
    assert alert.since == DAY - dt.timedelta(days=1)


def test_a_segment_that_is_not_there_every_day_may_be_absent():
    found = facts()
    for back in range(0, 200, 3):
        times(found, 0, product="sock", method="cash", day=DAY - dt.timedelta(days=back))
    assert {"product": "sock", "method": "cash"} not in [s for s, _m, _d in named(found)]


def test_a_new_segment_has_no_expectation():
    found = facts()
    found[DAY]["glove", "card"] = (3_000_000, 300)
    new = [a for a in alerts(found) if a.kind is Kind.NEW]
    assert [dict(a.segment) for a in new] == [{"product": "glove"}]
    assert (new[0].expected, new[0].delta, new[0].score, new[0].z, new[0].direction) == (None, None, None, None, "up")
    assert new[0].observed == 30_000


def test_trifles_stay_quiet_however_unusual():
    found = facts(noise=0.003)
    assert named(times(found, 0.97, product="hat")) == []
    for day in found:
        found[day]["pin", "card"] = (2000 + day.day, 2)
    found[DAY]["pin", "card"] = (20_000, 20)
    assert [s for s, _m, _d in named(found) if "pin" in s.values()] == []


def test_since_counts_the_days_it_lasts():
    found = facts()
    for back in range(3):
        times(found, 0.5, product="hat", day=DAY - dt.timedelta(days=back))
    (alert,) = [a for a in alerts(found) if a.measure.name == "value"]
    assert alert.since == DAY - dt.timedelta(days=2)


def test_the_same_figures_give_the_same_rows():
    found = times(facts(), 0.6, product="hat")
    again = {day: dict(reversed(rows.items())) for day, rows in reversed(found.items())}
    assert judge(panel_of(found), RULES, CALENDAR) == judge(panel_of(again), RULES, CALENDAR)


def test_few_days_of_history_judge_nothing():
    assert judge(panel_of(times(facts(days=6), 0.3)), RULES, CALENDAR).alerts == ()


# the rule of the replaced system


def test_classic_looks_at_its_own_segments_only_downwards():
    found = times(times(facts(), 0.05, product="sock", method="cash"), 4, product="hat", method="card")
    detection = judge_classically(panel_of(found), RULES, CALENDAR)
    (alert,) = detection.alerts
    assert dict(alert.segment) == {"product": "sock", "method": "cash"}
    assert alert.z < -2
    assert detection.checked == 2 * len(SHARES)


def test_classic_z_is_mean_and_sample_deviation_of_28_calendar_days():
    series = {DAY - dt.timedelta(days=back): float(back) for back in range(1, 40)}
    series[DAY] = 1.0
    assert classic.z_score(series, DAY) == pytest.approx(
        (1 - 14.5) / math.sqrt(sum((i - 14.5) ** 2 for i in range(1, 29)) / 27)
    )


@pytest.mark.parametrize(("days", "known"), [(7, False), (8, True)])
def test_classic_z_needs_eight_days(days, known):
    series = {DAY - dt.timedelta(days=back): float(back % 3) for back in range(1, days + 1)} | {DAY: 5.0}
    assert (classic.z_score(series, DAY) is not None) is known


def test_classic_z_of_a_constant_is_unknown():
    assert classic.z_score({DAY - dt.timedelta(days=back): 2.0 for back in range(30)}, DAY) is None


# how unusual


def test_p_of_the_normal_law_and_of_heavier_tails():
    assert Tail(freedom=1e6).p(1.96) == pytest.approx(0.05, abs=0.001)
    assert Tail(freedom=5.0).p(4.032) == pytest.approx(0.01, rel=0.05)
    assert Tail(freedom=5.0).p(-4.032) == Tail(freedom=5.0).p(4.032)


@pytest.mark.parametrize(("freedom", "low", "high"), [(6, 5, 9), (1000, 25, 41)])
def test_calibration_finds_the_tail_of_past_errors(freedom, low, high):
    rng = random.Random(3)
    errors = [rng.gauss(0, 1) / math.sqrt(rng.gammavariate(freedom / 2, 2 / freedom)) for _ in range(60_000)]
    tail = calibrate(errors)
    assert low <= tail.freedom <= high
    assert tail.stretch == pytest.approx(1, abs=0.1)


@given(st.dictionaries(st.integers(), st.floats(0, 1), max_size=60), st.floats(0.001, 0.3))
def test_discoveries_are_the_smallest_p_values(p_values, false_share):
    found = discoveries(p_values, false_share)
    assert all(p_values[k] <= false_share for k in found)
    worst = max((p_values[k] for k in found), default=-1)
    assert found == {k for k, p in p_values.items() if p <= worst}


def test_pure_chance_discovers_almost_nothing():
    rng = random.Random(1)
    days = [discoveries({i: rng.random() for i in range(300)}, 0.05) for _day in range(300)]
    assert sum(bool(found) for found in days) / len(days) < 0.1
